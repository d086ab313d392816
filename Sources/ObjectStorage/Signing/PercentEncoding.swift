/// Percent-encoding as signatures demand it: everything but letters, digits, `-`, `.`, `_` and `~` is
/// encoded, with capital digits.
package enum PercentEncoding {
  /// A value of a query.
  package static func value(_ text: String) -> String { encoded(text, keepsSlashes: false) }

  /// A path, in which slashes stay.
  package static func path(_ text: String) -> String { encoded(text, keepsSlashes: true) }

  private static func encoded(_ text: String, keepsSlashes: Bool) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var result: [UInt8] = []
    result.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      if isUnreserved(byte) || keepsSlashes && byte == UInt8(ascii: "/") {
        result.append(byte)
      } else {
        result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "-._~".utf8.contains(byte)
    }
  }

  /// A text with its `%XX` replaced by bytes, as in the answer to a list with `encoding-type=url`.
  package static func decoded(_ text: String) -> String {
    var result: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      let digits = rest.prefix(2)
      if byte == UInt8(ascii: "%"), digits.count == 2,
        let value = UInt8(Substring(digits), radix: 16)
      {
        result.append(value)
        rest = rest.dropFirst(2)
      } else {
        // Servers write a space like forms do.
        result.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
