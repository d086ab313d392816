import CSystemShims
import Glibc

/// Why a file that was found is not trusted.
package enum Distrust: Error, Sendable, Hashable, CustomStringConvertible {
  /// It is a symbolic link.
  case link
  /// It has the wrong type: a directory, a pipe, a device or a socket instead of a file, or the
  /// reverse.
  case otherKind
  /// Another user owns it.
  case owner(UInt32)
  /// Other users may write it, or read a private file.
  case mode(UInt32)
  /// It has several names.
  case names(Int)
  /// It cannot be opened.
  case unopened(Int32)

  /// The reason, as the predicate of "it".
  package var description: String {
    switch self {
    case .link: "is a symbolic link"
    case .otherKind: "has the wrong type"
    case .owner(let user): "belongs to \(Distrust.name(of: user))"
    case .mode(let mode): "is open to other users (mode \(String(mode & 0o7777, radix: 8)))"
    case .names(let count): "has \(count) hard links"
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

/// Opens files that this program finds, and only those that it can have created itself.
///
/// A file planted at the path of one of Lyre's own must not be read: it must belong to this user,
/// be inaccessible to others, have one name and not be a link. Its content must additionally prove
/// what it belongs to.
package enum Trust {
  /// Opens a private file of this user.
  ///
  /// - Parameters:
  ///   - path: the file; links are not followed.
  ///   - flags: the flags for opening it, besides those that trust requires.
  /// - Returns: a descriptor for the caller to close; nil if there is no such file.
  /// - Throws: ``Distrust``.
  package static func openFile(_ path: String, _ flags: Int32 = O_RDONLY) throws(Distrust)
    -> Int32?
  {
    try open(path, flags | O_NONBLOCK, S_IFREG, mayNot: 0o077)
  }

  /// Checks a private file of this user as ``openFile(_:_:)`` does, if it exists, without opening it.
  ///
  /// Locks on the file stay as they are: the system releases those of a process when it closes any
  /// descriptor of the file, but not one that only names it.
  ///
  /// - Throws: ``Distrust``.
  package static func checkFile(_ path: String) throws(Distrust) {
    if let descriptor = try open(path, lyre_path_only, S_IFREG, mayNot: 0o077) { close(descriptor) }
  }

  /// Opens a directory of this user, which others may at most read.
  ///
  /// - Returns: a descriptor for the caller to close; nil if there is no such directory.
  /// - Throws: ``Distrust``.
  package static func openDirectory(_ path: String) throws(Distrust) -> Int32? {
    try open(path, O_RDONLY | O_DIRECTORY, S_IFDIR, mayNot: 0o022)
  }

  /// Whether only this user and root can replace files in a directory: it belongs to one of them,
  /// and others cannot write to it, or at least (as in `/tmp`) not remove files.
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
    // Found by a descriptor that only names it.
    guard status.st_mode & S_IFMT != S_IFLNK else { throw .link }
    guard status.st_mode & S_IFMT == kind else { throw .otherKind }
    guard status.st_uid == geteuid() else { throw .owner(status.st_uid) }
    guard status.st_mode & forbidden == 0 else { throw .mode(status.st_mode) }
    guard kind == S_IFDIR || status.st_nlink == 1 else { throw .names(Int(status.st_nlink)) }
  }
}
