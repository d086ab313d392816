/// Takes the white space between the values out of a JSON text that comes in stretches.
public struct JSONCompactor: Sendable {
  /// Whether a string goes on in the next stretch.
  private var isInString = false

  /// A compactor at the beginning of a text.
  public init() {}

  /// Appends a stretch of the text without the white space between its values.
  ///
  /// - Parameters:
  ///   - text: JSON that is cut nowhere within an escape; of any other text no more is said than
  ///     that what is appended is not longer.
  ///   - bytes: what is appended to.
  public mutating func append(_ text: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
    var place = 0
    while place < text.count {
      if isInString {
        let end = JSONText.endOfContent(text, from: place)
        isInString = end == nil
        let next = end.map { $0 + 1 } ?? text.count
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[place..<next]))
        place = next
        continue
      }
      switch text[place] {
      case 0x20, 0x0A, 0x0D, 0x09: break
      case let byte:
        bytes.append(byte)
        isInString = byte == UInt8(ascii: "\"")
      }
      place += 1
    }
  }
}

extension JSONText {
  /// Appends what stands within the quotes of the strings of a list, one after the other: as their
  /// texts would stand within the quotes of one string.
  ///
  /// - Parameters:
  ///   - list: strings with commas and white space between them.
  ///   - bytes: what is appended to.
  public static func appendJoined(_ list: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
    var place = 0
    while let quote = first(UInt8(ascii: "\""), list, in: place..<list.count) {
      let end = endOfContent(list, from: quote + 1) ?? list.count
      bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: list[(quote + 1)..<end]))
      place = min(end + 1, list.count)
    }
  }

  /// Where the quote stands that ends the string whose content goes on at a place; nil when there is
  /// none.
  static func endOfContent(_ text: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var place = start
    var hasNonASCII = false
    while place < text.count {
      place = endOfPlainRun(text, from: place, hasNonASCII: &hasNonASCII)
      guard place < text.count else { break }
      if text[place] == UInt8(ascii: "\"") { return place }
      // What follows a backslash is never the end.
      place += text[place] == UInt8(ascii: "\\") ? 2 : 1
    }
    return nil
  }
}
