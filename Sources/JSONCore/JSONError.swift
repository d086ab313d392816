/// An error: a text is not JSON.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of error.
  public enum Code: Sendable, Hashable {
    /// The text ended in the middle of a value.
    case unexpectedEnd
    /// A character is not allowed at its place.
    case unexpectedCharacter
    /// A number, literal, string or escape is malformed.
    case malformed
    /// Bytes are not valid UTF-8.
    case invalidUTF8
    /// The value is followed by more text.
    case trailingContent
    /// Arrays and objects are nested too deep.
    case tooDeep
  }

  /// The kind of error.
  public var code: Code

  /// The error in words.
  public var message: String

  /// The place, in bytes from the start.
  public var offset: Int

  /// The line, from 1.
  public var line: Int

  /// The character in the line, from 1.
  public var column: Int

  /// The place and the error: `line 3, column 7: …`.
  public var description: String { "line \(line), column \(column): \(message)" }

  init(_ code: Code, _ message: String, at offset: Int, in bytes: UnsafeRawBufferPointer) {
    self.code = code
    self.message = message
    self.offset = offset
    let before = UnsafeRawBufferPointer(rebasing: bytes[..<min(offset, bytes.count)])
    line = 1
    var lineStart = 0
    for (index, byte) in before.enumerated() where byte == UInt8(ascii: "\n") {
      line += 1
      lineStart = index + 1
    }
    // Characters, not bytes: continuation bytes do not count.
    column = 1 + before[lineStart...].count { $0 & 0xC0 != 0x80 }
  }
}
