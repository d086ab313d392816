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
    let name = name(of: argument)
    return record.begin(
      remote.name(of: argument) ?? NotebookInput.recordedPath(argument), id: id,
      started: wallClockNanoseconds(),
      // With a limit the result does not have all outputs either, and a copy of a remote file is
      // removed.
      result: runConfiguration.outputLimit == nil && remote.isEmpty
        ? destination.path(for: argument).map(NotebookInput.absolute) : nil
    ) { [isVerbose, namesRecord] error in
      // In containers there is often no place for it, which is not an error.
      guard isVerbose || namesRecord || !error.isUnwritable else { return }
      Printer.shared.log("\("warning:", .yellow) \(name): this run is not recorded: \(error)")
    }
  }
}
