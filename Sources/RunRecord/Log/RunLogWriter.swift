public import RunEvents
import Synchronization
import SystemSupport

/// Writes the event log of a run while it runs.
///
/// Adding an event does not wait: a thread of its own writes the lines, at most
/// ``RunLogWriter/delay`` later. It locks the log while the run is active, so that other programs
/// can detect whether it is. It writes complete lines; a crash may truncate the last one.
public final class RunLogWriter: Sendable {
  private let events: WaitingEvents
  private let worker: DelayedWorker
  private let output: LogOutput

  /// The longest time before an event is written.
  public static let delay = Duration.milliseconds(200)

  /// Creates a writer; the log is created with its first event.
  ///
  /// - Parameters:
  ///   - folder: the folder of the run.
  ///   - limits: how much of the outputs to keep.
  ///   - whole: returns the file with the complete outputs of a subject, for the mark that some are
  ///     left out.
  ///   - prepare: called on the writing thread before the log is created, to create its folder.
  ///   - onFailure: called at most once, on any thread, when the log cannot be written.
  package init(
    folder: String, limits: LogLimits = LogLimits(),
    whole: @escaping @Sendable (RunEvent) -> String? = { _ in nil },
    prepare: @escaping @Sendable () throws(HistoryError) -> Void = {},
    onFailure: @escaping @Sendable (HistoryError) -> Void
  ) {
    let events = WaitingEvents(LogBudget(limits, whole: whole))
    self.events = events
    let output = LogOutput(folder: folder, prepare: prepare)
    self.output = output
    // Other programs can find the run as soon as it begins.
    worker = DelayedWorker(delay: RunLogWriter.delay, isPromptAtFirst: true) {
      // A later event may have requested this round while an earlier one failed permanently.
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

  /// Whether an event was added.
  public var hasBegun: Bool { events.hasBegun }

  /// Writes the pending events and closes the log, at the end of the run.
  ///
  /// It blocks until that is done.
  public func close() {
    worker.end()
    events.close()
    output.close()
  }
}

/// The events that wait to be written.
private final class WaitingEvents: Sendable {
  private struct State {
    var waiting: [RunEvent] = []
    var budget: LogBudget
    var hasBegun = false
    var isClosed = false
  }

  private let state: Mutex<State>

  var hasBegun: Bool { state.withLock(\.hasBegun) }

  init(_ budget: LogBudget) {
    state = Mutex(State(budget: budget))
  }

  /// Adds the part of an event that the log keeps.
  ///
  /// - Returns: whether there is something to write.
  func add(_ event: RunEvent) -> Bool {
    state.withLock { state in
      guard !state.isClosed else { return false }
      state.hasBegun = true
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

  /// Discards all further events.
  func close() {
    state.withLock { state in
      state.isClosed = true
      state.waiting = []
    }
  }
}

/// The log file, which is created with its first events.
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

  /// Releases the lock.
  func close() { file.withLock { $0 = nil } }
}
