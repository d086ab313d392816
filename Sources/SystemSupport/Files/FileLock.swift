import Glibc

/// A lock on a file that ends with this program, however that ends.
///
/// It is on the file itself, so that nothing is left behind and every name of it counts; whoever
/// puts a new file in its place locks that one first and goes on with that lock. Where the file
/// system knows no locks there is none, and nobody is refused.
package final class FileLock: Sendable {
  /// The file that is locked.
  package let identity: FileIdentity
  private let descriptor: Int32

  /// Takes the lock on a file.
  ///
  /// - Parameters:
  ///   - path: the file; links are followed unless it may be made.
  ///   - mode: the mode to make the file with where there is none; nil where it must be there.
  /// - Returns: nil when another run has it.
  /// - Throws: ``SystemError`` when the file cannot be opened.
  package static func take(_ path: String, creating mode: UInt32? = nil) throws(SystemError)
    -> FileLock?
  {
    var access = O_RDONLY
    let making = mode == nil ? 0 : O_CREAT | O_NOFOLLOW
    while true {
      // Without blocking on a pipe that nobody writes to.
      let descriptor = open(path, access | making | O_CLOEXEC | O_NONBLOCK, mode ?? 0)
      guard descriptor >= 0 else {
        if errno == EINTR { continue }
        throw SystemError()
      }
      if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
        let number = errno
        close(descriptor)
        if number == EINTR { continue }
        if number == EWOULDBLOCK { return nil }
        // Over NFS only who may write can lock.
        if number == EBADF, access == O_RDONLY {
          access = O_RDWR
          continue
        }
        guard let identity = FileIdentity(path) else { continue }
        return FileLock(identity, -1)
      }
      guard let identity = FileIdentity(descriptor: descriptor) else {
        defer { close(descriptor) }
        throw SystemError()
      }
      // Another may have put a new file there, or have removed this one, before it was locked.
      if FileIdentity(path) == identity { return FileLock(identity, descriptor) }
      close(descriptor)
    }
  }

  /// Takes the lock on a file that is open and that nobody else knows yet.
  ///
  /// - Parameter descriptor: the file; it stays the caller's.
  package init?(locking descriptor: Int32) {
    guard let identity = FileIdentity(descriptor: descriptor) else { return nil }
    let own = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
    guard own >= 0 else { return nil }
    // The lock belongs to what both descriptors share.
    if flock(own, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      close(own)
      return nil
    }
    self.identity = identity
    self.descriptor = own
  }

  private init(_ identity: FileIdentity, _ descriptor: Int32) {
    self.identity = identity
    self.descriptor = descriptor
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// The process that has locked a file; nil when nobody has, or it cannot be told.
  package static func holder(of path: String) -> Int32? {
    guard let identity = FileIdentity(path), let locks = try? fileContent("/proc/locks") else {
      return nil
    }
    var candidate: Int32?
    for line in locks.split(separator: UInt8(ascii: "\n")) {
      // 1: FLOCK  ADVISORY  WRITE 4711 fd:01:1234 0 EOF
      let fields = line.split(separator: UInt8(ascii: " "))
        .map { String(decoding: $0, as: UTF8.self) }
      guard fields.count >= 6, fields[1] == "FLOCK", fields[3] == "WRITE",
        let process = Int32(fields[4]), process > 0
      else { continue }
      let file = fields[5].split(separator: ":")
      guard file.count == 3, UInt(file[2]) == identity.inode,
        let major = UInt(file[0], radix: 16), let minor = UInt(file[1], radix: 16)
      else { continue }
      let device = (major >> 12) << 44 | (minor >> 8) << 20 | (major & 0xFFF) << 8 | minor & 0xFF
      if device == identity.device { return process }
      // File systems in layers show another device here.
      candidate = process
    }
    return candidate
  }
}
