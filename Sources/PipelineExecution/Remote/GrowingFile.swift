import Glibc
import SystemSupport

/// A file that another program appends to, read piece by piece.
package struct GrowingFile: Sendable {
  /// The maximum size of a piece.
  static let most = 1 << 20

  let path: String
  private var offset = 0
  private var identity: FileIdentity?

  /// - Parameters:
  ///   - path: the file, which need not exist yet.
  ///   - offset: where reading begins.
  package init(_ path: String, from offset: Int = 0) {
    self.path = path
    self.offset = offset
  }

  /// An error: the file is not the one that was read before, or cannot be read.
  package struct Problem: Error, Sendable {
    /// What happened, and where.
    package var message: String
  }

  /// The next bytes; empty if there are none yet.
  ///
  /// The file is opened each time: on file systems of other machines that shows what is new.
  ///
  /// - Throws: ``Problem``.
  package mutating func next() throws(Problem) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT, offset == 0 { return [] }
      throw Problem(message: "'\(path)' cannot be read any more: \(systemReason(errno))")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Problem(message: "'\(path)' is not a file")
    }
    let identity = FileIdentity(status)
    guard self.identity ?? identity == identity, Int(status.st_size) >= offset else {
      throw Problem(message: "'\(path)' was replaced while it was read; another run writes there")
    }
    self.identity = identity
    let length = min(Int(status.st_size) - offset, GrowingFile.most)
    guard length > 0 else { return [] }
    guard lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else {
      throw Problem(message: "'\(path)' cannot be read: \(SystemError())")
    }
    var bytes = [UInt8](repeating: 0, count: length)
    let count = read(descriptor, &bytes, length)
    guard count >= 0 else {
      if errno == EINTR { return [] }
      throw Problem(message: "'\(path)' cannot be read: \(SystemError())")
    }
    bytes.removeLast(length - count)
    offset += bytes.count
    return bytes
  }
}
