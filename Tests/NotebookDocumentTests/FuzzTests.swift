import Glibc
import RealKernels
import Testing

@testable import JSONCore
@testable import NotebookDocument

/// Real notebooks with random damage: nothing may trap, and readable notebooks keep their
/// invariants.
///
/// `LYRE_FUZZ_SECONDS` sets the time for each folder (two seconds in CI), and `LYRE_FUZZ_SEED` the
/// seed.
@Suite("Damaged notebooks")
struct FuzzTests {
  private static func setting(_ name: String) -> Int? {
    getenv(name).flatMap { Int(String(cString: $0)) }
  }

  /// Bytes with a meaning for readers of JSON or notebooks.
  private static let pieces: [[UInt8]] = [
    "\"", "\\", "{", "}", "[", "]", ",", ":", "\\u00e9", "\\ud800", "\\u2028", "\n", "\r\n", "null",
    "true", "-0", "1e400", "1.50", "NaN", "\"cells\"", "\"id\": \"a\"",
    "\"source\": [\"a\", \"b\\n\"]",
    "\"outputs\": []", "\"metadata\": {}", "\"cell_type\": \"code\"", "\"text\": [\"a\\r\\nb\"]",
    "\"nbformat\": 3", "\"nbformat_minor\": 9", "\u{85}", "\u{2028}", "é",
  ].map { Array($0.utf8) }

  /// Values that may replace others.
  private static let values: [[UInt8]] = [
    "null", "true", "0", "-0", "1.50", "1e400", "1E-7", "[]", "{}", "\"\"", "\"a\\nb\\u2028c\"",
    "[\"a\\n\", \"b\"]", "[\"a\\rb\", \"\", \"\\ud800\"]", "[1, \"a\"]",
    "{\"b\": 1, \"a\": 2, \"b\": 3}",
    "\"markdown\"", "\"code\"", "\"stream\"", "\"é\\/\\u00e9\"",
  ].map { Array($0.utf8) }

  /// Replaces a value by another one.
  private func exchange(_ text: inout [UInt8], _ generator: inout SplitMix) {
    guard let index = try? text.withUnsafeBytes({ try JSONIndex($0) }) else { return }
    let node = Int.random(in: 0..<index.nodes.count, using: &generator)
    text.replaceSubrange(
      index.range(node), with: Self.values.randomElement(using: &generator) ?? [])
  }

  private func mutate(_ text: inout [UInt8], _ generator: inout SplitMix) {
    for _ in 0..<Int.random(in: 1...3, using: &generator) where !text.isEmpty {
      if Int.random(in: 0..<4, using: &generator) > 0 {
        exchange(&text, &generator)
        continue
      }
      let place = Int.random(in: 0..<text.count, using: &generator)
      let end = min(place + Int.random(in: 1...40, using: &generator), text.count)
      switch Int.random(in: 0..<7, using: &generator) {
      case 0: text[place] = UInt8.random(in: 0...255, using: &generator)
      case 1: text.removeSubrange(place..<end)
      case 2:
        text.insert(
          contentsOf: text[place..<end], at: Int.random(in: 0...text.count, using: &generator))
      case 3: text.removeSubrange(end...)
      default:
        text.insert(contentsOf: Self.pieces.randomElement(using: &generator) ?? [], at: place)
      }
    }
  }

  /// The invariants of every readable notebook.
  private func check(_ text: [UInt8], _ generator: inout SplitMix) throws {
    let original = try NotebookDocument(text)
    // As Booleans, because a difference of whole files is unreadable.
    let isSame = original.serialized() == text
    try #require(isSame)
    _ = original.faults
    let formatted = original.formatted()
    let again = try NotebookDocument(formatted)
    if original.upgradedFrom == nil {
      let isStable = again.formatted() == formatted
      try #require(isStable)
      // The fast and the simple algorithm.
      let plain = try NotebookDocument(CanonicalForm.bytes(original.current))
      let isPlain = plain.formatted() == formatted
      try #require(isPlain)
    }
    var edited = original
    _ = edited.repair()
    for cell in edited.cells where cell.kind == .code {
      edited.setOutputs(
        [["name": "stdout", "output_type": "stream", "text": "a\nb"]], at: cell.index)
      edited.setExecutionCount(cell.index, at: cell.index)
      edited.setCellMetadata(["lyre", "x"], to: 1, at: cell.index)
    }
    edited.setMetadata(["language_info"], to: ["name": "x"])
    edited.insertCell(
      ["cell_type": "markdown", "metadata": [:], "source": "new"],
      at: Int.random(in: 0...edited.cellCount, using: &generator))
    let result = try NotebookDocument(edited.serialized())
    try #require(result.cellCount == original.cellCount + 1)
    let keepsSources = result.cells.map(\.source) == edited.cells.map(\.source)
    try #require(keepsSources)
    for cell in result.cells where cell.kind == .code {
      try #require(result.outputs(at: cell.index).count == 1)
      try #require(cell.executionCount != nil)
    }
  }

  @Test("never trap, and readable ones keep their invariants", arguments: ["Fixtures", "corpus"])
  func mutations(source: String) throws {
    let fixtures = RealKernels.repositoryRoot + "/Fixtures/notebooks"
    let names = ["demo", "rain", "kernels/deno.expected", "kernels/python3.expected"]
    var paths = names.map { "\(fixtures)/\($0).ipynb" }
    if source == "corpus" { paths = Corpus.notebooks(in: "") }
    let seeds = try paths.map { try NotebookFile($0).read() }.filter { $0.count < 60_000 }
    guard !seeds.isEmpty else { return }
    let limit = Duration.seconds(Self.setting("LYRE_FUZZ_SECONDS") ?? 2)
    let end = ContinuousClock.now + limit
    var generator = SplitMix(seed: UInt64(Self.setting("LYRE_FUZZ_SEED") ?? 1))
    var (tried, readable) = (0, 0)
    while ContinuousClock.now < end || tried < 200 {
      tried += 1
      var text = seeds[Int.random(in: 0..<seeds.count, using: &generator)]
      mutate(&text, &generator)
      do {
        try check(text, &generator)
        readable += 1
      } catch let error as NotebookError {
        try #require(!error.message.isEmpty)
      } catch {
        let path = "/tmp/lyre-fuzz-\(tried).ipynb"
        try NotebookFile(path).write(text)
        Issue.record("\(error): case \(tried) of \(source), written to \(path)")
        return
      }
    }
    // Otherwise the damage would be too large to test anything.
    #expect(readable > tried / 10, "\(readable) of \(tried)")
  }
}
