/// An error: a file is not a notebook, or cannot be read or written.
public struct NotebookError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of error.
  public enum Code: Sendable, Hashable {
    /// The file does not exist.
    case notFound
    /// The file is not a regular file, or reading is not permitted.
    case unreadable
    /// The content is not JSON.
    case notJSON
    /// The content is JSON, but not a notebook.
    case notNotebook
    /// The notebook's version is not supported.
    case unsupportedVersion
    /// The file could not be written.
    case unwritable
    /// Another run is writing to the file.
    case inUse
  }

  /// The kind of error.
  public var code: Code

  /// The place in the notebook, such as `cells[3].outputs[0].data`; empty for the whole.
  public var place: String

  /// The problem, and its fix if known.
  public var message: String

  /// The place and the message.
  public var description: String { place.isEmpty ? message : "\(place): \(message)" }

  /// Creates an error from its parts.
  public init(_ code: Code, _ message: String, place: String = "") {
    self.code = code
    self.message = message
    self.place = place
  }
}
