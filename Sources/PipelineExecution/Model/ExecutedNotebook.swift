import NotebookDocument

/// The notebook that a node has run, with its parameters and results.
enum ExecutedNotebook: Sendable {
  /// It is in the record of runs, under this name.
  case recorded(String)
  /// It could not be kept in a record, or there is none.
  case unrecorded(NotebookDocument)

  /// Its name in the record.
  var name: String? { if case .recorded(let name) = self { name } else { nil } }
}
