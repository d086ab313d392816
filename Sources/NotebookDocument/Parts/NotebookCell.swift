public import JSONCore

/// A cell of a notebook, without its outputs.
public struct NotebookCell: Sendable, Hashable {
  /// The type of a cell.
  public enum Kind: Sendable, Hashable {
    /// Code.
    case code
    /// Markdown text.
    case markdown
    /// Raw text.
    case raw
    /// A type of a later version of the format.
    case other(String)

    /// Reads a `cell_type`.
    public init(_ text: String) {
      switch text {
      case "code": self = .code
      case "markdown": self = .markdown
      case "raw": self = .raw
      default: self = .other(text)
      }
    }
  }

  /// Its index among all cells, from 0.
  public var index: Int
  /// Its id, since nbformat 4.5.
  public var id: String?
  /// Its type.
  public var kind: Kind
  /// Its text, with lines joined.
  public var source: String
  /// Its metadata.
  public var metadata: JSONObject
  /// The execution count of its last run.
  public var executionCount: Int?

  /// Its tags.
  public var tags: [String] { metadata["tags"]?.array?.compactMap(\.string) ?? [] }
}
