import CSystemShims
import Glibc
import Synchronization

/// The process of a kernel, in a session and process group of its own.
///
/// It dies with this program, however that ends; and when it ends itself, what is left of its
/// group goes too.
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
  }

  /// The id of the process, and of its group and session.
  public let processID: Int32

  private let state = Mutex(State())

  private init(processID: Int32) {
    self.processID = processID
  }

  /// Starts a process.
  ///
  /// Its standard input is empty. What it writes is handed to `onOutput` as it comes, on a thread of
  /// ours; the end of standard error is kept for error messages.
  ///
  /// - Parameters:
  ///   - command: what to run.
  ///   - workingDirectory: where; nil is this program's own directory.
  ///   - beforeExec: done just before the process is started, on the thread that starts it.
  ///   - onOutput: gets what the process writes.
  /// - Returns: the process, running.
  /// - Throws: ``LaunchError``.
  public static func launch(
    _ command: KernelCommand, workingDirectory: String? = nil,
    beforeExec: @escaping @Sendable () -> Void = {},
    onOutput: (@Sendable (OutputStream, [UInt8]) -> Void)? = nil
  ) async throws(LaunchError) -> KernelProcess {
    let result = await LauncherThread.shared.perform { () -> Result<KernelProcess, LaunchError> in
      beforeExec()
      return start(command, workingDirectory, onOutput)
    }
    return try result.get()
  }

  /// How the process ended; nil while it runs.
  public var exitStatus: ExitStatus? { state.withLock { $0.exitStatus } }

  /// The last of what the process wrote to standard error, at most 16 KB.
  public var standardErrorTail: String {
    state.withLock { String(decoding: $0.tail, as: UTF8.self) }
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
        let (status, isCancelled) = state.withLock { state -> (ExitStatus?, Bool) in
          if state.exitStatus == nil, !Task.isCancelled { state.waiters[ticket] = continuation }
          return (state.exitStatus, Task.isCancelled)
        }
        if status != nil || isCancelled { continuation.resume(returning: status) }
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
    // Under the lock: the group's number is not given to another one before the status is set.
    state.withLock { state in
      if state.exitStatus == nil { _ = Glibc.kill(-processID, number) }
    }
  }

  // MARK: Starting

  private static func start(
    _ command: KernelCommand, _ workingDirectory: String?,
    _ onOutput: (@Sendable (OutputStream, [UInt8]) -> Void)?
  ) -> Result<KernelProcess, LaunchError> {
    var output: [Int32] = [-1, -1]
    var error: [Int32] = [-1, -1]
    let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
    defer {
      for descriptor in [nothing, output[1], error[1]] where descriptor >= 0 { close(descriptor) }
    }
    guard nothing >= 0, lyre_pipe(&output) == 0, lyre_pipe(&error) == 0 else {
      return .failure(LaunchError(description: "no more files can be opened: \(reason(errno))"))
    }
    let result = withCStrings(command.arguments) { arguments in
      withCStrings(command.environment.map { "\($0.key)=\($0.value)" }) { environment in
        lyre_spawn(
          command.executable, arguments, environment, workingDirectory, nothing, output[1],
          error[1])
      }
    }
    guard result.step == LYRE_SPAWN_OK else {
      for descriptor in [output[0], error[0]] { close(descriptor) }
      return .failure(
        LaunchError(description: failure(result, command, workingDirectory)))
    }
    let process = KernelProcess(processID: result.pid)
    // Without a guardian the parent-death signal still ends the process itself.
    _ = lyre_guard_group(result.pid)
    if result.pidfd >= 0 { close(result.pidfd) }
    let readEnds = (output[0], error[0])
    let drained = DrainedFlag()
    let isReading = startThread {
      process.readOutput(readEnds.0, readEnds.1, onOutput)
      drained.set()
    }
    let isWatching = startThread { process.watch(drained) }
    guard isReading, isWatching else {
      _ = Glibc.kill(-result.pid, SIGKILL)
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

  private static func withCStrings<R>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R
  ) -> R {
    var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers)
  }

  // MARK: Watching

  /// On a thread of its own: waits for the end, clears the group, and only then reaps, so that the
  /// number of the group stays ours until nothing needs it.
  private func watch(_ drained: DrainedFlag) {
    _ = lyre_wait_without_reaping(processID)
    _ = Glibc.kill(-processID, SIGKILL)
    lyre_unguard_group(processID)
    // What it wrote before it ended belongs to the message about its end. A process that left the
    // group may hold the pipe open for ever: so only for a moment.
    drained.wait(milliseconds: 500)
    let waiters = state.withLock {
      state -> ([CheckedContinuation<ExitStatus?, Never>], ExitStatus) in
      var status: Int32 = 0
      while waitpid(processID, &status, 0) < 0, errno == EINTR {}
      let exit = ExitStatus(waitStatus: status)
      state.exitStatus = exit
      let waiters = Array(state.waiters.values)
      state.waiters = [:]
      return (waiters, exit)
    }
    for waiter in waiters.0 { waiter.resume(returning: waiters.1) }
  }

  private func readOutput(
    _ output: Int32, _ error: Int32, _ onOutput: (@Sendable (OutputStream, [UInt8]) -> Void)?
  ) {
    var open = [(output, OutputStream.standardOutput), (error, .standardError)]
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while !open.isEmpty {
      var polled = open.map { pollfd(fd: $0.0, events: Int16(POLLIN), revents: 0) }
      // While it runs there is all the time in the world; after that only what is there.
      let hasEnded = exitStatus != nil
      let count = poll(&polled, nfds_t(polled.count), hasEnded ? 0 : 1000)
      if count == 0, hasEnded { break }
      for (index, entry) in polled.enumerated().reversed() where entry.revents != 0 {
        let length = read(entry.fd, &buffer, buffer.count)
        if length > 0 {
          let bytes = Array(buffer[..<length])
          if open[index].1 == .standardError { keep(bytes) }
          onOutput?(open[index].1, bytes)
        } else if length == 0 || errno != EINTR {
          close(entry.fd)
          open.remove(at: index)
        }
      }
    }
    for (descriptor, _) in open { close(descriptor) }
  }

  private func keep(_ bytes: [UInt8]) {
    state.withLock { state in
      state.tail.append(contentsOf: bytes)
      let surplus = state.tail.count - KernelProcess.tailLimit
      if surplus > KernelProcess.tailLimit { state.tail.removeFirst(surplus) }
    }
  }
}

/// Set once, waited for by a thread.
private final class DrainedFlag: Sendable {
  nonisolated(unsafe) private let semaphore: UnsafeMutablePointer<sem_t>

  init() {
    semaphore = .allocate(capacity: 1)
    sem_init(semaphore, 0, 0)
  }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  func set() { sem_post(semaphore) }

  func wait(milliseconds: Int) {
    var deadline = timespec()
    clock_gettime(CLOCK_REALTIME, &deadline)
    deadline.tv_nsec += (milliseconds % 1000) * 1_000_000
    deadline.tv_sec += milliseconds / 1000 + deadline.tv_nsec / 1_000_000_000
    deadline.tv_nsec %= 1_000_000_000
    while sem_timedwait(semaphore, &deadline) != 0, errno == EINTR {}
  }
}
