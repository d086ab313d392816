import CSystemShims
import Glibc
import Synchronization

/// The process of a kernel, in a session and process group of its own.
///
/// It dies with this program, however that ends; and when it ends itself, whatever it has started
/// goes too, daemons included: it has a keeper, a process that adopts what it leaves behind.
public final class KernelProcess: Sendable {
  /// Which of the process's own streams.
  public enum OutputStream: Sendable {
    /// Standard output.
    case standardOutput
    /// Standard error.
    case standardError
  }

  /// Why a process could not be started.
  public struct LaunchError: Error, Sendable, CustomStringConvertible {
    /// What failed, and why.
    public var description: String
  }

  /// How much of what the process writes to standard error is kept for messages.
  private static let tailLimit = 16_384

  private struct State {
    var exitStatus: ExitStatus?
    var waiters: [Int: CheckedContinuation<ExitStatus?, Never>] = [:]
    var nextWaiter = 0
    var tail: [UInt8] = []
    /// The socket to the process's keeper; closed with the end.
    var line: Int32
  }

  /// The id of the process, and of its group and session.
  public let processID: Int32

  /// Whether it was forked from a process that had imported already what it needs.
  public let isWarm: Bool

  private let state: Mutex<State>

  private init(processID: Int32, line: Int32, isWarm: Bool) {
    self.processID = processID
    self.isWarm = isWarm
    state = Mutex(State(line: line))
  }

  /// Starts a process.
  ///
  /// Its standard input is empty. What it writes is handed to `onOutput` as it comes, on a thread of
  /// ours; the end of standard error is kept for error messages.
  ///
  /// - Parameters:
  ///   - command: what to run.
  ///   - workingDirectory: where; nil is this program's own directory.
  ///   - warmStarts: where a process may come from that need not be started from nothing.
  ///   - beforeExec: done just before the process is started, on the thread that starts it.
  ///   - onOutput: gets what the process writes; an empty piece is the end of it.
  /// - Returns: the process, running.
  /// - Throws: ``LaunchError``.
  public static func launch(
    _ command: KernelCommand, workingDirectory: String? = nil, warmStarts: WarmStarts? = nil,
    beforeExec: @escaping @Sendable () -> Void = {},
    onOutput: (@Sendable (OutputStream, [UInt8]) -> Void)? = nil
  ) async throws(LaunchError) -> KernelProcess {
    let server = await warmStarts?.server(for: command)
    let result = await LauncherThread.shared.perform { () -> Result<KernelProcess, LaunchError> in
      beforeExec()
      return server?.start(command, workingDirectory, onOutput)
        ?? start(command, workingDirectory, onOutput)
    }
    return try result.get()
  }

  /// How the process ended; nil while it runs.
  public var exitStatus: ExitStatus? { state.withLock { $0.exitStatus } }

  /// The last of what the process wrote to standard error, at most 16 KB.
  public var standardErrorTail: String {
    let tail = state.withLock { $0.tail.suffix(KernelProcess.tailLimit) }
    // Not from the middle of a character.
    let whole = tail.count < KernelProcess.tailLimit ? tail : tail.drop { $0 & 0xC0 == 0x80 }
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
          // Asked once: the handler below resumes exactly those that are in the table.
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

  /// Sends SIGINT to the process group, as Ctrl-C does.
  public func interrupt() { signal(SIGINT) }

  /// Sends SIGTERM to the process group.
  public func terminate() { signal(SIGTERM) }

  /// Sends SIGKILL to the process group.
  public func kill() { signal(SIGKILL) }

  /// Sends a signal to the process group; nothing when the process has ended.
  public func signal(_ number: Int32) {
    // By its keeper, who knows whether the number is still that of the group.
    state.withLock { state in
      if state.exitStatus == nil { lyre_signal_group(state.line, number) }
    }
  }

  // MARK: Starting

  /// Starts a process as a new one.
  ///
  /// - Parameters:
  ///   - additional: what it gets as its descriptor 3; nil for nothing.
  ///   - sparesDescendants: whether what it has started may go on after its end.
  static func start(
    _ command: KernelCommand, _ workingDirectory: String?, additional: Int32? = nil,
    sparesDescendants: Bool = false,
    _ onOutput: (@Sendable (OutputStream, [UInt8]) -> Void)? = nil
  ) -> Result<KernelProcess, LaunchError> {
    let files: Files
    do throws(LaunchError) {
      files = try Files()
    } catch {
      return .failure(error)
    }
    let result = withCStrings(command.arguments) { arguments in
      withCStrings(EnvironmentBlock.entries(of: command.environment)) { environment in
        lyre_spawn(
          command.executable, arguments, environment, workingDirectory, files.nothing,
          files.output.write, files.error.write, additional ?? -1, sparesDescendants ? 1 : 0)
      }
    }
    return take(result, files, command, workingDirectory, onOutput)
  }

  /// Watches and reads what has been started, and closes what only the process needs.
  static func take(
    _ result: lyre_spawn_result, _ files: Files, _ command: KernelCommand,
    _ workingDirectory: String?, isWarm: Bool = false,
    _ onOutput: (@Sendable (OutputStream, [UInt8]) -> Void)?
  ) -> Result<KernelProcess, LaunchError> {
    files.closeForParent()
    guard result.step == LYRE_SPAWN_OK else {
      files.closeForReader()
      return .failure(
        LaunchError(description: failure(result, command, workingDirectory)))
    }
    let process = KernelProcess(processID: result.pid, line: result.line, isWarm: isWarm)
    guard ProcessWatcher.add(WatchedProcess(process, line: result.line, files, onOutput)) else {
      process.kill()
      files.closeForReader()
      process.settle(WatchedProcess.end(of: result.line))
      return .failure(LaunchError(description: "no more threads can be started"))
    }
    return .success(process)
  }

  private static func failure(
    _ result: lyre_spawn_result, _ command: KernelCommand, _ directory: String?
  ) -> String {
    let why = reason(result.error)
    switch result.step {
    case LYRE_SPAWN_CHDIR:
      return "the working directory '\(directory ?? "")' cannot be entered: \(why)"
    case LYRE_SPAWN_EXEC: return "'\(command.executable)' cannot be run: \(why)"
    default: return "no process could be started: \(why)"
    }
  }

  static func reason(_ number: Int32) -> String { String(cString: strerror(number)) }

  static func withCStrings<R>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R
  ) -> R {
    withCStrings(strings.map { Array($0.utf8) }, body)
  }

  static func withCStrings<R>(
    _ strings: [[UInt8]], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R
  ) -> R {
    var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { string in
      (string + [0]).withUnsafeBytes { bytes in
        bytes.baseAddress.flatMap { strdup($0.assumingMemoryBound(to: CChar.self)) }
      }
    }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers)
  }

  // MARK: Watching

  /// The process has ended, with all that it left behind.
  func settle(_ end: WatchedProcess.End) {
    let waiters = state.withLock { state in
      state.exitStatus = end.status
      // A keeper that has nothing left to do keeps the next one.
      if end.keeperIsFree { lyre_return_line(state.line) } else { close(state.line) }
      defer { state.waiters = [:] }
      return Array(state.waiters.values)
    }
    for waiter in waiters { waiter.resume(returning: end.status) }
  }

  /// Keeps the end of what the process writes to standard error.
  func keep(_ bytes: [UInt8]) {
    state.withLock { state in
      state.tail.append(contentsOf: bytes)
      // Cut now and then, so that it costs nothing a byte.
      let surplus = state.tail.count - KernelProcess.tailLimit
      if surplus > KernelProcess.tailLimit { state.tail.removeFirst(surplus) }
    }
  }
}
