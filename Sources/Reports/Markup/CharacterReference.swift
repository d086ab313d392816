/// Decodes character references such as `&lt;` and `&#60;`.
enum CharacterReference {
  /// The text of HTML without tags.
  static func decoded(_ html: some Collection<UInt8>) -> String {
    guard html.contains(UInt8(ascii: "&")) else { return String(decoding: html, as: UTF8.self) }
    let bytes = Array(html)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "&"), let (text, end) = reference(bytes, at: index + 1) {
        result.append(contentsOf: text.utf8)
        index = end
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The text of the reference whose name or number begins at a place, and the place after it.
  private static func reference(_ bytes: [UInt8], at start: Int) -> (String, Int)? {
    guard start < bytes.count else { return nil }
    if bytes[start] == UInt8(ascii: "#") { return number(bytes, at: start + 1) }
    var end = start
    while end < bytes.count, end - start < 12, bytes[end].isLetter || bytes[end].isDigit {
      end += 1
    }
    guard end < bytes.count, bytes[end] == UInt8(ascii: ";"),
      let text = named[String(decoding: bytes[start..<end], as: UTF8.self)]
    else { return nil }
    return (text, end + 1)
  }

  private static func number(_ bytes: [UInt8], at start: Int) -> (String, Int)? {
    guard start < bytes.count else { return nil }
    let isHexadecimal = bytes[start] | 0x20 == UInt8(ascii: "x")
    var index = isHexadecimal ? start + 1 : start
    let first = index
    var value: UInt32 = 0
    while index < bytes.count, let digit = digit(bytes[index], isHexadecimal) {
      value = min(value * (isHexadecimal ? 16 : 10) + digit, 0x11_0000)
      index += 1
    }
    guard index > first else { return nil }
    if index < bytes.count, bytes[index] == UInt8(ascii: ";") { index += 1 }
    let scalar = value == 0 ? nil : Unicode.Scalar(value)
    return (String(Character(scalar ?? "\u{FFFD}")), index)
  }

  private static func digit(_ byte: UInt8, _ isHexadecimal: Bool) -> UInt32? {
    if byte.isDigit { return UInt32(byte - 0x30) }
    guard isHexadecimal, (0x61...0x66).contains(byte | 0x20) else { return nil }
    return UInt32(byte | 0x20) - 0x61 + 10
  }

  /// The names that matter for addresses, and the most frequent ones.
  private static let named = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}", "colon": ":",
    "Tab": "\t", "NewLine": "\n", "sol": "/", "lpar": "(", "rpar": ")", "num": "#", "quest": "?",
    "period": ".", "comma": ",", "semi": ";", "equals": "=", "excl": "!", "percnt": "%",
    "copy": "©", "hellip": "…", "mdash": "—", "ndash": "–", "times": "×", "middot": "·",
  ]
}
