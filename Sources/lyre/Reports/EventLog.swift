import Glibc
import JSONCore
import Processes
import RunEvents
import Synchronization
import SystemSupport

/// The log of `--events`, with one JSON object per line for every event.
///
/// Its format is that of `RunEvents`, described in `docs/events.md`.
final class EventLog: Sendable {
  private enum Target {
    case standardOutput
    case stream(OutputStream)
    case file(Int32)
  }

  private struct State {
    var hasFailed = false
    var writer = EventWriter()
    /// The size of the complete lines in the file, in bytes.
    var size = 0
  }

  private let path: String
  private let target: Target
  private let state = Mutex(State())

  /// Opens a log in a new file or replacing an earlier log, in a pipe, or on standard output.
  ///
  /// - Throws: `OutputRefusal` when it cannot be opened.
  init(_ place: OutputPlace) throws(OutputRefusal) {
    path = place.path
    if place.isStandardOutput {
      target = .standardOutput
    } else if place.isFile {
      // Does not block if it has become a pipe.
      let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK
      let opened = open(place.path, flags, 0o666)
      guard opened >= 0 else { throw .refused(place.path, SystemError()) }
      target = .file(opened)
    } else {
      target = .stream(try OutputStream(place) { Stopping.isAsked })
    }
  }

  /// Closes the file.
  ///
  /// - Returns: a message if not everything was written.
  func close() -> String? {
    var isWhole = state.withLock { !$0.hasFailed }
    if case .file(let descriptor) = target, Glibc.close(descriptor) != 0 { isWhole = false }
    return isWhole ? nil : "some events could not be written to '\(path)'"
  }

  /// Writes an event as the next line, or the lines of a script as the next lines.
  func write(_ event: RunEvent) {
    // One call with complete lines, so that a reader that follows the file never sees a part of one,
    // numbered in the order in which they are written.
    state.withLock { state in put(state.writer.line(for: event), &state) }
  }

  private func put(_ line: [UInt8], _ state: inout State) {
    if state.hasFailed { return }
    do throws(SystemError) {
      switch target {
      case .standardOutput: Printer.shared.result(Printer.spelledOut(line))
      case .stream(let stream): try stream.write(line[...]) { Stopping.isAsked }
      case .file(let descriptor):
        try writeAll(descriptor, line[...])
        state.size += line.count
      }
    } catch {
      state.hasFailed = true
      // Readers find only complete lines.
      if case .file(let descriptor) = target { _ = ftruncate(descriptor, off_t(state.size)) }
    }
  }
}
