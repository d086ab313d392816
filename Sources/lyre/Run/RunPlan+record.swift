import NotebookExecution
import Pipelines
import RunRecord
import SystemSupport

extension RunPlan {
  /// The log of a notebook's run in the record; nil if runs are not recorded.
  ///
  /// A thread of its own creates it with the first event, so nothing waits for it.
  func log(of argument: String, _ destination: Destination, id: String) -> RunLogWriter? {
    guard let record else { return nil }
    let name = NotebookInput.name(argument)
    return record.begin(
      NotebookInput.recordedPath(argument), id: id, started: wallClockNanoseconds(),
      // With a limit the result does not have all outputs either.
      result: runConfiguration.outputLimit == nil
        ? destination.path(for: argument).map(NotebookInput.absolute) : nil
    ) { [isVerbose, namesRecord] error in
      // In containers there is often no place for it, which is not an error.
      guard isVerbose || namesRecord || !error.isUnwritable else { return }
      Printer.shared.log("\("warning:", .yellow) \(name): this run is not recorded: \(error)")
    }
  }
}
