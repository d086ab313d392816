import Glibc
import KernelTesting
import SystemSupport
import Testing

@testable import RunRecord

@Suite("Changes between two runs of a notebook")
struct NotebookInputsTests {
  private func inputs(_ cells: String, parts: [String: String] = [:]) -> NotebookInputs {
    NotebookInputs(
      cells: cells.enumerated().filter { $0.element != "-" }.map { place, letter in
        .init(number: place + 1, hash: "\(letter)")
      }, parts: Fingerprint(parts: parts))
  }

  @Test(
    "are said in words: cells by their numbers, equal ones around them left out",
    arguments: [
      ("abc", "abc", []), ("", "", []), ("a-bc", "ab--c", []),
      ("abc", "aXc", ["cell 2 changed"]), ("abc", "XbY", ["cells 1, 3 changed"]),
      ("abc", "abXc", ["cell 3 is new"]), ("abc", "abXYc", ["cells 3-4 are new"]),
      ("abc", "ac", ["cell 2 is gone"]), ("abcd", "d", ["cells 1-3 are gone"]),
      ("abc", "acb", ["cells 2-3 are in another order"]), ("", "a", ["cell 1 is new"]),
      ("aa", "aaa", ["cell 3 is new"]), ("abcd", "aXYZd", ["cells 2-4 changed"]),
      ("a-b", "aX-b", ["cell 2 is new"]),
      ("abcdefghijkl", "1b2d3f4h5j6l", ["cells 1, 3, 5, 7, 9, … changed"]),
    ] as [(String, String, [String])])
  func cells(old: String, new: String, changes: [String]) {
    #expect(inputs(new).changes(since: inputs(old)) == changes)
  }

  @Test("are first those of cells, and only the version if that is another one")
  func order() {
    let old = inputs("ab", parts: ["lyre": "1", "file x": "1", "option --cells": "1"])
    #expect(
      inputs("aX", parts: ["lyre": "1", "file x": "2", "option --cells": "1"]).changes(since: old)
        == ["cell 2 changed", "file x changed"])
    #expect(
      inputs("aX", parts: ["lyre": "2"]).changes(since: old)
        == ["another version of Lyre recorded its last run"])
    #expect(
      inputs("ab", parts: ["lyre": "1", "file x": "?it is a pipe", "option --cells": "1"])
        .changes(since: old) == ["file x cannot be compared: it is a pipe"])
  }

  @Test("outputs count only if the inputs are the same, and unknown ones are a change")
  func outputs() {
    let same = inputs("a")
    var run = GoodRun(
      run: "r", ended: 0, salt: "", inputs: same, outputs: Fingerprint(parts: ["its outputs": "1"]))
    let (one, two) = (
      Fingerprint(parts: ["its outputs": "1"]), Fingerprint(parts: ["its outputs": "2"])
    )
    #expect(run.change(to: same, outputs: one) == nil)
    #expect(run.change(to: same, outputs: two) == "its outputs changed")
    #expect(run.change(to: inputs("b"), outputs: two) == "cell 1 changed")
    run.outputs = nil
    #expect(run.change(to: same, outputs: one)?.contains("did not keep hashes") == true)
  }
}

@Suite("The last good runs of notebooks")
struct GoodRunsTests {
  private let key = GoodRuns.Key(notebook: "/a/nb.ipynb", result: "/a/out.ipynb")
  private let run = GoodRun(
    run: "3fa9c1d2", ended: 1_764_450_123_456_789_012, salt: "salt",
    inputs: NotebookInputs(
      cells: [.init(number: 2, hash: "h")], parts: Fingerprint(parts: ["lyre": "2"])),
    outputs: Fingerprint(parts: ["its outputs": "o"]),
    files: ["/data": .init(signature: "1 2", hash: "f")])

  @Test("are read as they were kept, each for its notebook and the place of its result")
  func keeps() throws {
    try TemporaryDirectory.with { directory in
      let runs = GoodRuns(directory: directory.path("state"))
      #expect(try runs.last(key) == .none)
      try runs.keep(run, of: key)
      #expect(try runs.last(key) == .good(run))
      let others: [GoodRuns.Key] = [
        .init(notebook: key.notebook, result: nil), .init(notebook: key.notebook, result: ""),
        .init(notebook: "/b", result: key.result),
        .init(notebook: key.notebook, result: key.result, isTest: true),
      ]
      for other in others { #expect(try runs.last(other) == .none) }
      var unknown = run
      unknown.outputs = nil
      try runs.keep(unknown, of: key)
      #expect(try runs.last(key) == .good(unknown))
    }
  }

  @Test("do not count after a run that began or failed")
  func notes() throws {
    try TemporaryDirectory.with { directory in
      let runs = GoodRuns(directory: directory.path("state"))
      try runs.keep(run, of: key)
      try runs.note("other", of: key)
      #expect(try runs.last(key) == .other)
      try runs.keep(run, of: key)
      #expect(try runs.last(key) == .good(run))
    }
  }

  @Test("are bounded: the oldest are removed")
  func bounded() throws {
    try TemporaryDirectory.with { directory in
      let runs = GoodRuns(directory: directory.path("state"))
      let keys = (0..<12).map { GoodRuns.Key(notebook: "/\($0)", result: nil) }
      for (age, key) in keys.enumerated() {
        try runs.keep(run, of: key)
        let folder = directory.path("state/reuse")
        for name in FilePath.names(in: folder) {
          // Files that were kept later are newer.
          var times = [timespec(), timespec()]
          var status = stat()
          #expect(stat("\(folder)/\(name)", &status) == 0)
          times[0].tv_sec = min(status.st_mtim.tv_sec, 1_000_000 + age)
          times[1].tv_sec = times[0].tv_sec
          #expect(utimensat(AT_FDCWD, "\(folder)/\(name)", times, 0) == 0)
        }
      }
      runs.removeOld(keeping: 10)
      let left = try keys.map { try runs.last($0) != .none }
      #expect(left == [Bool](repeating: false, count: 3) + [Bool](repeating: true, count: 9))
      runs.removeOld(keeping: 10)
      #expect(try keys.count { try runs.last($0) != .none } == 9)
    }
  }

  @Test("a folder that others may write is not used")
  func distrusted() throws {
    try TemporaryDirectory.with { directory in
      let runs = GoodRuns(directory: directory.path("state"))
      try runs.keep(run, of: key)
      #expect(chmod(directory.path("state/reuse"), 0o777) == 0)
      #expect(throws: HistoryError.self) { try runs.last(key) }
      #expect(throws: HistoryError.self) { try runs.keep(run, of: key) }
    }
  }
}

@Suite("Hashes of large files in memory")
struct FileMemoryTests {
  @Test("are used while the file's signature is the same, and shared between notebooks")
  func memory() throws {
    try TemporaryDirectory.with { directory in
      let path = try directory.write([UInt8](repeating: 1, count: 2 << 20), to: "large")
      // Not a file that was just written, which may be written again at the same time.
      let past = [timespec(tv_sec: 1_000_000, tv_nsec: 0), timespec(tv_sec: 1_000_000, tv_nsec: 0)]
      #expect(utimensat(AT_FDCWD, path, past, 0) == 0)
      let shared = FileMemory()
      let first = FileMemory(sharing: shared)
      let hash = try FileHashes(memory: first).hash(of: path, HashingWatch())
      let known = try #require(first.used[path])
      #expect(known.hash == hash)
      let second = FileMemory(sharing: shared)
      #expect(second.hash(of: path, signature: known.signature) == hash)
      #expect(second.used == first.used)
      #expect(second.hash(of: path, signature: "other") == nil)
      let planted = FileMemory([path: .init(signature: known.signature, hash: "planted")])
      #expect(try FileHashes(memory: planted).hash(of: path, HashingWatch()) == "planted")
    }
  }
}
