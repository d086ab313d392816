import Glibc
import Synchronization
import SystemSupport

/// The log file of a node's output.
final class NodeLog: Sendable {
  /// The path of the file; nil if no log is kept.
  let path: String?

  private struct State {
    var descriptor: Int32
    var failure: String?
  }

  private let state: Mutex<State>

  /// Opens the file, readable for its owner only; later attempts append to it.
  ///
  /// - Parameter path: the file; nil for no log.
  init(_ path: String?, appends: Bool = false) {
    self.path = path
    guard let path else {
      state = Mutex(State(descriptor: -1, failure: nil))
      return
    }
    let flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (appends ? O_APPEND : O_TRUNC)
    let descriptor = open(path, flags, 0o600)
    let failure =
      descriptor < 0 ? "the log '\(path)' cannot be written: \(systemReason(errno))" : nil
    state = Mutex(State(descriptor: descriptor, failure: failure))
  }

  deinit { close() }

  /// Why output is missing in the log; nil if none is.
  var failure: String? { state.withLock { $0.failure } }

  func write(_ bytes: [UInt8]) {
    state.withLock { state in
      guard state.descriptor >= 0, state.failure == nil else { return }
      do throws(SystemError) {
        try writeAll(state.descriptor, bytes[...])
      } catch {
        state.failure = "the log '\(path ?? "")' cannot be written: \(error)"
      }
    }
  }

  func close() {
    state.withLock { state in
      if state.descriptor >= 0 { Glibc.close(state.descriptor) }
      state.descriptor = -1
    }
  }
}
