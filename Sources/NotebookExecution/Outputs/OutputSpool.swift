import Glibc
import JSONCore
import SystemSupport

/// The file that gets all the outputs of a cell of which the notebook keeps only the first.
///
/// One output a line, as a notebook has them, with texts whole; streams in the pieces in which they
/// came.
final class OutputSpool {
  let path: String
  private var descriptor: Int32
  /// Why it cannot be written; nil while it can.
  private(set) var failure: String?

  /// Opens the file, emptied.
  ///
  /// Its name follows from the notebook's: a link of that name, out of an archive say, must not lead
  /// to another file, nor a pipe hold the run up.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - model: the file whose permissions it has at most when it is made.
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

  /// Begins anew: what there was has been cleared.
  func clear() {
    guard failure == nil else { return }
    if ftruncate(descriptor, 0) != 0 || lseek(descriptor, 0, SEEK_SET) != 0 { fail() }
  }

  func write(_ output: JSONValue) {
    guard failure == nil else { return }
    do throws(SystemError) {
      try writeAll(descriptor, (output.serialized() + [0x0A])[...])
    } catch {
      failure = "\(error)"
    }
  }

  private func fail() {
    failure = systemReason(errno)
  }
}
