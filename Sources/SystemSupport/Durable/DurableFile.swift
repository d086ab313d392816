import CSystemShims
import Glibc

/// An error: a file could not be written.
///
/// Its previous content is still there.
package struct WriteFailure: Error, Sendable, Hashable {
  package enum Kind: Sendable {
    case refused
    /// Another program is writing it for some time.
    case inUse
  }

  package var kind = Kind.refused
  package var message: String

  /// Creates a failure.
  package init(kind: Kind = .refused, message: String) {
    self.kind = kind
    self.message = message
  }
}

/// A file that is written atomically, whatever ends this program, or such that
/// ``DurableFile/finish(_:)`` can complete the write.
///
/// If possible, a temporary file beside it is written, synced and renamed; the mode, the access
/// control list and other attributes are preserved, and a symbolic link remains one. If that is not
/// possible, because the file has several names, belongs to another user, or cannot be created or
/// replaced in its directory, it is written in place after a complete copy has been stored.
package struct DurableFile: Sendable {
  /// The path as given.
  package let path: String

  /// Creates a value for a file, which need not exist yet.
  package init(_ path: String) {
    self.path = path
  }

  /// Replaces the content of the file by consecutive pieces.
  ///
  /// - Parameters:
  ///   - content: the new content.
  ///   - lock: the caller's lock on the file, which moves to the new one; nil for none.
  ///   - model: the file whose permissions limit those of a new file, if it exists.
  ///   - ignoresLocks: whether the file is replaced although another program holds its lock, which
  ///     only reads it.
  /// - Throws: ``WriteFailure``; also when another program holds the lock.
  package func write(
    _ content: [ArraySlice<UInt8>], lock: inout FileLock?, like model: String? = nil,
    ignoresLocks: Bool = false
  ) throws(WriteFailure) {
    let target = FilePath.target(path)
    var status = stat()
    guard stat(target, &status) == 0 else {
      let mode = DurableFile.mode(like: model)
      return try replace(target, content, nil, &lock, mode: mode)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw WriteFailure(message: "'\(path)' is not a regular file")
    }
    if faccessat(AT_FDCWD, target, W_OK, AT_EACCESS) != 0 { throw refusal(SystemError()) }
    // The holder of the lock will write again, and overwrite this content.
    var own: FileLock?
    if lock?.identity != FileIdentity(status), !ignoresLocks {
      // A file that cannot be read cannot be locked.
      let taken = Result { () throws(SystemError) in try FileLock.take(target) }
      if case .success(let lock) = taken {
        guard let lock else { throw inUse(target) }
        own = lock
      }
    }
    defer { withExtendedLifetime(own) {} }
    if status.st_nlink > 1 { return try overwrite(target, content) }
    if !DurableFile.canGiveAway(status) {
      // Written in place, it keeps its owner.
      if (try? overwrite(target, content)) != nil { return }
    }
    do throws(WriteFailure) {
      try replace(target, content, status, &lock)
    } catch {
      do throws(WriteFailure) {
        try overwrite(target, content)
      } catch let second {
        throw DurableFile.tellsMore(error, second) ? error : second
      }
    }
  }

  /// Writes a new file; an existing file of that name is not changed.
  ///
  /// - Parameters:
  ///   - content: its content.
  ///   - model: the file whose mode, owner and attributes it gets, if it exists.
  ///   - mode: its mode if the model does not exist, less the file creation mask.
  /// - Returns: false if the name is in use.
  /// - Throws: ``WriteFailure``.
  package func create(
    _ content: [ArraySlice<UInt8>], like model: String, mode: UInt32 = 0o666
  ) throws(WriteFailure) -> Bool {
    var status = stat()
    let hasModel = stat(model, &status) == 0
    let number = try writeTemporary(path, content, hasModel ? (model, status) : nil, mode: mode) {
      (_, temporary) throws(SystemError) in
      guard lyre_rename_new(temporary, path) == 0 else { throw SystemError() }
    }
    guard let number else { return true }
    if number == EEXIST { return false }
    throw refusal(SystemError(number))
  }

  // MARK: A new file under the old name

  private func replace(
    _ target: String, _ content: [ArraySlice<UInt8>], _ status: stat?, _ lock: inout FileLock?,
    mode: UInt32 = 0o666
  ) throws(WriteFailure) {
    var next: FileLock?
    let wants = lock != nil || status == nil
    let number = try writeTemporary(target, content, status.map { (target, $0) }, mode: mode) {
      (descriptor, temporary) throws(SystemError) in
      // Locked before another program can know it.
      if wants { next = FileLock(locking: descriptor) }
      try SystemStep.rename.reach()
      guard rename(temporary, target) == 0 else { throw SystemError() }
    }
    if let number { throw refusal(SystemError(number)) }
    if let next { lock = next }
  }

  /// Writes a temporary file beside a path and moves it there.
  ///
  /// - Returns: the error number if the move failed; nil on success.
  /// - Throws: ``WriteFailure`` when the file could not be written.
  private func writeTemporary(
    _ target: String, _ content: [ArraySlice<UInt8>], _ model: (path: String, status: stat)?,
    mode: UInt32 = 0o666,
    _ place: (_ descriptor: Int32, _ temporary: String) throws(SystemError) -> Void
  ) throws(WriteFailure) -> Int32? {
    // If this program is killed, the guardian removes the file. A new file gets the mode that the
    // umask allows, which only the system can apply without a moment in which the mode is
    // different.
    var template = Array(FilePath.hidden(target, "XXXXXX").utf8CString)
    do throws(SystemError) {
      try SystemStep.create.reach()
    } catch {
      throw refusal(error)
    }
    let descriptor = lyre_make_guarded_file(&template, model == nil ? mode : 0o600)
    guard descriptor >= 0 else { throw refusal(SystemError()) }
    let temporary = String(
      decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { lyre_unguard_path(temporary) }
    do throws(SystemError) {
      defer { close(descriptor) }
      try SystemStep.write.reach()
      for piece in content { try writeAll(descriptor, piece) }
      try SystemStep.attributes.reach()
      if let model { DurableFile.copyAttributes(of: model.path, model.status, to: descriptor) }
      try SystemStep.sync.reach()
      guard fsync(descriptor) == 0 else { throw SystemError() }
      do throws(SystemError) {
        try place(descriptor, temporary)
      } catch {
        unlink(temporary)
        return error.number
      }
    } catch {
      unlink(temporary)
      throw refusal(error)
    }
    try? SystemStep.syncDirectory.reach()
    syncDirectory(FilePath.parts(target).directory)
    return nil
  }

  // MARK: Errors

  func refusal(_ error: SystemError) -> WriteFailure {
    WriteFailure(message: "'\(path)' cannot be written: \(error)")
  }

  private func inUse(_ target: String) -> WriteFailure {
    let holder = FileLock.holder(of: target).map { " (process \($0))" } ?? ""
    return WriteFailure(
      kind: .inUse, message: "'\(path)' is in use by another run\(holder)")
  }

  /// Whether the first of two failures is the actual reason: a full disk, or a broken one.
  private static func tellsMore(_ first: WriteFailure, _ second: WriteFailure) -> Bool {
    [ENOSPC, EDQUOT, EFBIG, EIO, EROFS].contains { first.message.hasSuffix(systemReason($0)) }
  }
}

/// Makes new names in a directory survive a power failure; some file systems cannot.
package func syncDirectory(_ path: String) {
  let directory = open(path.isEmpty ? "/" : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard directory >= 0 else { return }
  fsync(directory)
  close(directory)
}
