import CSystemShims
import Glibc
import Synchronization

/// A process that this program started, in a session and process group of its own.
///
/// It dies with this program, however that ends. When it ends itself, all its descendants are ended
/// too, including daemons: its keeper, a process of its own, adopts them.
public final class ChildProcess: Sendable {
  /// One of the process's output streams.
  public enum OutputStream: Sendable {
    /// Standard output.
    case standardOutput
    /// Standard error.
    case standardError
  }

  /// How much of standard error to keep for messages.
  private static let tailLimit = 16_384

  private struct State {
    var exitStatus: ExitStatus?
    var waiters: [Int: CheckedContinuation<ExitStatus?, Never>] = [:]
    var nextWaiter = 0
    var observers: [@Sendable (ExitStatus) -> Void] = []
    var tail: [UInt8] = []
    /// The socket to the process's keeper; closed at the end.
    var line: Int32
  }

  /// The process ID, which is also the ID of its group and session.
  public let processID: Int32

  /// Whether it was forked from a process that had already imported its modules.
  public let isWarm: Bool

  private let state: Mutex<State>

  init(processID: Int32, line: Int32, isWarm: Bool) {
    self.processID = processID
    self.isWarm = isWarm
    state = Mutex(State(line: line))
  }

  /// How the process ended; nil while it runs.
  public var exitStatus: ExitStatus? { state.withLock { $0.exitStatus } }

  /// The end of the process's standard error, at most 16 KB.
  public var standardErrorTail: String {
    let tail = state.withLock { $0.tail.suffix(ChildProcess.tailLimit) }
    // Does not start in the middle of a character.
    let whole = tail.count < ChildProcess.tailLimit ? tail : tail.drop { $0 & 0xC0 == 0x80 }
    return String(decoding: whole, as: UTF8.self)
  }

  /// Waits for the process to end.
  ///
  /// - Returns: how it ended; nil when the task was cancelled first.
  public func waitForExit() async -> ExitStatus? {
    let ticket = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let (status, isWaiting) = state.withLock { state -> (ExitStatus?, Bool) in
          // Checked once: the handler below resumes only registered continuations.
          let isWaiting = state.exitStatus == nil && !Task.isCancelled
          if isWaiting { state.waiters[ticket] = continuation }
          return (state.exitStatus, isWaiting)
        }
        if !isWaiting { continuation.resume(returning: status) }
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume(returning: nil)
    }
  }

  /// Calls a function when the process has ended, or at once if it has.
  ///
  /// - Parameter body: called once, on any thread; it must not block.
  package func whenEnded(_ body: @escaping @Sendable (ExitStatus) -> Void) {
    let status = state.withLock { state -> ExitStatus? in
      if state.exitStatus == nil { state.observers.append(body) }
      return state.exitStatus
    }
    if let status { body(status) }
  }

  /// Sends SIGINT to the process group, as Ctrl-C does.
  public func interrupt() { signal(SIGINT) }

  /// Sends SIGTERM to the process group.
  public func terminate() { signal(SIGTERM) }

  /// Sends SIGKILL to the process group.
  public func kill() { signal(SIGKILL) }

  /// Sends a signal to the process group; does nothing if the process has ended.
  public func signal(_ number: Int32) {
    // Sent by its keeper, which knows whether the number still belongs to the group.
    state.withLock { state in
      if state.exitStatus == nil { lyre_signal_group(state.line, number) }
    }
  }

  // MARK: Watching

  /// Records that the process has ended, with all its descendants.
  func settle(_ end: WatchedProcess.End) {
    let (waiters, observers) = state.withLock { state in
      state.exitStatus = end.status
      // A keeper without a process can be used again.
      if end.keeperIsFree { lyre_return_line(state.line) } else { close(state.line) }
      defer { (state.waiters, state.observers) = ([:], []) }
      return (Array(state.waiters.values), state.observers)
    }
    for waiter in waiters { waiter.resume(returning: end.status) }
    for observer in observers { observer(end.status) }
  }

  /// Keeps the end of the process's standard error.
  func keep(_ bytes: [UInt8]) {
    state.withLock { state in
      state.tail.append(contentsOf: bytes)
      // Truncated only now and then, so that the cost per byte is negligible.
      let surplus = state.tail.count - ChildProcess.tailLimit
      if surplus > ChildProcess.tailLimit { state.tail.removeFirst(surplus) }
    }
  }
}
