import Glibc

/// Why something that was found is not taken for ours.
package enum Distrust: Error, Sendable, Hashable, CustomStringConvertible {
  /// It is a symbolic link.
  case link
  /// It is a directory, a pipe, a device or a socket where a file should be, or the other way round.
  case otherKind
  /// Another user owns it.
  case owner(UInt32)
  /// Others may write it, or read what is to be private.
  case mode(UInt32)
  /// It has other names.
  case names(Int)
  /// It cannot be opened.
  case unopened(Int32)

  /// Why, after "it".
  package var description: String {
    switch self {
    case .link: "is a symbolic link"
    case .otherKind: "is not of the expected kind"
    case .owner(let user): "belongs to \(Distrust.name(of: user))"
    case .mode(let mode): "is open to other users (mode \(String(mode & 0o7777, radix: 8)))"
    case .names(let count): "has \(count) names (hard links)"
    case .unopened(let number): "cannot be opened: \(systemReason(number))"
    }
  }

  private static func name(of user: uid_t) -> String {
    guard let entry = getpwuid(user), let name = entry.pointee.pw_name else {
      return "user \(user)"
    }
    return "user '\(String(cString: name))'"
  }
}

/// Opens what this program finds lying about, and only what it can have put there itself.
///
/// Whoever plants a file where Lyre would look for its own must not have it read: it must belong to
/// this user, be closed to all others, have one name and not be a link. What is read from it must
/// still say that it belongs to what it is used for.
package enum Trust {
  /// Opens a private file of ours.
  ///
  /// - Parameters:
  ///   - path: the file; links are not followed.
  ///   - flags: how it is opened, besides what trust asks for.
  /// - Returns: a descriptor for the caller to close; nil when there is no such file.
  /// - Throws: ``Distrust``.
  package static func openFile(_ path: String, _ flags: Int32 = O_RDONLY) throws(Distrust)
    -> Int32?
  {
    try open(path, flags | O_NONBLOCK, S_IFREG, mayNot: 0o077)
  }

  /// Opens a directory of ours, which others may at most look into.
  ///
  /// - Returns: a descriptor for the caller to close; nil when there is no such directory.
  /// - Throws: ``Distrust``.
  package static func openDirectory(_ path: String) throws(Distrust) -> Int32? {
    try open(path, O_RDONLY | O_DIRECTORY, S_IFDIR, mayNot: 0o022)
  }

  /// Whether nobody but us and root can replace what lies in a directory by something else: it is
  /// ours or root's, and others may not write in it or at least (as in `/tmp`) not remove.
  package static func isSafeParent(_ path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
      status.st_uid == geteuid() || status.st_uid == 0
    else { return false }
    return status.st_mode & 0o022 == 0 || status.st_mode & S_ISVTX != 0
  }

  private static func open(
    _ path: String, _ flags: Int32, _ kind: mode_t, mayNot forbidden: mode_t
  ) throws(Distrust) -> Int32? {
    let descriptor = Glibc.open(path, flags | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else {
      switch errno {
      case ENOENT: return nil
      case ENOTDIR where kind == S_IFREG: return nil
      case ELOOP: throw .link
      case ENOTDIR:
        throw FilePath.linkTarget(path) != nil ? .link : .otherKind
      // A socket cannot be opened.
      case ENXIO: throw .otherKind
      case let number: throw .unopened(number)
      }
    }
    do throws(Distrust) {
      try check(descriptor, kind, forbidden)
      return descriptor
    } catch {
      close(descriptor)
      throw error
    }
  }

  private static func check(_ descriptor: Int32, _ kind: mode_t, _ forbidden: mode_t)
    throws(Distrust)
  {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unopened(errno) }
    guard status.st_mode & S_IFMT == kind else { throw .otherKind }
    guard status.st_uid == geteuid() else { throw .owner(status.st_uid) }
    guard status.st_mode & forbidden == 0 else { throw .mode(status.st_mode) }
    guard kind == S_IFDIR || status.st_nlink == 1 else { throw .names(Int(status.st_nlink)) }
  }
}
