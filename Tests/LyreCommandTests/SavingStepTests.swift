import Glibc
import JSONCore
import KernelTesting
import Testing

/// The program is killed before each step of a save in turn (`SystemStep`), not at random moments.
@Suite("Saving, killed at every step")
struct SavingStepTests {
  /// A way in which a file is written.
  struct Way: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// The steps that must fail for the file to be written in this way.
    var refused = ""
    var isLinked = false
    /// Whether the new content is shorter than the old one.
    var shrinks = false
  }

  static let ways = [
    Way(testDescription: "by a new file"),
    Way(
      testDescription: "by a new file, where the old one cannot be replaced", refused: "rename=1"),
    Way(testDescription: "by a new file, from another device", refused: "rename=18"),
    Way(testDescription: "over a file that is mounted", refused: "rename=16", shrinks: true),
    Way(testDescription: "with two names", isLinked: true),
    Way(testDescription: "with two names, shorter", isLinked: true, shrinks: true),
    Way(testDescription: "in a locked folder", refused: "create=13,openCopy=13"),
    Way(
      testDescription: "in a read-only folder, without reserved space",
      refused: "create=13,openCopy=13,reserve=95"),
    Way(testDescription: "where the disk is full, but for the copy", refused: "write=28"),
  ]

  private func unformatted(_ way: Way) throws -> [UInt8] {
    let cells = (0..<40).map { number -> JSONValue in
      [
        "cell_type": "code", "execution_count": 1, "id": .init("c\(number)"), "metadata": [:],
        "outputs": [["name": "stdout", "output_type": "stream", "text": ["old text\n"]]],
        "source": ["x"],
      ]
    }
    let value: JSONValue = [
      "cells": .array(cells), "metadata": [:], "nbformat": 4, "nbformat_minor": 5,
    ]
    return way.shrinks
      ? value.serialized(.init(indent: "        "))
      : value.serialized(.compact)
  }

  private func write(_ way: Way, _ before: [UInt8], in lyre: Lyre) throws {
    unlink(lyre.directory.path("nb.ipynb"))
    unlink(lyre.directory.path("other.ipynb"))
    try lyre.directory.write(before, to: "nb.ipynb")
    if way.isLinked {
      #expect(link(lyre.directory.path("nb.ipynb"), lyre.directory.path("other.ipynb")) == 0)
    }
  }

  private func remains(_ lyre: Lyre) -> [String] {
    let saves = lyre.directory.path(".local/state/lyre/saves")
    var names = lyre.directory.entries.filter { $0.hasPrefix(".nb") || $0.contains("lyre.ipynb") }
    if let stream = opendir(saves) {
      while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
      }
      closedir(stream)
    }
    return names
  }

  /// Whether no file is left once the guardian of the killed program has finished.
  private func isClean(_ lyre: Lyre) async -> Bool {
    await eventually(within: .seconds(10)) { remains(lyre).isEmpty }
  }

  @Test("a notebook is old or new, and no other file is left", arguments: ways)
  func format(way: Way) async throws {
    try await Lyre.with { lyre in
      let before = try unformatted(way)
      try write(way, before, in: lyre)
      #expect(
        try await lyre.run(["format", "nb.ipynb"], environment: ["LYRE_TEST_STEPS": way.refused])
          .code == 0)
      let after = try lyre.directory.read("nb.ipynb")
      #expect(after != before && (after.count < before.count) == way.shrinks)
      #expect(remains(lyre) == [])
      var (steps, sawOld, sawNew) = (0, false, false)
      while steps < 60 {
        try write(way, before, in: lyre)
        steps += 1
        let environment = ["LYRE_TEST_STEPS": "\(way.refused),kill=\(steps)"]
        let outcome = try await lyre.run(["format", "nb.ipynb"], environment: environment)
        if outcome.code == 0 { break }
        try #require(outcome.code == -SIGKILL, "\(outcome)")
        let recovery = try await lyre.run(["recover", "nb.ipynb"])
        try #require(recovery.code == 0, "step \(steps): \(recovery)")
        let now = try lyre.directory.read("nb.ipynb")
        try #require(now == before || now == after, "step \(steps)")
        (sawOld, sawNew) = (sawOld || now == before, sawNew || now == after)
        if way.isLinked { #expect(try lyre.directory.read("other.ipynb") == now) }
        #expect(await isClean(lyre), "step \(steps): \(remains(lyre))")
      }
      #expect(steps > 6 && steps < 60 && sawOld && sawNew, "\(steps) steps")
    }
  }

  @Test("a recovery that is killed at every step loses nothing")
  func recover() async throws {
    try await Lyre.with { lyre in
      let way = Way(testDescription: "", isLinked: true)
      let before = try unformatted(way)
      try write(way, before, in: lyre)
      #expect(try await lyre.run(["format", "nb.ipynb"]).code == 0)
      let after = try lyre.directory.read("nb.ipynb")
      var steps = 0
      while steps < 60 {
        try write(way, before, in: lyre)
        // In the middle of overwriting the old content.
        let environment = ["LYRE_TEST_STEPS": "kill=10"]
        #expect(try await lyre.run(["format", "nb.ipynb"], environment: environment).code == -9)
        #expect(try lyre.directory.read("nb.ipynb").first == 0)
        steps += 1
        let again = try await lyre.run(
          ["recover", "other.ipynb"], environment: ["LYRE_TEST_STEPS": "kill=\(steps)"])
        if again.code == 0 { break }
        try #require(again.code == -SIGKILL, "\(again)")
        #expect(try await lyre.run(["recover", "nb.ipynb"]).code == 0)
        #expect(try lyre.directory.read("nb.ipynb") == after)
        #expect(remains(lyre) == [])
      }
      #expect(steps > 4 && steps < 60)
      #expect(try lyre.directory.read("nb.ipynb") == after)
    }
  }

  @Test(
    "a run with a journal keeps every output that was saved",
    arguments: ["", "openJournal=13", "create=13,openCopy=13,openJournal=13"])
  func journal(refused: String) async throws {
    try await Lyre.with { lyre in
      let bytes = try lyre.notebook(["print 0\nsleep 30", "print 1\nsleep 30", "print 2"])
      guard var value = try JSONValue(parsing: bytes).object else { return }
      value["metadata"] = [
        "kernelspec": value["metadata"]?["kernelspec"] ?? .null,
        "ballast": .init(String(repeating: "0123456789", count: 400_000)),
      ]
      let before = JSONValue.object(value).serialized(.jupyter) + [0x0A]
      var (steps, recovered) = (0, 0)
      while steps < 90 {
        try lyre.directory.write(before, to: "nb.ipynb")
        steps += 1
        let outcome = try await lyre.run(
          ["run", "-q", "--save-every", "0.01", "nb.ipynb"],
          environment: ["LYRE_TEST_STEPS": "\(refused),kill=\(steps)"])
        if outcome.code == 0 { break }
        try #require(outcome.code == -SIGKILL, "\(outcome)")
        let recovery = try await lyre.run(["recover", "nb.ipynb"])
        try #require(recovery.code == 0, "step \(steps): \(recovery)")
        if recovery.errors.contains("outputs of") { recovered += 1 }
        // If later outputs are present, so are earlier ones.
        let texts = try (0..<3).map { try lyre.text($0) }
        let count = texts.count { !$0.isEmpty }
        #expect(texts == (0..<3).map { $0 < count ? "\($0)\n" : "" }, "step \(steps)")
        #expect(await isClean(lyre), "step \(steps): \(remains(lyre))")
      }
      #expect(steps > 6 && steps < 90 && recovered > 0, "\(steps) steps, \(recovered) recovered")
    }
  }
}
