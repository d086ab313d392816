import Glibc
import JSONCore
import SystemSupport

/// The file that receives all outputs of a cell whose outputs in the notebook are truncated.
///
/// It has one output per line, in the notebook's format with unsplit texts; streams in the pieces
/// in which they arrived.
final class OutputSpool {
  let path: String
  private var descriptor: Int32
  /// Why it cannot be written; nil if it can.
  private(set) var failure: String?

  /// Opens and empties the file.
  ///
  /// Its name is derived from the notebook's: a link with that name, from an archive for example,
  /// must not redirect the output to another file, and a pipe must not block the run.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - model: the file whose permissions limit those of a new file.
  init(path: String, like model: String? = nil) {
    self.path = path
    var status = stat()
    let mode = DurableFile.mode(like: model)
    descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, mode)
    if descriptor < 0 {
      failure = errno == ELOOP ? "it is a symbolic link" : systemReason(errno)
    } else if fstat(descriptor, &status) != 0 || status.st_mode & S_IFMT != S_IFREG {
      failure = "it is not a regular file"
    } else if ftruncate(descriptor, 0) != 0 {
      fail()
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Empties the file after the outputs were cleared.
  func clear() {
    guard failure == nil else { return }
    if ftruncate(descriptor, 0) != 0 || lseek(descriptor, 0, SEEK_SET) != 0 { fail() }
  }

  func write(_ output: JSONValue) {
    guard failure == nil else { return }
    do throws(SystemError) {
      // Not joined: an output may be large, and a copy of it larger than the part that is kept.
      try writeAll(descriptor, output.serialized()[...])
      try writeAll(descriptor, [0x0A])
    } catch {
      failure = "\(error)"
    }
  }

  private func fail() {
    failure = systemReason(errno)
  }
}
