/// Why a text is not JSON, and where.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of fault it is.
  public enum Code: Sendable, Hashable {
    /// The text ended in the middle of a value.
    case unexpectedEnd
    /// A character that cannot stand there.
    case unexpectedCharacter
    /// A number, literal, string or escape that is not well-formed.
    case malformed
    /// Bytes that are not UTF-8.
    case invalidUTF8
    /// Something follows the value.
    case trailingContent
    /// Arrays and objects are nested deeper than allowed.
    case tooDeep
  }

  /// What kind of fault it is.
  public var code: Code

  /// What is wrong, in words.
  public var message: String

  /// Where, in bytes from the start.
  public var offset: Int

  /// Which line, from 1.
  public var line: Int

  /// Which character of the line, from 1.
  public var column: Int

  /// The place and what is wrong: `line 3, column 7: …`.
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
