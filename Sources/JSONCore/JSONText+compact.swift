/// Removes the white space between the values of a JSON text that arrives in pieces.
public struct JSONCompactor: Sendable {
  /// Whether a string continues in the next piece.
  private var isInString = false

  /// Creates a compactor at the beginning of a text.
  public init() {}

  /// Appends a piece of the text without the white space between its values.
  ///
  /// - Parameters:
  ///   - text: JSON that is not split within an escape; for any other text the only guarantee is
  ///     that the result is not longer.
  ///   - bytes: the bytes to append to.
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
  /// Appends the contents of a list's strings, so that they are the content of one joined string.
  ///
  /// - Parameters:
  ///   - list: strings with commas and white space between them.
  ///   - bytes: the bytes to append to.
  public static func appendJoined(_ list: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
    var place = 0
    while let quote = first(UInt8(ascii: "\""), list, in: place..<list.count) {
      let end = endOfContent(list, from: quote + 1) ?? list.count
      bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: list[(quote + 1)..<end]))
      place = min(end + 1, list.count)
    }
  }

  /// The position of the quote that ends the string whose content continues at an index; nil if
  /// there is none.
  static func endOfContent(_ text: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var place = start
    var hasNonASCII = false
    while place < text.count {
      place = endOfPlainRun(text, from: place, hasNonASCII: &hasNonASCII)
      guard place < text.count else { break }
      if text[place] == UInt8(ascii: "\"") { return place }
      // A character after a backslash is never the end.
      place += text[place] == UInt8(ascii: "\\") ? 2 : 1
    }
    return nil
  }
}
