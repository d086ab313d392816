import Glibc
import JSONCore

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
  init(path: String) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    if descriptor < 0 { failure = String(cString: strerror(errno)) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Begins anew: what there was has been cleared.
  func clear() {
    guard failure == nil else { return }
    if ftruncate(descriptor, 0) != 0 || lseek(descriptor, 0, SEEK_SET) != 0 { fail() }
  }

  func write(_ output: JSONValue) {
    var rest = (output.serialized() + [0x0A])[...]
    while !rest.isEmpty, failure == nil {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        fail()
      }
    }
  }

  private func fail() {
    failure = String(cString: strerror(errno))
  }
}
