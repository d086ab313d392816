/// A position in a text from which parts are read one after another.
///
/// A part that is not there leaves the position unchanged.
struct ByteCursor {
  let text: [UInt8]
  var place: Int

  init(_ text: [UInt8], at place: Int) {
    self.text = text
    self.place = place
  }

  /// The byte at the position; 0 at the end.
  var byte: UInt8 { byte(0) }

  /// The byte at a distance from the position; 0 outside the text.
  func byte(_ distance: Int) -> UInt8 {
    let index = place + distance
    return index >= 0 && index < text.count ? text[index] : 0
  }

  /// Whether the text before the position ends with a literal.
  func follows(_ literal: StaticString) -> Bool {
    let count = literal.utf8CodeUnitCount
    guard place >= count else { return false }
    return (0..<count).allSatisfy { text[place - count + $0] == literal.utf8Start[$0] }
  }

  /// Reads a literal.
  mutating func take(_ literal: StaticString) -> Bool {
    let count = literal.utf8CodeUnitCount
    guard place + count <= text.count,
      (0..<count).allSatisfy({ text[place + $0] == literal.utf8Start[$0] })
    else { return false }
    place += count
    return true
  }

  /// Reads the first of some literals that is there.
  mutating func take(oneOf literals: [StaticString]) -> Bool {
    literals.contains { take($0) }
  }

  /// Reads bytes as long as they satisfy a condition, at most `limit`.
  ///
  /// - Returns: how many.
  @discardableResult
  mutating func take(_ limit: Int = .max, while isPart: (UInt8) -> Bool) -> Int {
    let start = place
    while place < text.count, place - start < limit, isPart(text[place]) { place += 1 }
    return place - start
  }

  /// Reads exactly so many digits.
  mutating func digits(_ count: Int) -> Bool {
    let start = place
    if take(count, while: \.isDigit) == count { return true }
    place = start
    return false
  }

  /// Reads digits with thousands separators, a fraction and an exponent.
  mutating func number() -> Bool {
    // Measured values are short, and a row of a table may consist of digits and commas only.
    guard take(32, while: { $0.isDigit || $0 == UInt8(ascii: ",") }) > 0 else { return false }
    if byte == UInt8(ascii: "."), byte(1).isDigit {
      place += 1
      take(while: \.isDigit)
    }
    let start = place
    if take(oneOf: ["e", "E"]) {
      _ = take(oneOf: ["+", "-"])
      if take(while: \.isDigit) == 0 { place = start }
    }
    return true
  }

  /// Reads spaces and tabs.
  mutating func spaces() { take(while: { $0 == 0x20 || $0 == 0x09 }) }

  /// Reads to the end of the line.
  mutating func restOfLine() { take(while: { $0 != 0x0A }) }
}

extension UInt8 {
  var isDigit: Bool { self >= 0x30 && self <= 0x39 }
  var isHexDigit: Bool { isDigit || (self | 0x20 >= 0x61 && self | 0x20 <= 0x66) }
  /// Whether it is an ASCII letter, a digit, an underscore, or a part of a character beyond ASCII.
  var isWord: Bool {
    isDigit || (self | 0x20 >= 0x61 && self | 0x20 <= 0x7A) || self == 0x5F || self >= 0x80
  }
}
