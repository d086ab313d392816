import Glibc
import JSONCore
import RunRecord
import RunViews

extension StartedRuns {
  /// Whether a run can be stopped: it goes on, and its process belongs to this user.
  func canStop(_ run: AnyRun) -> Bool {
    run.status == "running" && RunLogReader.writer(in: run.folder) != nil
  }

  /// Stops a run as Ctrl-C does; a second time, as a second Ctrl-C does.
  ///
  /// - Throws: ``WebError`` if it has ended, or its process is unknown.
  func stop(_ run: AnyRun) throws(WebError) {
    guard run.status == "running" else {
      throw WebError(409, "not_running", "run \(run.name) has ended already")
    }
    guard let process = RunLogReader.writer(in: run.folder) else {
      throw WebError(
        409, "unknown_process",
        "run \(run.name) cannot be stopped from here: its process is not one of yours on this machine",
        remedy: "press Ctrl-C where it was started")
    }
    if interrupt(process) { return }
    guard kill(process, SIGINT) == 0 else {
      throw WebError(409, "not_running", "run \(run.name) has ended already")
    }
  }
}
