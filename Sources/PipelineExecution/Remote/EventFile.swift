import Glibc
import RunEvents
import Synchronization
import SystemSupport

/// The event log among the results of a node, which others read while it grows.
///
/// It ends with a complete line, also on a full disk: events that cannot be written are left out, and
/// later ones are written again once there is room.
final class EventFile: Sendable {
  private struct State {
    var lines = EventWriter()
    /// The size of the complete lines, in bytes.
    var size = 0
    var missing = 0
    var reason: SystemError?
  }

  private let path: String
  private let descriptor: Int32
  private let state = Mutex(State())

  /// Creates the file.
  ///
  /// - Throws: `SystemError`; `EEXIST` if there is one, which another run has written.
  init(_ path: String) throws(SystemError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw SystemError() }
  }

  deinit { close(descriptor) }

  /// Appends an event.
  func add(_ event: RunEvent) {
    state.withLock { state in
      var lines = state.lines
      let bytes = lines.line(for: event)
      do throws(SystemError) {
        try writeAll(descriptor, bytes[...])
        state.size += bytes.count
        state.lines = lines
      } catch {
        // As many complete lines as there was room for.
        let end = lseek(descriptor, 0, SEEK_END)
        let written = bytes.prefix(max(0, Int(end) - state.size))
        let kept = written.prefix((written.lastIndex(of: 0x0A) ?? -1) + 1)
        state.size += kept.count
        _ = ftruncate(descriptor, off_t(state.size))
        lseek(descriptor, 0, SEEK_END)
        let count = kept.count { $0 == 0x0A }
        state.missing += bytes.count { $0 == 0x0A } - count
        state.lines = EventWriter(after: state.lines.sequence + count)
        state.reason = error
      }
    }
  }

  /// Why events are missing; nil if none are.
  var failure: String? {
    state.withLock { state in
      state.reason.map { "\(state.missing) of its events are not in '\(path)': \($0)" }
    }
  }
}
