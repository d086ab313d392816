import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@testable import NotebookExecution

@Suite("Text as on a terminal, compared with the terminal emulator pyte")
struct TerminalDifferentialTests {
  static let kinds: [RandomStreams.Kind] = [
    .init(description: "that scroll", rows: 24, lines: 80),
    .init(description: "with everything", rows: 100, lines: 40, hasSaving: true),
    .init(description: "that move relatively, far", rows: 100, lines: 300, hasPositions: false),
    .init(
      description: "on a narrow terminal", rows: 24, columns: 40, lines: 30, hasPositions: false),
  ]

  @Test(
    "random streams, in random pieces, look as on a terminal",
    .enabled(if: Pyte.isThere, Pyte.missing),
    arguments: kinds)
  func randomStreams(_ kind: RandomStreams.Kind) throws {
    let limits = TerminalLimits(
      screen: Int16(kind.rows), reach: Int16(kind.rows), width: Int16(kind.columns),
      columns: Int16(kind.columns))
    var cases: [Pyte.Case] = []
    for seed in 1...1500 {
      var random = RandomStreams(seed: UInt64(seed))
      let stream = random.stream(kind)
      let pieces = random.pieces(stream)
      let shown = Pyte.shown(pieces, limits)
      #expect(shown == Pyte.shown([stream], limits), "seed \(seed), in pieces: \(pieces)")
      #expect(shown == Pyte.shown([shown], limits), "seed \(seed): \(stream.debugDescription)")
      cases.append(.init(text: stream, shown: shown, rows: kind.rows, columns: kind.columns))
    }
    let differences = try Pyte.differences(cases)
    #expect(differences.isEmpty, "\(differences.prefix(5).joined(separator: "\n"))")
    print("streams \(kind): \(cases.count) compared with pyte, \(differences.count) differ")
  }

  @Test(
    "streams recorded from real programs look as on a terminal",
    .enabled(if: Pyte.isThere, Pyte.missing))
  func recordedStreams() throws {
    let folder = RealKernels.repositoryRoot + "/Fixtures/streams"
    let names = try Pyte.files(in: folder).filter { $0.hasSuffix(".stream") }
    try #require(names.count >= 8)
    var cases: [Pyte.Case] = []
    for (index, name) in names.enumerated() {
      let stream = try Pyte.text(of: "\(folder)/\(name)")
      let whole = Pyte.shown([stream], TerminalLimits())
      for seed in 1...20 {
        var random = RandomStreams(seed: UInt64(index * 100 + seed))
        #expect(Pyte.shown(random.pieces(stream), TerminalLimits()) == whole, "\(name)")
      }
      let controls = whole.unicodeScalars.filter { "\r\u{8}".unicodeScalars.contains($0) }
      #expect(controls.isEmpty || stream.contains("\r\n"), "\(name)")
      cases.append(.init(text: stream, shown: whole, rows: 100, columns: 256))
    }
    let differences = try Pyte.differences(cases)
    #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
    print("recorded streams: \(cases.count) compared with pyte, \(differences.count) differ")
  }
}

/// The terminal emulator in the test environment.
enum Pyte {
  static let python = RealKernels.folder + "/main/bin/python"
  static var isThere: Bool { access(python, X_OK) == 0 || RealKernels.has("python3") }
  static let missing: Comment = "\(RealKernels.missing)"

  /// A stream and its result.
  struct Case {
    var text: String
    var shown: String
    var rows: Int
    var columns: Int
  }

  /// The result for a text that arrives in pieces.
  static func shown(_ pieces: [String], _ limits: TerminalLimits) -> String {
    var text = TerminalText(limits: limits)
    for piece in pieces { text.append(piece) }
    return text.text.string
  }

  /// The differences on the terminal, case by case; empty for equal ones.
  static func differences(_ cases: [Case]) throws -> [String] {
    let script =
      RealKernels.repositoryRoot
      + "/Tests/NotebookExecutionTests/Reference/pyte_screens.py"
    let lines = cases.map { each -> [UInt8] in
      let value: JSONValue = [
        "text": .init(each.text), "shown": .init(each.shown), "rows": .init(each.rows),
        "columns": .init(each.columns),
      ]
      return value.serialized() + [0x0A]
    }
    let answers = try TemporaryDirectory.with { directory in
      let list = try directory.write(
        String(decoding: lines.joined(), as: UTF8.self), to: "cases.jsonl")
      let pipe = try #require(popen("'\(python)' '\(script)' < '\(list)'", "re"))
      let output = read(pipe)
      try #require(pclose(pipe) == 0)
      return String(decoding: output, as: UTF8.self).split(separator: "\n")
    }
    try #require(answers.count == cases.count)
    return answers.filter { $0 != "same" }.map(String.init)
  }

  static func text(of path: String) throws -> String {
    let file = try #require(fopen(path, "re"))
    defer { fclose(file) }
    return String(decoding: read(file), as: UTF8.self)
  }

  static func files(in folder: String) throws -> [String] {
    let pipe = try #require(popen("ls '\(folder)'", "re"))
    defer { pclose(pipe) }
    return String(decoding: read(pipe), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  private static func read(_ file: UnsafeMutablePointer<FILE>) -> [UInt8] {
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
      output += chunk[..<count]
    }
    return output
  }
}
