import JSONCore

/// Texts with several lines: one string in memory, a list of lines in the file.
enum MultilineText {
  /// The lines of a text with their line endings, as by Python's `str.splitlines(True)`.
  ///
  /// It splits not only at line feeds, but at carriage returns, vertical tabs, form feeds, three
  /// ASCII separators, NEL, and Unicode's line and paragraph separators.
  static func lines(_ text: JSONString) -> [JSONValue] {
    text.withUTF8 { bytes in
      var lines: [JSONValue] = []
      forEachLine(bytes) { line, _ in lines.append(.string(JSONString(slice: bytes[line]))) }
      return lines
    }
  }

  /// The lines of a text without their line endings.
  static func contents(_ text: JSONString) -> [[UInt8]] {
    text.withUTF8 { bytes in
      var lines: [[UInt8]] = []
      forEachLine(bytes) { line, endLength in lines.append(Array(bytes[line.dropLast(endLength)])) }
      return lines
    }
  }

  /// Calls `body` with the range of each line, including its line ending, and the length of that.
  private static func forEachLine(
    _ bytes: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>, Int) -> Void
  ) {
    var start = 0
    var index = 0
    while index < bytes.count {
      let length = breakLength(bytes, at: index)
      index += max(length, 1)
      if length > 0 {
        body(start..<index, length)
        start = index
      }
    }
    if start < bytes.count { body(start..<bytes.count, 0) }
  }

  /// The length of the line ending that begins at an index; 0 if none does.
  private static func breakLength(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
    switch bytes[index] {
    case 0x0A, 0x0B, 0x0C, 0x1C, 0x1D, 0x1E: return 1
    case 0x0D: return index + 1 < bytes.count && bytes[index + 1] == 0x0A ? 2 : 1
    case 0xC2: return index + 1 < bytes.count && bytes[index + 1] == 0x85 ? 2 : 0
    case 0xE2:
      guard index + 2 < bytes.count, bytes[index + 1] == 0x80 else { return 0 }
      return bytes[index + 2] == 0xA8 || bytes[index + 2] == 0xA9 ? 3 : 0
    default: return 0
    }
  }

  /// Joins a list of strings to one string; returns any other value unchanged.
  static func joined(_ value: JSONValue) -> JSONValue {
    guard case .array(let parts) = value else { return value }
    var bytes: [UInt8] = []
    for part in parts {
      guard case .string(let text) = part else { return value }
      text.withUTF8 { bytes.append(contentsOf: $0) }
    }
    return .string(JSONString(slice: bytes[...]))
  }

  /// Splits a string into a list of its lines; returns any other value unchanged.
  static func split(_ value: JSONValue) -> JSONValue {
    guard case .string(let text) = value else { return value }
    return .array(lines(text))
  }

  /// Whether values of this MIME type are always JSON.
  static func isJSON(_ mimeType: String) -> Bool {
    mimeType == "application/json"
      || (mimeType.hasPrefix("application/") && mimeType.hasSuffix("+json"))
  }

  /// Whether nbformat splits texts of this MIME type.
  static func isSplit(_ mimeType: String) -> Bool {
    mimeType.hasPrefix("text/") || mimeType == "application/javascript"
      || mimeType == "image/svg+xml"
  }
}
