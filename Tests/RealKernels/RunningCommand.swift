import Glibc
import Synchronization

/// A command that a test runs: its output is collected as it arrives, and its end is awaited.
///
/// It gets its own process group, so a signal for it does not reach the tests.
package final class RunningCommand: Sendable {
  /// How a command ended.
  package enum Ending: Hashable, Sendable {
    case exited(Int32)
    case killed(signal: Int32)
    /// It exceeded its time limit and was killed with its process group.
    case overdue
  }

  /// The results of a command that has ended.
  package struct Result: Sendable {
    /// How it ended.
    package var ending: Ending
    /// Its standard output.
    package var output: [UInt8]
    /// Its standard error.
    package var errors: [UInt8]

    /// Standard output as text.
    package var outputText: String { String(decoding: output, as: UTF8.self) }
    /// Standard error as text.
    package var errorText: String { String(decoding: errors, as: UTF8.self) }
  }

  /// A command that could not be started.
  package struct StartError: Error, CustomStringConvertible {
    /// The failed call, its argument and the reason.
    package var description: String

    package init(description: String) {
      self.description = description
    }

    init(_ call: String, _ code: Int32) {
      description = "\(call): \(String(cString: strerror(code)))"
    }
  }

  private struct State {
    var output: [UInt8] = []
    var errors: [UInt8] = []
    var ending: Ending?
    var isOverdue = false
    var waiters: [(isSatisfied: (State) -> Bool, continuation: CheckedContinuation<Void, Never>)] =
      []
  }

  /// The process's id.
  package let processID: Int32
  private let state = Mutex(State())

  /// Starts `executable` (a path) in `directory` with `input` as its standard input.
  ///
  /// It is killed after `limit`.
  package init(
    _ executable: String, _ arguments: [String], environment: [String: String],
    directory: String, input: [UInt8] = [], limit: Duration = .seconds(120)
  ) throws {
    let streams = try StandardStreams(input: input)
    processID = try streams.spawn(
      executable, arguments, environment: environment, directory: directory)
    let deadline = ContinuousClock.now + limit
    try startThread { [self] in
      collect(streams.output, streams.errors, until: deadline)
    }
  }

  /// Sends it a signal.
  package func send(signal: Int32) {
    state.withLock { state in
      if state.ending == nil { _ = kill(processID, signal) }
    }
  }

  /// Waits until it has written these texts in this order to its standard output, or has ended.
  ///
  /// Returns whether it wrote them.
  package func hasPrinted(_ texts: String...) async -> Bool {
    let wanted = texts.map { Array($0.utf8) }
    await wait { $0.ending != nil || $0.output.contains(inOrder: wanted) }
    return state.withLock { $0.output.contains(inOrder: wanted) }
  }

  /// Its standard error so far.
  package var errorsSoFar: String { state.withLock { String(decoding: $0.errors, as: UTF8.self) } }

  /// Its standard output so far.
  package var outputSoFar: String { state.withLock { String(decoding: $0.output, as: UTF8.self) } }

  /// Whether it has ended.
  package var hasEnded: Bool { state.withLock { $0.ending != nil } }

  /// Waits until it has written `text` to its standard error, or has ended.
  ///
  /// Returns whether it wrote the text.
  package func hasWritten(_ text: String) async -> Bool {
    let wanted = [Array(text.utf8)]
    await wait { $0.ending != nil || $0.errors.contains(inOrder: wanted) }
    return state.withLock { $0.errors.contains(inOrder: wanted) }
  }

  /// Waits until it has ended and all its output has been read.
  package func result() async -> Result {
    await wait { $0.ending != nil }
    return state.withLock {
      Result(ending: $0.ending ?? .overdue, output: $0.output, errors: $0.errors)
    }
  }

  private func wait(until isSatisfied: @escaping (State) -> Bool) async {
    await withCheckedContinuation { continuation in
      change { $0.waiters.append((isSatisfied, continuation)) }
    }
  }

  /// Changes the state, and resumes the waits that it satisfies.
  private func change(_ body: (inout State) -> Void) {
    let woken = state.withLock { state in
      body(&state)
      let waiters = state.waiters
      state.waiters = waiters.filter { !$0.isSatisfied(state) }
      return waiters.filter { $0.isSatisfied(state) }.map(\.continuation)
    }
    for continuation in woken { continuation.resume() }
  }

  /// Reads both pipes to their ends, then reaps the process; runs on its own thread.
  private func collect(_ output: Int32, _ errors: Int32, until deadline: ContinuousClock.Instant) {
    defer {
      close(output)
      close(errors)
    }
    var polled = [output, errors].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    var chunk = [UInt8](repeating: 0, count: 65536)
    while polled.contains(where: { $0.fd >= 0 }) {
      let left = (deadline - ContinuousClock.now) / .milliseconds(1)
      if poll(&polled, nfds_t(polled.count), Int32(max(0, left.rounded(.up)))) == 0 {
        // A grandchild may hold the pipes open, so the whole group is killed.
        change { $0.isOverdue = true }
        kill(-processID, SIGKILL)
        break
      }
      for index in polled.indices where polled[index].fd >= 0 && polled[index].revents != 0 {
        let count = read(polled[index].fd, &chunk, chunk.count)
        if count > 0 {
          change { state in
            if index == 0 {
              state.output += chunk[..<count]
            } else {
              state.errors += chunk[..<count]
            }
          }
        } else if count == 0 || errno != EINTR {
          polled[index].fd = -1
        }
      }
    }
    var status: Int32 = 0
    while waitpid(processID, &status, 0) == -1 && errno == EINTR {}
    let ended =
      status & 0x7f == 0
      ? Ending.exited((status >> 8) & 0xff) : .killed(signal: status & 0x7f)
    change { $0.ending = $0.isOverdue ? .overdue : ended }
  }
}

extension [UInt8] {
  fileprivate func contains(inOrder texts: [[UInt8]]) -> Bool {
    var rest = self[...]
    for text in texts {
      guard let range = rest.firstRange(of: text) else { return false }
      rest = rest[range.upperBound...]
    }
    return true
  }
}
