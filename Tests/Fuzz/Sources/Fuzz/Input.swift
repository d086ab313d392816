/// The bytes of one try, taken apart.
struct Input {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  /// What is left.
  var bytes: [UInt8] { Array(rest) }

  /// What is left as a text, with U+FFFD for what is not UTF-8.
  var text: String { String(decoding: rest, as: UTF8.self) }

  /// The next byte as a decision; 0 at the end.
  mutating func byte() -> Int { Int(rest.popFirst() ?? 0) }

  /// What is left, cut at a byte that no text in UTF-8 has.
  var parts: [[UInt8]] {
    rest.split(separator: 0xFF, omittingEmptySubsequences: false).map { Array($0) }
  }

  /// Whether this is one of the few inputs for which slow checks are made: the same ones each time.
  var isChosen: Bool {
    let hash = rest.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
    return (hash >> 32) % 256 == 0
  }

  /// The bytes again and again, until there are so many: with work that grows with the square of a
  /// length, the time for one input runs out.
  static func repeated(_ bytes: [UInt8], to count: Int) -> [UInt8] {
    guard !bytes.isEmpty else { return [] }
    var result: [UInt8] = []
    result.reserveCapacity(count + bytes.count)
    while result.count < count { result += bytes }
    return result
  }
}

/// Ends the process when a promise is broken, so that libFuzzer keeps the input.
func require(
  _ condition: Bool, _ promise: @autoclosure () -> String, file: StaticString = #fileID,
  line: UInt = #line
) {
  if !condition { fatalError("broken: \(promise())", file: file, line: line) }
}

/// A value that must be there.
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
