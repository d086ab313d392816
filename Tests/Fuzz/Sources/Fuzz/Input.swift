/// The bytes of one input, and access to its parts.
struct Input {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  /// The remaining bytes.
  var bytes: [UInt8] { Array(rest) }

  /// The remaining bytes as text, with U+FFFD for invalid UTF-8.
  var text: String { String(decoding: rest, as: UTF8.self) }

  /// The next byte as a decision; 0 at the end.
  mutating func byte() -> Int { Int(rest.popFirst() ?? 0) }

  /// The remaining bytes, split at a byte that does not occur in UTF-8.
  var parts: [[UInt8]] {
    rest.split(separator: 0xFF, omittingEmptySubsequences: false).map { Array($0) }
  }

  /// Whether slow checks are made for this input: for few, and always the same, inputs.
  var isChosen: Bool {
    let hash = rest.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
    return (hash >> 32) % 256 == 0
  }

  /// The bytes, repeated up to a number: quadratic work then exceeds the time limit for one input.
  static func repeated(_ bytes: [UInt8], to count: Int) -> [UInt8] {
    guard !bytes.isEmpty else { return [] }
    var result: [UInt8] = []
    result.reserveCapacity(count + bytes.count)
    while result.count < count { result += bytes }
    return result
  }
}

/// Ends the process if a condition is violated, so that libFuzzer keeps the input.
func require(
  _ condition: Bool, _ promise: @autoclosure () -> String, file: StaticString = #fileID,
  line: UInt = #line
) {
  if !condition { fatalError("broken: \(promise())", file: file, line: line) }
}

/// A value that must not be nil.
func required<Value>(
  _ promise: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line,
  _ body: () throws -> Value
) -> Value {
  do {
    return try body()
  } catch {
    fatalError("broken: \(promise()): \(error)", file: file, line: line)
  }
}
