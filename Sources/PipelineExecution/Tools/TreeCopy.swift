import Glibc
import SystemSupport

/// Copies files and folders.
enum TreeCopy {
  /// A file could not be copied.
  struct Failure: Error, CustomStringConvertible {
    /// Which file, and why.
    var description: String
  }

  /// Copies a file, or a folder with everything in it; what is there is replaced, and folders are
  /// merged.
  ///
  /// Links are followed at the top, and copied as links within a folder. A file appears in its place
  /// when it is complete.
  ///
  /// - Parameters:
  ///   - source: the file or folder.
  ///   - target: its new path; missing parent folders are created.
  /// - Throws: ``Failure``.
  static func copy(_ source: String, to target: String) throws(Failure) {
    do throws(SystemError) {
      try FilePath.makeDirectories(FilePath.parts(target).directory)
    } catch {
      throw Failure(
        description: "'\(FilePath.parts(target).directory)' cannot be created: \(error)")
    }
    try copy(FilePath.real(source) ?? source, target, depth: 0)
  }

  private static func copy(_ source: String, _ target: String, depth: Int) throws(Failure) {
    var status = stat()
    guard lstat(source, &status) == 0 else { throw failure(source, SystemError()) }
    guard depth < 500 else { throw failure(source, SystemError(ELOOP)) }
    switch status.st_mode & S_IFMT {
    case S_IFDIR:
      if mkdir(target, 0o777) != 0, errno != EEXIST { throw failure(target, SystemError()) }
      for name in FilePath.names(in: source) {
        try copy("\(source)/\(name)", "\(target)/\(name)", depth: depth + 1)
      }
      chmod(target, status.st_mode & 0o7777 | 0o700)
    case S_IFLNK:
      guard let link = FilePath.linkTarget(source) else { throw failure(source, SystemError()) }
      unlink(target)
      guard symlink(link, target) == 0 else { throw failure(target, SystemError()) }
    case S_IFREG: try copyFile(source, target, status)
    // A pipe or a device has no content.
    default: break
    }
  }

  private static func copyFile(_ source: String, _ target: String, _ status: stat) throws(Failure) {
    let input = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard input >= 0 else { throw failure(source, SystemError()) }
    defer { close(input) }
    let new = FilePath.hidden(target, "lyre-copying")
    unlink(new)
    let output = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard output >= 0 else { throw failure(target, SystemError()) }
    var error = pour(input, output)
    if error == nil, fchmod(output, status.st_mode & 0o777) != 0 { error = SystemError() }
    var times = [status.st_atim, status.st_mtim]
    if error == nil, futimens(output, &times) != 0 { error = SystemError() }
    if close(output) != 0, error == nil { error = SystemError() }
    if error == nil, rename(new, target) != 0 { error = SystemError() }
    guard let error else { return }
    unlink(new)
    throw failure(target, error)
  }

  private static func pour(_ input: Int32, _ output: Int32) -> SystemError? {
    do throws(SystemError) {
      try readPieces(
        input, failed: { $0 },
        take: { (piece) throws(SystemError) in try writeAll(output, piece) })
      return nil
    } catch {
      return error
    }
  }

  private static func failure(_ path: String, _ error: SystemError) -> Failure {
    Failure(description: "'\(path)' cannot be copied: \(error)")
  }
}
