import NotebookComparison
import Reports

/// The options of `lyre test` that concern each notebook.
struct TestSettings: Sendable {
  /// How outputs are compared; nil if they are not.
  var comparison: DocumentComparison?
  /// Which outputs are written into the notebooks.
  var stored: StoredOutputs
  /// The kernel for all notebooks; nil for their own.
  var kernel: String?
  var isQuiet: Bool
  var progress: ProgressMode
  var events: EventLog?
  var junit: JUnitReport?
}
