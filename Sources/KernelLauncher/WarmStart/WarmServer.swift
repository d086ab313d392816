import CSystemShims
import Glibc
import JSONCore
import Processes
import Synchronization
import SystemSupport

/// A Python process that has imported what kernels need, and forks them.
///
/// The socket carries records. To the process: its program, its options, then one request per
/// kernel, with the kernel's standard descriptors and its keeper's line, as for any process. From
/// it: `ready`, or `no` and the reason; then for each kernel `ok`, or `no` and the reason.
final class WarmServer: Sendable {
  private enum Readiness {
    case starting
    case ready
    /// It could not be started, refused, or failed.
    case unfit
  }

  private struct State {
    var readiness = Readiness.starting
    var process: ChildProcess?
    var socket: Int32 = -1
    var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    var nextWaiter = 0
    var hasEnded = false
    /// Whether the thread that started it is still waiting for its first answer.
    var isStarting = false
  }

  /// The maximum length of a record, which Linux limits by a socket's buffer.
  private static let maximumRecord = 128 * 1024

  private let state = Mutex(State())
  private let onRefusal: (@Sendable (String) -> Void)?

  /// Starts the process, which becomes ready later.
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

  /// Waits up to a limit for the process to become ready, and returns whether it is.
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

  /// Ends the process; kernels forked from it keep running.
  func end() {
    let process = state.withLock { state in
      state.hasEnded = true
      if state.isStarting {
        // The waiting thread closes the socket: until then its number must not be reused.
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

  /// Waits until the process has ended.
  func waitForEnd() async {
    _ = await state.withLock { $0.process }?.waitForExit()
  }

  // MARK: Start

  /// Starts the process; runs on a thread of its own.
  private func start(_ command: ProcessCommand, _ options: [UInt8]) {
    var ends: [Int32] = [-1, -1]
    guard lyre_socket_pair(Int32(SOCK_SEQPACKET.rawValue), &ends) == 0 else {
      return settle(.unfit)
    }
    let theirs = ends[1]
    let started = LauncherThread.shared.performAndWait {
      // Kernels are forked from it and outlive it.
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
    // The end of the process ends the record stream, so this wait cannot last forever.
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

  /// Requests the fork of a kernel; called on the launcher's thread.
  ///
  /// - Returns: the process, or why it could not be started; nil if the kernel must be started
  ///   normally.
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

  /// Requests a fork, and returns whether there is a new process, which will report its start.
  private func fork(_ request: [UInt8], _ descriptors: [Int32]) -> Bool {
    guard request.count < WarmServer.maximumRecord else { return false }
    // A copy that stays open even if another thread ends the server meanwhile.
    let socket = state.withLock { state in
      state.readiness == .ready ? fcntl(state.socket, F_DUPFD_CLOEXEC, 3) : -1
    }
    guard socket >= 0 else { return false }
    defer { close(socket) }
    let isSent = lyre_send_descriptors(socket, request, request.count, descriptors) == 0
    // A fork takes some 5 ms; after this limit no answer will come.
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
