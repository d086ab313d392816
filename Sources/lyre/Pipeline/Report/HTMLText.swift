import Glibc

/// Texts as HTML has them.
enum HTMLText {
  /// A text with what HTML takes for its own written differently; characters that no document may
  /// hold are left out.
  static func escaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || scalar.value == 0x7F: break
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// What a process printed, without colours, and of lines that were written over the last state.
  static func printed(_ text: String) -> String {
    let lines = ColoredText(text).plain.split(separator: "\n", omittingEmptySubsequences: false)
    return escaped(
      lines.map { line in
        let states = line.split(separator: "\r")
        return states.last.map(String.init) ?? ""
      }.joined(separator: "\n"))
  }

  /// An SVG image as the address of an image, so that its styles stay its own.
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

  /// The last part of a file, and whether something came before it.
  static func end(of path: String, limit: Int) -> (text: String, isCut: Bool)? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let size = Int(lseek(descriptor, 0, SEEK_END))
    let start = max(0, size - limit)
    lseek(descriptor, off_t(start), SEEK_SET)
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while bytes.count < limit {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      bytes.append(contentsOf: buffer[..<count])
    }
    var rest = bytes[...]
    if start > 0 { rest = rest.drop { $0 != 0x0A }.dropFirst() }
    return (String(decoding: rest, as: UTF8.self), start > 0)
  }
}
