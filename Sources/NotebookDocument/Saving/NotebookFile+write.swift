import CSystemShims
import Glibc

extension NotebookFile {
  /// Replaces the content of the file, which is at every moment the old one whole or the new one
  /// whole.
  ///
  /// A temporary file beside it is written, synced and renamed; the mode, the access control list
  /// and other attributes and, where possible, the owner stay, and a symbolic link stays one.
  /// Where the directory cannot be written in but the file can, or the file has several names (hard
  /// links), it is written in place instead, after a whole copy beside it where that is possible:
  /// ``NotebookSaver/recover(_:)`` finishes that after a crash.
  ///
  /// - Throws: ``NotebookError`` when it could not be written; the old content is then still there.
  public func write(_ content: [UInt8]) throws(NotebookError) {
    try write(pieces: [content[...]])
  }

  /// Replaces the content of the file by stretches of bytes, one after the other.
  ///
  /// - Throws: ``NotebookError`` when it could not be written; the old content is then still there.
  public func write(pieces content: [ArraySlice<UInt8>]) throws(NotebookError) {
    let target = NotebookFile.realPath(path) ?? path
    var status = stat()
    let exists = stat(target, &status) == 0
    if exists, status.st_mode & S_IFMT != S_IFREG {
      throw NotebookError(.unwritable, "'\(path)' is not a regular file")
    }
    if exists, faccessat(AT_FDCWD, target, W_OK, AT_EACCESS) != 0 { throw unwritable(errno) }
    if exists, status.st_nlink > 1 { return try overwrite(target, content) }
    do throws(NotebookError) {
      try replace(target, content, exists ? status : nil)
    } catch {
      // Not being able to add a file to the directory is no fault of this one.
      guard exists, error.code == .unreadable else { throw error }
      try overwrite(target, content)
    }
  }

  private func unwritable(_ number: Int32) -> NotebookError {
    NotebookError(.unwritable, "'\(path)' cannot be written: \(NotebookFile.reason(number))")
  }

  // MARK: A new file under the old name

  private func replace(_ target: String, _ content: [ArraySlice<UInt8>], _ status: stat?)
    throws(NotebookError)
  {
    // Should this program be killed, the file is removed all the same.
    var template = Array(NotebookFile.hidden(target, "XXXXXX").utf8CString)
    let descriptor = lyre_make_guarded_file(&template)
    guard descriptor >= 0 else {
      let number = errno
      if number == ENOENT { throw unwritable(number) }
      throw NotebookError(.unreadable, unwritable(number).message)
    }
    let temporary = String(
      decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { lyre_unguard_path(temporary) }
    var failure: Int32?
    if !NotebookFile.writeAll(descriptor, content) { failure = errno }
    if failure == nil {
      if let status {
        NotebookFile.copyAttributes(of: target, status, to: descriptor)
      } else {
        let mask = umask(0)
        umask(mask)
        fchmod(descriptor, 0o666 & ~mask)
      }
      if fsync(descriptor) != 0 { failure = errno }
    }
    if close(descriptor) != 0, failure == nil { failure = errno }
    if failure == nil, rename(temporary, target) != 0 { failure = errno }
    if let failure {
      unlink(temporary)
      throw unwritable(failure)
    }
    NotebookFile.syncDirectory(of: target)
  }

  /// Gives a file the owner, mode, access control list and other attributes of another.
  private static func copyAttributes(of path: String, _ status: stat, to descriptor: Int32) {
    if status.st_uid != geteuid() || status.st_gid != getegid() {
      // Only root may; for others the file becomes theirs, as with any editor.
      if fchown(descriptor, status.st_uid, status.st_gid) != 0 {
        _ = fchown(descriptor, uid_t.max, status.st_gid)
      }
    }
    fchmod(descriptor, status.st_mode & 0o7777)
    // The access control list is one of these. What the file system refuses is left out.
    let length = listxattr(path, nil, 0)
    guard length > 0 else { return }
    var names = [CChar](repeating: 0, count: length)
    guard listxattr(path, &names, length) == length else { return }
    for name in names.split(separator: 0) {
      let name = Array(name) + [0]
      let size = getxattr(path, name, nil, 0)
      guard size >= 0 else { continue }
      var value = [UInt8](repeating: 0, count: size)
      guard getxattr(path, name, &value, size) == size else { continue }
      _ = fsetxattr(descriptor, name, &value, size, 0)
    }
  }

  /// So that a new name survives a loss of power; some file systems cannot.
  private static func syncDirectory(of path: String) {
    let directory = parts(path).directory
    let opened = open(directory.isEmpty ? "/" : directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard opened >= 0 else { return }
    fsync(opened)
    close(opened)
  }

  // MARK: The same file

  private func overwrite(_ target: String, _ content: [ArraySlice<UInt8>]) throws(NotebookError) {
    let descriptor = open(target, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unwritable(errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw unwritable(errno) }
    let count = content.reduce(0) { $0 + $1.count }
    // Room first: a full disk is then found out before anything is lost.
    let reserved = posix_fallocate(descriptor, 0, off_t(max(count, 1)))
    if reserved == ENOSPC || reserved == EFBIG || reserved == EDQUOT {
      ftruncate(descriptor, status.st_size)
      throw unwritable(reserved)
    }
    let copy = writeCopy(target, content)
    // It stays locked, so that nobody takes the copy for one that was left.
    defer { if let copy { close(copy.descriptor) } }
    guard NotebookFile.writeAll(descriptor, content),
      ftruncate(descriptor, off_t(count)) == 0, fsync(descriptor) == 0
    else { throw unwritable(errno) }
    if let copy { unlink(copy.path) }
  }

  /// A whole copy beside the file, from which a write that was cut off can be finished; nil where
  /// none can be made.
  private func writeCopy(_ target: String, _ content: [ArraySlice<UInt8>])
    -> (path: String, descriptor: Int32)?
  {
    let copy = NotebookFile.copyPath(target)
    let descriptor = open(copy, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return nil }
    flock(descriptor, LOCK_EX | LOCK_NB)
    guard NotebookFile.writeAll(descriptor, content), fsync(descriptor) == 0 else {
      unlink(copy)
      close(descriptor)
      return nil
    }
    return (copy, descriptor)
  }

  /// Finishes a write in place that was cut off, from the copy beside the file.
  ///
  /// - Returns: whether there was something to finish.
  /// - Throws: ``NotebookError`` when a file cannot be read or written; the copy is then still
  ///   there.
  func finishWriting() throws(NotebookError) -> Bool {
    let copy = NotebookFile.copyPath(path)
    let descriptor = open(copy, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    if flock(descriptor, LOCK_SH | LOCK_NB) != 0, errno == EWOULDBLOCK {
      throw NotebookError(.inUse, "a run of it is still going on")
    }
    let content = try NotebookFile.readAll(descriptor)
    // A copy that is not whole was cut off itself: then the file has not been touched yet.
    let isWhole = (try? NotebookDocument(content)) != nil
    if isWhole { try overwrite(NotebookFile.realPath(path) ?? path, [content[...]]) }
    unlink(copy)
    return isWhole
  }

  /// Where the copy is while a file with several names is written.
  static func copyPath(_ path: String) -> String { hidden(path, "lyre-copy") }

  static func writeAll(_ descriptor: Int32, _ pieces: [ArraySlice<UInt8>]) -> Bool {
    pieces.allSatisfy { writeAll(descriptor, $0) }
  }

  static func writeAll(_ descriptor: Int32, _ content: ArraySlice<UInt8>) -> Bool {
    content.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let count = Glibc.write(
          descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
        if count >= 0 {
          done += count
        } else if errno != EINTR {
          return false
        }
      }
      return true
    }
  }
}
