import Testing

@testable import PipelineExecution

@Suite("Lines of output")
struct OutputLinesTests {
  /// Passes the output in pieces of a size, and collects complete lines.
  private func lines(_ output: [UInt8], pieces size: Int) -> String {
    var lines = OutputLines()
    var result = ""
    for start in stride(from: 0, to: output.count, by: size) {
      result += lines.takeLines(Array(output[start..<min(start + size, output.count)]))
    }
    if let rest = lines.finish() { result += rest + "\n" }
    return result
  }

  @Test(
    "contain the last state of overwritten lines, and all others unchanged",
    arguments: [
      ("", ""), ("a\nb\n", "a\nb\n"), ("a\nb", "a\nb\n"), ("\n\n", "\n\n"),
      ("10%\r20%\r30%\nx\n", "30%\nx\n"), ("a\r\nb\r\n", "a\nb\n"), ("10%\r20%", "20%\n"),
      ("x\n10%\r\r\ny", "x\n10%\ny\n"), ("caf\u{E9}\n\u{1F600}\n", "caf\u{E9}\n\u{1F600}\n"),
    ])
  func whole(output: String, shown: String) {
    for size in 1...8 { #expect(lines(Array(output.utf8), pieces: size) == shown) }
  }

  @Test("invalid bytes become replacement characters, and nothing else is changed")
  func foreignBytes() {
    let output: [UInt8] = [0x61, 0xFF, 0x0A, 0xC3, 0x0A, 0x62, 0x0A]
    for size in 1...7 { #expect(lines(output, pieces: size) == "a\u{FFFD}\n\u{FFFD}\nb\n") }
  }

  @Test("a line without an end is returned in complete characters", arguments: [1000, 65_536])
  func long(size: Int) {
    let output = Array(String(repeating: "\u{1F600}", count: 20_000).utf8) + [0x0A, 0x78, 0x0A]
    let shown = lines(output, pieces: size).split(separator: "\n").map(String.init)
    #expect(shown.count > 4)
    #expect(shown.allSatisfy { $0.utf8.count <= OutputLines.limit + size })
    #expect(shown.joined() == String(repeating: "\u{1F600}", count: 20_000) + "x")
  }

  @Test("many lines at once equal the same lines one by one", arguments: 0..<20)
  func sameAsOneByOne(seed: UInt64) {
    var random = Splitmix(seed: seed)
    let alphabet: [[UInt8]] = [
      [0x0A], [0x0D], [0x61], [0xC3, 0xA9], [0xF0, 0x9F, 0x98, 0x80], [0xFF],
      [UInt8](repeating: 0x78, count: 5000),
    ]
    var output: [UInt8] = []
    for _ in 0..<200 { output += alphabet.randomElement(using: &random) ?? [] }
    var (one, all) = (OutputLines(), OutputLines())
    var (left, right) = ("", "")
    while !output.isEmpty {
      let piece = Array(output.prefix(.random(in: 1...20_000, using: &random)))
      output.removeFirst(piece.count)
      for line in one.take(piece) { left += line + "\n" }
      right += all.takeLines(piece)
      #expect(one.unfinished == all.unfinished)
    }
    #expect(left == right)
    #expect(one.finish() == all.finish())
  }

  @Test("include the last lines of standard error, from any number of pieces")
  func lastLines() {
    var last = LastLines(limit: 3)
    #expect(last.text == "")
    last.take("a\n")
    last.take("b\n\n")
    #expect(last.text == "a\nb\n")
    last.take((0..<100).map { "\($0)\n" }.joined())
    #expect(last.text == "97\n98\n99")
    last.take("x\n")
    #expect(last.text == "98\n99\nx")
  }
}

/// Random numbers that are the same in every run.
private struct Splitmix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}
