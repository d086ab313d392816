package import NotebookDocument
package import RunEvents

/// The documents that a report shows besides the results: executed notebooks, and the output of
/// scripts.
package struct RunDocuments {
  /// Returns a node's executed notebook with its outputs; nil if it is not stored.
  let notebook: (NodeResult) throws -> NotebookDocument?
  /// Returns the end of a log, up to a number of bytes; nil if it cannot be read.
  let end: (_ log: String, _ limit: Int) -> LogEnd?
  /// Returns a text as a terminal shows it after control characters in it that move the cursor.
  let terminal: (String) -> String

  /// Creates a value from its functions.
  package init(
    notebook: @escaping (NodeResult) throws -> NotebookDocument?,
    end: @escaping (_ log: String, _ limit: Int) -> LogEnd?,
    terminal: @escaping (String) -> String
  ) {
    self.notebook = notebook
    self.end = end
    self.terminal = terminal
  }
}

/// The last part of a log.
package struct LogEnd {
  /// The text, in complete lines.
  let text: String
  /// Whether text before it was left out.
  let isCut: Bool

  /// Creates a value from its parts.
  package init(text: String, isCut: Bool) {
    self.text = text
    self.isCut = isCut
  }
}
