import CSystemShims
import Glibc
import JSONCore
import Processes
import Synchronization
import SystemSupport

/// A Python that has imported what kernels need, and forks them.
///
/// What goes over the socket are records. To it: its program, its options, then a request a kernel,
/// with the kernel's standard descriptors and the line that its keeper speaks on, as that of any
/// process does. From it: `ready` or `no` and the reason, then `ok` for each kernel or `no` and the
/// reason.
final class WarmServer: Sendable {
  private enum Readiness {
    case starting
    case ready
    /// It could not be started, it refused, or it failed.
    case unfit
  }

  private struct State {
    var readiness = Readiness.starting
    var process: ChildProcess?
    var socket: Int32 = -1
    var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    var nextWaiter = 0
    var hasEnded = false
    /// Whether the thread that started it still waits for its word.
    var isStarting = false
  }

  /// A record is at most as long as what Linux lets a socket's buffer hold.
  private static let maximumRecord = 128 * 1024

  private let state = Mutex(State())
  private let onRefusal: (@Sendable (String) -> Void)?

  /// Starts it; it is ready later.
  init(
    _ command: ProcessCommand, _ parts: WarmCommand, preloaded: [String],
    onRefusal: (@Sendable (String) -> Void)?
  ) {
    self.onRefusal = onRefusal
    let options: JSONValue = [
      "module": .init(parts.module), "preload": .array(preloaded.map { .init($0) }),
    ]
    do throws(SystemError) {
      try startThread(stackSize: 256 * 1024) { [self] in
        var own = command
        own.arguments = parts.interpreter + ["-c", WarmServerProgram.bootstrap]
        start(own, options.serialized())
      }
    } catch {
      settle(.unfit)
    }
  }

  deinit { end() }

  /// Whether it has become ready; waits for it so long.
  func isReady(within limit: Duration) async -> Bool {
    let ticket = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.waitUntilSettled(ticket) }
      group.addTask { try? await Task.sleep(for: limit) }
      await group.next()
      group.cancelAll()
    }
    return state.withLock { $0.readiness == .ready }
  }

  /// Ends it; kernels that it forked go on.
  func end() {
    let process = state.withLock { state in
      state.hasEnded = true
      if state.isStarting {
        // The thread that waits on it closes it: nobody else may get its number before.
        shutdown(state.socket, Int32(SHUT_RDWR))
      } else if state.socket >= 0 {
        close(state.socket)
        state.socket = -1
      }
      return state.process
    }
    settle(.unfit)
    process?.kill()
  }

  /// Waits until it has ended.
  func waitForEnd() async {
    _ = await state.withLock { $0.process }?.waitForExit()
  }

  // MARK: Its start

  /// On a thread of its own.
  private func start(_ command: ProcessCommand, _ options: [UInt8]) {
    var ends: [Int32] = [-1, -1]
    guard lyre_socket_pair(Int32(SOCK_SEQPACKET.rawValue), &ends) == 0 else {
      return settle(.unfit)
    }
    let theirs = ends[1]
    let started = LauncherThread.shared.performAndWait {
      // Kernels are forked from it and live on.
      ChildProcess.start(command, "/", additional: theirs, sparesDescendants: true)
    }
    close(theirs)
    guard case .success(let process) = started else {
      close(ends[0])
      return settle(.unfit)
    }
    let socket = ends[0]
    let isWanted = state.withLock { state in
      if !state.hasEnded {
        (state.process, state.socket) = (process, socket)
        state.isStarting = true
      }
      return !state.hasEnded
    }
    guard isWanted else {
      close(socket)
      return process.kill()
    }
    let program = Array(WarmServerProgram.source.utf8)
    // Its end is an end of the record stream, so this waits for something that comes.
    let isSent = WarmServer.send(program, socket) && WarmServer.send(options, socket)
    let answer = isSent ? WarmServer.receive(socket, milliseconds: -1) : nil
    if let answer, answer.hasPrefix("no ") { onRefusal?(String(answer.dropFirst(3))) }
    state.withLock { state in
      state.isStarting = false
      guard state.hasEnded || answer != "ready" else { return }
      close(socket)
      state.socket = -1
    }
    settle(answer == "ready" ? .ready : .unfit)
  }

  private func settle(_ readiness: Readiness) {
    let waiters = state.withLock { state in
      if state.readiness != .unfit { state.readiness = readiness }
      defer { state.waiters = [:] }
      return Array(state.waiters.values)
    }
    for waiter in waiters { waiter.resume() }
  }

  private func waitUntilSettled(_ ticket: Int) async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isWaiting = state.withLock { state in
          let isWaiting = state.readiness == .starting && !Task.isCancelled
          if isWaiting { state.waiters[ticket] = continuation }
          return isWaiting
        }
        if !isWaiting { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume()
    }
  }

  // MARK: Kernels

  /// Has a kernel forked; called on the launcher's thread.
  ///
  /// - Returns: the process, or why it could not be started; nil when it is to be started in the
  ///   usual way.
  func start(
    _ command: ProcessCommand, _ workingDirectory: String?,
    _ onOutput: (@Sendable (ChildProcess.OutputStream, [UInt8]) -> Void)?
  ) -> Result<ChildProcess, ProcessError>? {
    guard let parts = WarmCommand(command), let files = try? ChildProcess.Files() else {
      return nil
    }
    var line: [Int32] = [-1, -1]
    guard lyre_socket_pair(Int32(SOCK_STREAM.rawValue), &line) == 0 else {
      files.closeUnused()
      return nil
    }
    let directory = workingDirectory ?? FilePath.real(".")
    let request: JSONValue = [
      "arguments": .array(parts.arguments.map { .init($0) }),
      "directory": directory.map { .init($0) } ?? .null,
    ]
    let isForked = fork(request.serialized(), files.ofChild + [line[1]])
    close(line[1])
    guard isForked else {
      close(line[0])
      files.closeUnused()
      return nil
    }
    return ChildProcess.adopt(
      line: line[0], files, command, workingDirectory, isWarm: true, onOutput)
  }

  /// Whether there is a new process, which will tell how its start went.
  private func fork(_ request: [UInt8], _ descriptors: [Int32]) -> Bool {
    guard request.count < WarmServer.maximumRecord else { return false }
    // A copy that stays open, whoever ends this meanwhile.
    let socket = state.withLock { state in
      state.readiness == .ready ? fcntl(state.socket, F_DUPFD_CLOEXEC, 3) : -1
    }
    guard socket >= 0 else { return false }
    defer { close(socket) }
    let isSent = lyre_send_descriptors(socket, request, request.count, descriptors) == 0
    // It takes some 5 ms; what does not come now will not come.
    guard isSent, let answer = WarmServer.receive(socket, milliseconds: 5000) else {
      end()
      return false
    }
    return answer == "ok"
  }

  // MARK: Records

  private static func send(_ record: [UInt8], _ socket: Int32) -> Bool {
    record.withUnsafeBytes {
      Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) == $0.count
    }
  }

  private static func receive(_ socket: Int32, milliseconds: Int32) -> String? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = lyre_receive(socket, &buffer, buffer.count, milliseconds)
    return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
  }
}
