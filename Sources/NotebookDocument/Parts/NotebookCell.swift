public import JSONCore

/// A cell of a notebook, without its outputs.
public struct NotebookCell: Sendable, Hashable {
  /// What a cell holds.
  public enum Kind: Sendable, Hashable {
    /// Code to run.
    case code
    /// Text in Markdown.
    case markdown
    /// Text as it is.
    case raw
    /// Something of a later version of the format.
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

  /// Its place among all cells, from 0.
  public var index: Int
  /// Its id, from nbformat 4.5 on.
  public var id: String?
  /// What it holds.
  public var kind: Kind
  /// Its text, with lines joined.
  public var source: String
  /// What else is known of it.
  public var metadata: JSONObject
  /// The kernel's number of its last run.
  public var executionCount: Int?

  /// Its tags.
  public var tags: [String] { metadata["tags"]?.array?.compactMap(\.string) ?? [] }
}
