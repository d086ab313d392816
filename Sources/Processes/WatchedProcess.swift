import CSystemShims
import Glibc
import Synchronization
import SystemSupport

/// A running process: its output and its end.
///
/// A reader occupies a thread from the first output on, because its callbacks may block. A process
/// without output needs no reader.
final class WatchedProcess: Sendable {
  /// How a process ended.
  struct End: Sendable {
    var status: ExitStatus
    /// Whether its keeper can be used for another process.
    var keeperIsFree: Bool
  }

  private struct State {
    var openPipes: Set<Int> = [0, 1]
    var isReading = false
    /// Whether all its output has been delivered.
    var isRead = false
    var end: End?
    var isSettled = false
  }

  let line: Int32
  let files: ChildProcess.Files
  private let process: ChildProcess
  private let onOutput: (@Sendable (ChildProcess.OutputStream, [UInt8]) -> Void)?
  private let state = Mutex(State())

  init(
    _ process: ChildProcess, line: Int32, _ files: ChildProcess.Files,
    _ onOutput: (@Sendable (ChildProcess.OutputStream, [UInt8]) -> Void)?
  ) {
    self.process = process
    self.line = line
    self.files = files
    self.onOutput = onOutput
  }

  /// The pipes to read: standard output and standard error.
  var pipes: [Int32] { [files.output.read, files.error.read] }

  /// How long after the end to wait for the output to be delivered.
  ///
  /// Output written before the end belongs in the message about the end. It is already in the
  /// pipes, so this takes only a moment unless the receiver is slow.
  static let patience = Duration.milliseconds(500)

  // MARK: On the thread that waits for all processes

  /// Processes data in a pipe, or its end.
  ///
  /// - Parameters:
  ///   - index: the index of the pipe.
  ///   - hasData: whether there is data in it.
  ///   - release: called before the pipes belong to another thread, which may close them.
  func pipeIsReady(_ index: Int, hasData: Bool, release: () -> Void) {
    enum Step { case read, end, wait }
    let step = state.withLock { state -> Step in
      if state.isReading || state.isRead { return .wait }
      if hasData { return .read }
      state.openPipes.remove(index)
      return state.openPipes.isEmpty ? .end : .wait
    }
    switch step {
    case .read:
      release()
      startReading()
    case .end:
      release()
      outputIsRead()
    case .wait: break
    }
  }

  /// Processes a message of the keeper: the process has ended.
  func lineIsReady(release: () -> Void) {
    let end = WatchedProcess.end(of: line)
    let isUnread = state.withLock { state in
      state.end = end
      if !state.isRead { lyre_eventfd_signal(files.ended) }
      return !state.isRead && !state.isReading
    }
    if isUnread {
      release()
      startReading()
    }
    settle { $0.isRead }
  }

  /// Reports the end without waiting for receivers of the output, which are slow.
  func settle() { settle { _ in true } }

  /// Whether its end has been reported.
  var isSettled: Bool { state.withLock { $0.isSettled } }

  static func end(of line: Int32) -> End {
    var (status, isFree): (Int32, Int32) = (0, 0)
    guard lyre_await_end(line, &status, &isFree) == 0 else {
      return End(status: .unknown, keeperIsFree: false)
    }
    return End(status: ExitStatus(waitStatus: status), keeperIsFree: isFree != 0)
  }

  private func settle(_ isDue: (borrowing State) -> Bool) {
    let end = state.withLock { state -> End? in
      guard let end = state.end, !state.isSettled, isDue(state) else { return nil }
      state.isSettled = true
      return end
    }
    if let end { process.settle(end) }
  }

  // MARK: Reading

  private func startReading() {
    state.withLock { $0.isReading = true }
    WorkerThreads.run { [self] in
      readOutput()
      outputIsRead()
    }
  }

  private func outputIsRead() {
    onOutput?(.standardOutput, [])
    state.withLock { state in
      state.isRead = true
      files.closeForReader()
    }
    settle { $0.isRead }
  }

  /// Reads until both pipes are closed or the process has ended, and then the rest in them.
  ///
  /// Another process that inherited the pipes may hold them open forever.
  private func readOutput() {
    var polled = (pipes + [files.ended]).map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    // Larger pipes mean fewer switches between the process and this thread; optional.
    for pipe in pipes { lyre_widen_pipe(pipe, 1 << 18) }
    var batchUntil = ContinuousClock.now
    // Enough for the content of two pipes that another process keeps filling.
    var budget = 4 * 1024 * 1024
    while polled[0].fd >= 0 || polled[1].fd >= 0, budget > 0 {
      let hasEnded = polled[2].fd < 0
      let count = poll(&polled, 3, hasEnded ? 0 : -1)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      if !hasEnded, polled[2].revents != 0 { polled[2].fd = -1 }
      var length = 0
      for index in 0...1 where polled[index].fd >= 0 && polled[index].revents != 0 {
        let count = read(polled[index].fd, &buffer, buffer.count)
        if count > 0 {
          length += count
          if hasEnded { budget -= count }
          let bytes = Array(buffer[..<count])
          if index == 1 { process.keep(bytes) }
          onOutput?(index == 1 ? .standardError : .standardOutput, bytes)
        } else if count == 0 || errno != EINTR {
          polled[index].fd = -1  // poll skips it
        }
      }
      collect(after: length, &batchUntil, polled[2].fd)
    }
  }
  /// Waits a moment while small pieces arrive one after another, so that a process that writes line
  /// by line does not wake this thread for each.
  private func collect(after length: Int, _ until: inout ContinuousClock.Instant, _ ended: Int32) {
    guard length > 0, ended >= 0 else { return }
    let now = ContinuousClock.now
    defer { until = .now + .milliseconds(2) }
    guard now < until, length < 1 << 15 else { return }
    var item = pollfd(fd: ended, events: Int16(POLLIN), revents: 0)
    poll(&item, 1, 1)
  }
}
