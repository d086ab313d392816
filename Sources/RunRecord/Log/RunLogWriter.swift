public import RunEvents
import Synchronization
import SystemSupport

/// Writes the event log of a run while it runs.
///
/// Whoever tells it of an event does not wait: a thread of its own makes the lines and writes them,
/// ``RunLogWriter/delay`` later at most. It has the log locked as long as it writes, from which
/// others know whether the run still goes on. It writes whole lines; a crash may cut the last one.
public final class RunLogWriter: Sendable {
  private let events: WaitingEvents
  private let worker: DelayedWorker
  private let output: LogOutput

  /// How long an event waits at most before it is written.
  public static let delay = Duration.milliseconds(200)

  /// A log that is made with its first event.
  ///
  /// - Parameters:
  ///   - folder: the folder of the run.
  ///   - limits: how much of the outputs is kept.
  ///   - whole: the file that has all outputs of a subject, for the mark where some are left out.
  ///   - prepare: called on the writing thread before the log is made: makes its folder.
  ///   - onFailure: called once, on any thread, when the log cannot be written.
  package init(
    folder: String, limits: LogLimits = LogLimits(),
    whole: @escaping @Sendable (RunSubject) -> String? = { _ in nil },
    prepare: @escaping @Sendable () throws(HistoryError) -> Void = {},
    onFailure: @escaping @Sendable (HistoryError) -> Void
  ) {
    let events = WaitingEvents(LogBudget(limits, whole: whole))
    self.events = events
    let output = LogOutput(folder: folder, prepare: prepare)
    self.output = output
    // Others find the run as soon as it has begun.
    worker = DelayedWorker(delay: RunLogWriter.delay, isPromptAtFirst: true) {
      // Another event may have asked for this while an earlier round failed: that failed for good.
      let waiting = events.take()
      guard !waiting.isEmpty else { return }
      do throws(HistoryError) {
        try output.add(waiting)
      } catch {
        events.close()
        onFailure(error)
      }
    }
  }

  /// Adds an event; never waits.
  public func write(_ event: RunEvent) {
    if events.add(event) { worker.ask() }
  }

  /// Writes what is left, and gives the log up: the run is over.
  ///
  /// It blocks for as long as that takes.
  public func close() {
    worker.end()
    output.close()
  }
}

/// Events that wait to be written.
private final class WaitingEvents: Sendable {
  private struct State {
    var waiting: [RunEvent] = []
    var budget: LogBudget
    var isClosed = false
  }

  private let state: Mutex<State>

  init(_ budget: LogBudget) {
    state = Mutex(State(budget: budget))
  }

  /// Adds what the log keeps of an event.
  ///
  /// - Returns: whether there is something to write.
  func add(_ event: RunEvent) -> Bool {
    state.withLock { state in
      guard !state.isClosed else { return false }
      let kept = state.budget.take(event)
      state.waiting += kept
      return !kept.isEmpty
    }
  }

  func take() -> [RunEvent] {
    state.withLock { state in
      defer { state.waiting = [] }
      return state.waiting
    }
  }

  /// Nothing can be written any more.
  func close() {
    state.withLock { state in
      state.isClosed = true
      state.waiting = []
    }
  }
}

/// The log, made with its first events.
private final class LogOutput: Sendable {
  private let folder: String
  private let prepare: @Sendable () throws(HistoryError) -> Void
  private let file = Mutex<LogFile?>(nil)

  init(folder: String, prepare: @escaping @Sendable () throws(HistoryError) -> Void) {
    self.folder = folder
    self.prepare = prepare
  }

  func add(_ events: [RunEvent]) throws(HistoryError) {
    try file.withLock { (file) throws(HistoryError) in
      if file == nil { try prepare() }
      do throws(SystemError) {
        if file == nil { file = try LogFile(in: folder) }
        try file?.add(events)
      } catch {
        throw HistoryError.unwritable(
          "the log of the run in '\(folder)' cannot be written: \(error)")
      }
    }
  }

  /// Gives the lock up.
  func close() { file.withLock { $0 = nil } }
}
