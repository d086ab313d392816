package import NotebookDocument
import Synchronization

/// Saves the result of a ``NotebookJob`` during the run, and at its end.
package final class ResultSaver: Sendable {
  private struct State {
    var saver: NotebookSaver?
    /// The notebook in the file, if a copy with parameters runs in its place.
    var source: SourceNotebook?
    var hasWarned = false
  }

  private let warn: @Sendable (String) -> Void
  private let state: Mutex<State>

  /// Creates a saver for a job.
  ///
  /// - Parameters:
  ///   - job: the job.
  ///   - opened: the notebook as it was opened.
  ///   - source: the notebook in the file, which gets the results of the copy that is run; nil if
  ///     the file gets the notebook that is run.
  package init(_ job: NotebookJob, _ opened: NotebookJob.Opened, source: SourceNotebook? = nil) {
    warn = job.warn
    let saver = job.result.map {
      NotebookSaver($0, input: opened.original, lock: opened.lock, like: job.path)
    }
    state = Mutex(State(saver: saver, source: source))
  }

  /// Saves the outputs so far; warns once if that fails.
  ///
  /// - Parameters:
  ///   - document: the notebook that is run.
  ///   - changed: the places of the cells that changed since the last call.
  package func save(_ document: NotebookDocument, changed: Set<Int>) {
    let warning = state.withLock { state -> String? in
      do throws(NotebookError) {
        if let places = state.source?.take(changed, of: document), let source = state.source {
          try state.saver?.save(source.document, changed: places)
        } else {
          try state.saver?.save(document, changed: changed)
        }
        return nil
      } catch {
        defer { state.hasWarned = true }
        return state.hasWarned ? nil : "\(error); Lyre tries again at the end"
      }
    }
    if let warning { warn(warning) }
  }

  /// Saves the complete result.
  ///
  /// - Parameters:
  ///   - document: the notebook that was run.
  ///   - result: how the run ended; nil if nothing was run.
  /// - Returns: where the result was saved; nil if there is no file for it.
  package func finish(_ document: NotebookDocument, _ result: RunResult?) -> NotebookSaver.Ending? {
    state.withLock { state in
      let ran = (result?.cells ?? []).filter { $0.status != .skipped }.map(\.index)
      _ = state.source?.take(Set(ran), of: document)
      return state.saver?.finish(state.source?.document ?? document)
    }
  }
}
