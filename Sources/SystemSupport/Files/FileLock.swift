import Glibc

/// A lock on a file that is released when this program ends, however it ends.
///
/// The file itself is locked, so that nothing is left behind and all its names are covered. A
/// program that replaces the file locks the new one first and keeps that lock. On a file system
/// without locks no file is locked, and no program is refused.
package final class FileLock: Sendable {
  /// The locked file.
  package let identity: FileIdentity
  private let descriptor: Int32

  /// Locks a file.
  ///
  /// - Parameters:
  ///   - path: the file; links are followed unless the file may be created.
  ///   - mode: the mode with which to create a missing file; nil if it must exist.
  /// - Returns: nil if another run holds the lock.
  /// - Throws: ``SystemError`` when the file cannot be opened.
  package static func take(_ path: String, creating mode: UInt32? = nil) throws(SystemError)
    -> FileLock?
  {
    var access = O_RDONLY
    let making = mode == nil ? 0 : O_CREAT | O_NOFOLLOW
    while true {
      // Does not block on a pipe without a writer.
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
        // Over NFS, locking requires write access.
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
      // Another program may have replaced or removed the file before it was locked.
      if FileIdentity(path) == identity { return FileLock(identity, descriptor) }
      close(descriptor)
    }
  }

  /// Locks an open file that no other program knows yet.
  ///
  /// - Parameter descriptor: the file; the caller still owns the descriptor.
  package init?(locking descriptor: Int32) {
    guard let identity = FileIdentity(descriptor: descriptor) else { return nil }
    let own = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
    guard own >= 0 else { return nil }
    // The lock belongs to the open file, which both descriptors share.
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

  /// The process that has locked a file; nil if none has, or it is unknown.
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
      // Layered file systems report another device here.
      candidate = process
    }
    return candidate
  }
}
