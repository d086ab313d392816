/// An error: a mask file or one of its patterns cannot be used.
package struct MaskFileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The line, from 1.
  package var line: Int
  /// What is wrong, and what to do.
  package var message: String

  /// The line and the message.
  package var description: String { "line \(line): \(message)" }
}
