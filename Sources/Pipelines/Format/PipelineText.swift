/// Operations on texts.
enum PipelineText {
  /// A text without white space at both ends.
  static func trimmed(_ text: String) -> String {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    var bytes = Array(text.utf8)[...]
    while let first = bytes.first, isBlank(first) { bytes.removeFirst() }
    while let last = bytes.last, isBlank(last) { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The text before and after the first occurrence of a character; all and nil if there is none.
  static func split(_ text: String, at character: Character) -> (String, String?) {
    guard let place = text.firstIndex(of: character) else { return (text, nil) }
    return (String(text[..<place]), String(text[text.index(after: place)...]))
  }
}
