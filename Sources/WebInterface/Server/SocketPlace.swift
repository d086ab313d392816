import Glibc
import SystemSupport

/// Checks the place of a Unix socket.
enum SocketPlace {
  /// The longest path that the system accepts, in bytes.
  private static let longest = 107

  /// Checks that only this user can reach a socket: its folder belongs to this user and is closed to
  /// others; it is created if it does not exist.
  ///
  /// - Throws: ``WebServer/Failure``.
  static func prepare(_ path: String) throws {
    guard path.utf8.count <= longest else {
      throw WebServer.Failure(
        description: "the path of the socket '\(path)' is longer than \(longest) bytes")
    }
    let folder = FilePath.parts(FilePath.absolute(path)).directory
    mkdir(folder, 0o700)
    var status = stat()
    guard stat(folder.isEmpty ? "/" : folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR
    else {
      throw WebServer.Failure(
        description: "the folder of the socket '\(path)' does not exist, and cannot be made")
    }
    guard status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
      throw WebServer.Failure(
        description: "the folder '\(folder)' of the socket is open to other users; use one of your "
          + "own with mode 0700")
    }
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      throw WebServer.Failure(description: "'\(path)' exists and is not a socket")
    }
    if isAnswered(path) {
      throw WebServer.Failure(description: "another program listens on the socket '\(path)'")
    }
  }

  /// Whether a program listens on a socket, which must not be taken from it.
  private static func isAnswered(_ path: String) -> Bool {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { buffer in
      buffer.copyBytes(from: path.utf8.prefix(longest))
    }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
  }
}
