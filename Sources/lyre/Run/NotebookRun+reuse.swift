import NotebookDocument
import NotebookExecution
import RunEvents
import RunRecord
import SystemSupport

extension NotebookRun {
  /// How a run ended.
  typealias Ended = (code: ExitCode, result: RunResult?)

  /// Compares the notebook with its last good run, if the command asks for that.
  ///
  /// - Returns: why it has to run, for the event that begins the run; or the exit code if it does not
  ///   run.
  func compare(_ reuse: NotebookReuse, _ document: NotebookDocument) async
    -> (reason: String?, end: ExitCode?)
  {
    guard plan.reuse?.isAsked == true else { return (nil, nil) }
    let pace = ComparisonPace()
    let watch = HashingWatch(
      isStopped: { [control] in control.stopSignal != nil },
      report: { [reporter] progress in if pace.isDue(0) { reporter.comparing(progress) } })
    switch await onOwnThread({ reuse.verdict(watch) }) {
    case .unchanged(let run):
      return (
        nil, reporter.unchanged(since: run, document, plan.pages.flatMap { _ in reuse.stored })
      )
    case .stopped: return (nil, reporter.stopped(control.stopSignal ?? 2, document))
    case .unusable(let reason): return (nil, reporter.fail(reason, .unusableInput, document))
    case .runs(let reason):
      reporter.starts(because: reason)
      return (reason, nil)
    }
  }

  /// Runs a notebook, and keeps the run for later comparisons if it is good.
  func keeping(_ reuse: NotebookReuse?, _ run: () async -> Ended) async -> ExitCode {
    guard let reuse, case .name(let id)? = reporter.subject.run else { return await run().code }
    let name = NotebookRuns.shortName(of: id)
    guard reuse.isCompared else {
      let ended = await run()
      if !isGood(ended) { await onOwnThread { reuse.discardEarlier(name) } }
      return ended.code
    }
    let watch = HashingWatch(isStopped: { [control] in control.stopSignal != nil })
    // Files are compared as they are before the first cell.
    let begun = await onOwnThread { reuse.begin(name, watch) }
    let ended = await run()
    guard let begun, isGood(ended) else {
      await onOwnThread { reuse.discard(name) }
      return ended.code
    }
    let failure = await onOwnThread { () -> HistoryError? in
      do throws(HistoryError) {
        try reuse.keep(begun)
        return nil
      } catch {
        return error
      }
    }
    if let failure, plan.reuse?.isAsked == true {
      reporter.warn("later runs with --cached cannot use this run: \(failure)")
    }
    return ended.code
  }

  /// Whether a later run may be left out because of this one: everything ran within its limits.
  private func isGood(_ ended: Ended) -> Bool {
    guard ended.code == .success, control.stopSignal == nil, let result = ended.result else {
      return false
    }
    return result.outcome == .completed && !result.cells.contains { $0.status == .timedOut }
      && reporter.isGood(result)
  }
}
