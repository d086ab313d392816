import Pipelines
import RunEvents
import Synchronization
import SystemSupport

/// Reads the events and the log of a node that runs elsewhere while they are written.
final class RemoteFeed: Sendable {
  private struct State {
    var events: GrowingFile
    var log: GrowingFile
    var lines: RemoteEvents
    /// Whether each file can still be read.
    var hasEvents = true
    var hasLog = true
  }

  /// How often to look for news.
  static let interval = Duration.milliseconds(100)

  private let log: NodeLog
  private let report: @Sendable (NodeReport) -> Void
  private let state: Mutex<State>

  /// - Parameters:
  ///   - subject: the subject of the attempt's events.
  ///   - results: the folder that `lyre node` writes to.
  ///   - log: what gets the node's output.
  ///   - report: called with the node's events, in order.
  init(
    of subject: RunSubject, in results: String, to log: NodeLog,
    _ report: @escaping @Sendable (NodeReport) -> Void
  ) {
    self.log = log
    self.report = report
    state = Mutex(
      State(
        events: GrowingFile("\(results)/\(NodeDescription.eventsName)"),
        log: GrowingFile("\(results)/\(NodeDescription.logName)"),
        lines: RemoteEvents(subject: subject)))
  }

  /// Reads until the task is cancelled.
  func follow() async {
    while !Task.isCancelled {
      if !read() { try? await Task.sleep(for: RemoteFeed.interval) }
    }
  }

  /// Reads the rest, once nothing is written any more.
  func finish() {
    while read() {}
    for report in state.withLock({ $0.lines.finish() }) { self.report(report) }
  }

  /// Reads the next piece of both files, and reports it.
  ///
  /// - Returns: whether there may be more.
  private func read() -> Bool {
    let (output, reports, isMore) = state.withLock { state in
      var reports: [NodeReport] = []
      // The log first: whoever sees an event finds the output in the log.
      let output = RemoteFeed.piece(of: &state.log, &state.hasLog, &reports)
      let events = RemoteFeed.piece(of: &state.events, &state.hasEvents, &reports)
      reports += state.lines.take(events)
      return (output, reports, max(output.count, events.count) == GrowingFile.most)
    }
    if !output.isEmpty { log.write(output) }
    for report in reports { self.report(report) }
    return isMore
  }

  private static func piece(
    of file: inout GrowingFile, _ isReadable: inout Bool, _ reports: inout [NodeReport]
  ) -> [UInt8] {
    guard isReadable else { return [] }
    do throws(GrowingFile.Problem) {
      return try file.next()
    } catch {
      isReadable = false
      reports.append(.warning(error.message))
      return []
    }
  }
}
