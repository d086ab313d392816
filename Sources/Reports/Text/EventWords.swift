package import RunEvents

extension RunWarning {
  /// The warning, after the number of its cell if it has one: `cell 3: …`.
  package var text: String {
    cell.map { "cell \($0 + 1): \(message)" } ?? message
  }
}

extension CellResult {
  /// A line for a finished cell: `2/10 cell 3 In [2] ok in 0.4 s`.
  ///
  /// - Parameters:
  ///   - number: its number among the cells to run, starting at 1.
  ///   - toRun: the number of cells to run.
  package func line(number: Int, of toRun: Int) -> String {
    let count = executionCount.map { " In [\($0)]" } ?? ""
    return
      "\(number)/\(toRun) cell \(index + 1)\(count) \(status.word) in \(Format.duration(duration))"
  }
}

extension KernelDescription {
  /// `kernel python3 (process 4711) ready after 0.4 s`.
  package var line: String {
    "kernel \(name) (process \(processID ?? 0)) ready after \(Format.duration(startDuration))"
  }
}

extension NodeIdentity {
  /// How an attempt begins: `started`, with the reason if there is one, or `started again (attempt 2)`.
  package func beginning(_ reason: String?) -> String {
    let attempt = attempt ?? 1
    return "started"
      + (attempt > 1 ? " again (attempt \(attempt))" : reason.map { " (\($0))" } ?? "")
  }
}
