@testable import PipelineExecution

extension FuzzTarget {
  /// The output of a script, split into lines for a terminal.
  ///
  /// The first byte determines the size of the pieces.
  static let lines = FuzzTarget(name: "lines") { input in
    var input = input
    let step = 1 + input.byte() % 32
    let bytes = input.bytes
    let whole = lines([bytes])
    let pieces = stride(from: 0, to: bytes.count, by: step).map {
      Array(bytes[$0..<min($0 + step, bytes.count)])
    }
    if bytes.count < OutputLines.limit {
      require(lines(pieces) == whole, "it does not matter how output is cut")
    }
    for line in whole {
      require(!line.utf8.contains(0x0A), "a line is one line")
      let plain = ControlSequences.removed(from: line)
      require(
        plain.unicodeScalars.allSatisfy { $0 == "\t" || !isControl($0) },
        "nothing acts on a terminal")
      require(ControlSequences.removed(from: plain) == plain, "removing twice is removing once")
      let colored = ControlSequences.colorsOnly(line)
      require(ControlSequences.removed(from: colored) == plain, "colours hide no text")
    }
    if input.isChosen {
      let long = Input.repeated(bytes, to: 64_000)
      for line in lines([long]) { _ = ControlSequences.colorsOnly(line) }
    }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
  }

  private static func lines(_ pieces: [[UInt8]]) -> [String] {
    var lines = OutputLines()
    var result: [String] = []
    for piece in pieces { result += lines.take(piece) }
    return result + [lines.finish()].compactMap(\.self)
  }
}
