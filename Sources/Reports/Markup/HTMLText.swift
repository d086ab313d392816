import Pipelines

/// Converts texts to HTML.
enum HTMLText {
  /// Escapes a text.
  static func escaped(_ text: String) -> String { MarkupText.escaped(text, in: .html) }

  /// An SVG image as a data URL, so that its styles do not affect the page.
  static func address(ofSVG image: String) -> String {
    var result = "data:image/svg+xml,"
    let digits = Array("0123456789ABCDEF")
    for byte in image.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "/"),
        UInt8(ascii: " "), UInt8(ascii: "="), UInt8(ascii: ":"), UInt8(ascii: ","),
        UInt8(ascii: ";"), UInt8(ascii: "("), UInt8(ascii: ")"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 0xF)])"
      }
    }
    return result
  }
}
