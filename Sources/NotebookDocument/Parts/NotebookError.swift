/// Why something is not a notebook, or cannot be read or written, and where.
public struct NotebookError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of fault it is.
  public enum Code: Sendable, Hashable {
    /// There is no such file.
    case notFound
    /// It is not a regular file, or may not be read.
    case unreadable
    /// The content is not JSON.
    case notJSON
    /// The content is JSON and not a notebook.
    case notNotebook
    /// It is a notebook of a version that cannot be read.
    case unsupportedVersion
    /// It could not be written.
    case unwritable
    /// Another run is writing to it.
    case inUse
  }

  /// What kind of fault it is.
  public var code: Code

  /// The place in the notebook, such as `cells[3].outputs[0].data`; empty for the whole.
  public var place: String

  /// What is wrong, and what to do about it where that is known.
  public var message: String

  /// The place and the message.
  public var description: String { place.isEmpty ? message : "\(place): \(message)" }

  /// A fault.
  public init(_ code: Code, _ message: String, place: String = "") {
    self.code = code
    self.message = message
    self.place = place
  }
}
