import Glibc
import NotebookDocument
import Synchronization
import SystemSupport

/// An output that a command writes once: a result, a report, a picture.
///
/// A file is replaced atomically; a pipe or a device receives the text.
struct OutputFile: Sendable {
  let place: OutputPlace
  /// Opened at the start, so that a pipe without a reader is detected early.
  private let stream: OutputStream?

  /// Opens a destination that is not a file.
  ///
  /// - Throws: `OutputRefusal` when it cannot be opened.
  init(_ place: OutputPlace) throws(OutputRefusal) {
    self.place = place
    stream =
      place.isFile || place.isStandardOutput
      ? nil : try OutputStream(place) { Stopping.isAsked }
  }

  /// The path as given.
  var path: String { place.path }

  /// Writes the output.
  ///
  /// - Throws: `NotebookError` when it cannot be written; a file is then unchanged.
  func write(_ pieces: [ArraySlice<UInt8>]) throws(NotebookError) {
    if place.isStandardOutput {
      for piece in pieces { Printer.shared.result(Array(piece)) }
    } else if let stream {
      do throws(SystemError) {
        for piece in pieces { try stream.write(piece) { Stopping.isAsked } }
      } catch {
        let reason = error.number == ETIMEDOUT ? "its reader stopped reading" : error.description
        throw NotebookError(.unwritable, "'\(path)' cannot be written: \(reason)")
      }
    } else {
      try NotebookFile(path).write(pieces: pieces)
    }
  }

  /// Writes a text.
  ///
  /// - Throws: `NotebookError` when it cannot be written; a file is then unchanged.
  func write(_ text: String) throws(NotebookError) { try write([Array(text.utf8)[...]]) }
}

/// Whether a signal has asked the command to end, after which waits are cut short.
enum Stopping {
  private static let flag = Atomic<Bool>(false)

  static var isAsked: Bool { flag.load(ordering: .relaxed) }

  static func ask() { flag.store(true, ordering: .relaxed) }
}

extension OutputFile {
  /// Writes a report.
  ///
  /// - Returns: why it could not be written; nil on success.
  func writeReport(_ text: String) -> String? {
    do throws(NotebookError) {
      try write(text)
      return nil
    } catch {
      return "the report \(error.message)"
    }
  }
}
