import NotebookDocument

/// The executed notebook of a node, with its parameters and results.
enum ExecutedNotebook: Sendable {
  /// Stored in the record of runs under this name.
  case recorded(String)
  /// Not stored in a record, because that failed or there is none.
  case unrecorded(NotebookDocument)

  /// Its name in the record.
  var name: String? { if case .recorded(let name) = self { name } else { nil } }
}
