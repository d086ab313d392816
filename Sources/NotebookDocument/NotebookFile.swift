import CSystemShims
import Glibc

/// A notebook's file on disk: read whole, and written so that it is never half there.
public struct NotebookFile: Sendable {
  /// The largest file that is read, in bytes.
  public static let maximumSize = 4 << 30

  /// The path as it was given.
  public let path: String

  /// A file, which need not exist yet.
  public init(_ path: String) {
    self.path = path
  }

  /// The content of the file.
  ///
  /// - Throws: ``NotebookError`` when there is no such file, it is a directory, a pipe or a device,
  ///   it may not be read, or it is larger than ``maximumSize``.
  public func read() throws(NotebookError) -> [UInt8] {
    // Without blocking on a pipe that nobody writes to.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      let number = errno
      throw NotebookError(
        number == ENOENT || number == ENOTDIR ? .notFound : .unreadable,
        number == ENOENT || number == ENOTDIR
          ? "there is no such file" : "the file cannot be read: \(NotebookFile.reason(number))")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw NotebookError(.unreadable, "the file cannot be read: \(NotebookFile.reason(errno))")
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw NotebookError(.unreadable, "this is a directory, not a notebook")
    default: throw NotebookError(.unreadable, "this is not a regular file; use `-` for a pipe")
    }
    guard status.st_size <= NotebookFile.maximumSize else {
      throw NotebookError(
        .unreadable, "the file has \(status.st_size) bytes, more than can be read (4 GiB)")
    }
    return try NotebookFile.readAll(descriptor, sizeHint: Int(status.st_size))
  }

  /// Everything that a descriptor gives, to its end.
  ///
  /// - Parameters:
  ///   - descriptor: what is read; it stays open.
  ///   - sizeHint: how much is expected.
  /// - Returns: the bytes.
  /// - Throws: ``NotebookError`` when reading fails or there is more than ``maximumSize``.
  public static func readAll(_ descriptor: Int32, sizeHint: Int = 65_536)
    throws(NotebookError) -> [UInt8]
  {
    var content: [UInt8] = []
    content.reserveCapacity(sizeHint + 1)
    let chunk = max(min(sizeHint + 1, 8 << 20), 65_536)
    var buffer = [UInt8](repeating: 0, count: chunk)
    while true {
      let count = Glibc.read(descriptor, &buffer, chunk)
      if count == 0 { return content }
      if count < 0 {
        if errno == EINTR { continue }
        throw NotebookError(.unreadable, "the file cannot be read: \(reason(errno))")
      }
      content.append(contentsOf: buffer[..<count])
      if content.count > maximumSize {
        throw NotebookError(.unreadable, "there is more than can be read (4 GiB)")
      }
    }
  }

  /// Replaces the content of the file, which is at every moment the old one whole or the new one
  /// whole.
  ///
  /// A temporary file beside it is written, synced and renamed; the mode and, where possible, the
  /// owner stay, and a symbolic link stays one. Where the directory cannot be written in but the
  /// file can, or the file has several names (hard links), it is written in place instead.
  ///
  /// - Throws: ``NotebookError`` when it could not be written; the old content is then still there.
  public func write(_ content: [UInt8]) throws(NotebookError) {
    let target = NotebookFile.realPath(path) ?? path
    var status = stat()
    let exists = stat(target, &status) == 0
    if exists, status.st_mode & S_IFMT != S_IFREG {
      throw NotebookError(.unwritable, "'\(path)' is not a regular file")
    }
    if exists, access(target, W_OK) != 0 {
      throw NotebookError(
        .unwritable, "'\(path)' cannot be written: \(NotebookFile.reason(errno))")
    }
    if exists, status.st_nlink > 1 { return try overwrite(target, content) }
    do throws(NotebookError) {
      try replace(target, content, exists ? status : nil)
    } catch {
      guard exists, error.code == .unreadable else { throw error }
      try overwrite(target, content)
    }
  }

  private func replace(_ target: String, _ content: [UInt8], _ status: stat?)
    throws(NotebookError)
  {
    let slash = target.lastIndex(of: "/")
    let directory = slash.map { $0 == target.startIndex ? "/" : String(target[..<$0]) } ?? "."
    let name = slash.map { String(target[target.index(after: $0)...]) } ?? target
    // A long name must leave room for what is added to it.
    let stem = String(decoding: Array(name.utf8).prefix(200), as: UTF8.self)
    var template = Array("\(directory)/.\(stem).XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else {
      // The caller may still write in place: not being able to add a file is no fault of this one.
      throw NotebookError(
        errno == ENOENT ? .unwritable : .unreadable,
        "'\(path)' cannot be written: \(NotebookFile.reason(errno))")
    }
    let temporary = String(
      decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    _ = lyre_guard_path(temporary)
    defer { lyre_unguard_path(temporary) }
    var failure: Int32?
    if !NotebookFile.writeAll(descriptor, content) { failure = errno }
    if failure == nil {
      if let status {
        fchmod(descriptor, status.st_mode & 0o7777)
        if status.st_uid != geteuid() || status.st_gid != getegid() {
          // Only root may; for others the file becomes theirs, as with any editor.
          _ = fchown(descriptor, status.st_uid, status.st_gid)
        }
      } else {
        let mask = umask(0)
        umask(mask)
        fchmod(descriptor, 0o666 & ~mask)
      }
      if fsync(descriptor) != 0 { failure = errno }
    }
    if Glibc.close(descriptor) != 0, failure == nil { failure = errno }
    if failure == nil, rename(temporary, target) != 0 { failure = errno }
    if let failure {
      unlink(temporary)
      throw NotebookError(
        .unwritable, "'\(path)' cannot be written: \(NotebookFile.reason(failure))")
    }
    let opened = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if opened >= 0 {
      // So that the new name survives a loss of power; some file systems cannot.
      fsync(opened)
      Glibc.close(opened)
    }
  }

  private func overwrite(_ target: String, _ content: [UInt8]) throws(NotebookError) {
    let descriptor = open(target, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw NotebookError(
        .unwritable, "'\(path)' cannot be written: \(NotebookFile.reason(errno))")
    }
    defer { Glibc.close(descriptor) }
    // Room first: a full disk is then found out before anything is lost.
    let reserved = posix_fallocate(descriptor, 0, off_t(max(content.count, 1)))
    guard reserved != ENOSPC, NotebookFile.writeAll(descriptor, content),
      ftruncate(descriptor, off_t(content.count)) == 0, fsync(descriptor) == 0
    else {
      throw NotebookError(
        .unwritable,
        "'\(path)' cannot be written: \(NotebookFile.reason(reserved != 0 ? reserved : errno))")
    }
  }

  static func writeAll(_ descriptor: Int32, _ content: [UInt8]) -> Bool {
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

  private static func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  static func reason(_ number: Int32) -> String { String(cString: strerror(number)) }
}
