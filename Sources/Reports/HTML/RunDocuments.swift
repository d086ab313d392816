package import NotebookDocument
package import RunEvents

/// What a report shows beside the results: notebooks that were run, and what scripts wrote.
package struct RunDocuments {
  /// Gives the notebook that a node ran, with its outputs; nil where it is not kept.
  let notebook: (NodeResult) throws -> NotebookDocument?
  /// Gives the end of a log, so many bytes at most; nil where it cannot be read.
  let end: (_ log: String, _ limit: Int) -> LogEnd?

  /// Documents and where they come from.
  package init(
    notebook: @escaping (NodeResult) throws -> NotebookDocument?,
    end: @escaping (_ log: String, _ limit: Int) -> LogEnd?
  ) {
    self.notebook = notebook
    self.end = end
  }
}

/// The last part of a log.
package struct LogEnd {
  /// The text, in whole lines.
  let text: String
  /// Whether there was more before it.
  let isCut: Bool

  /// The end of a log.
  package init(text: String, isCut: Bool) {
    self.text = text
    self.isCut = isCut
  }
}
