import CSystemShims
import Glibc

/// Why a file could not be written.
///
/// What it held before is still there.
package struct WriteFailure: Error, Sendable, Hashable {
  package enum Kind: Sendable {
    case refused
    /// Another program is writing it for a longer time.
    case inUse
  }

  package var kind = Kind.refused
  package var message: String

  /// A failure with its message.
  package init(kind: Kind = .refused, message: String) {
    self.kind = kind
    self.message = message
  }
}

/// A file that is written so that it is at every moment the old one whole or the new one whole,
/// whatever ends this program, or such that ``DurableFile/finish(_:)`` makes it the new one.
///
/// Where it can be, a temporary file beside it is written, synced and renamed; the mode, the access
/// control list and other attributes stay, and a symbolic link stays one. Where that cannot be, for
/// the file has several names, belongs to somebody else, or the directory takes no new file or lets
/// the old one not be replaced, it is written in place after a whole copy.
package struct DurableFile: Sendable {
  /// The path as it was given.
  package let path: String

  /// A file, which need not exist yet.
  package init(_ path: String) {
    self.path = path
  }

  /// Replaces the content of the file by stretches of bytes, one after the other.
  ///
  /// - Parameters:
  ///   - content: the new content.
  ///   - lock: the caller's lock on the file, which goes on with the new one; nil for none.
  ///   - model: the file whose permissions a file that is made has at most, as far as there is one.
  /// - Throws: ``WriteFailure``; also when another program holds the lock.
  package func write(
    _ content: [ArraySlice<UInt8>], lock: inout FileLock?, like model: String? = nil
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
    // Whoever holds the lock goes on writing: what is written now would be overwritten.
    var own: FileLock?
    if lock?.identity != FileIdentity(status) {
      // Who may not read a file cannot lock it.
      let taken = Result { () throws(SystemError) in try FileLock.take(target) }
      if case .success(let lock) = taken {
        guard let lock else { throw inUse(target) }
        own = lock
      }
    }
    defer { withExtendedLifetime(own) {} }
    if status.st_nlink > 1 { return try overwrite(target, content) }
    if !DurableFile.canGiveAway(status) {
      // In place it stays whose it was.
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

  /// Writes a new file; nothing that has the name already is touched.
  ///
  /// - Parameters:
  ///   - content: what it holds.
  ///   - model: the file whose mode, owner and attributes it gets, as far as there is one.
  /// - Returns: false when the name is taken.
  /// - Throws: ``WriteFailure``.
  package func create(_ content: [ArraySlice<UInt8>], like model: String) throws(WriteFailure)
    -> Bool
  {
    var status = stat()
    let hasModel = stat(model, &status) == 0
    let number = try writeTemporary(path, content, hasModel ? (model, status) : nil) {
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
      // Locked before anybody else can know it.
      if wants { next = FileLock(locking: descriptor) }
      try SystemStep.rename.reach()
      guard rename(temporary, target) == 0 else { throw SystemError() }
    }
    if let number { throw refusal(SystemError(number)) }
    if let next { lock = next }
  }

  /// Writes a temporary file beside a path and gives it its place.
  ///
  /// - Returns: the error number of the place's refusal; nil when it is in its place.
  /// - Throws: ``WriteFailure`` when the file could not be written.
  private func writeTemporary(
    _ target: String, _ content: [ArraySlice<UInt8>], _ model: (path: String, status: stat)?,
    mode: UInt32 = 0o666,
    _ place: (_ descriptor: Int32, _ temporary: String) throws(SystemError) -> Void
  ) throws(WriteFailure) -> Int32? {
    // Should this program be killed, the file is removed all the same. A new file gets the mode
    // that the umask leaves, which only the system can tell without a moment in which it is another.
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

  // MARK: What is told

  func refusal(_ error: SystemError) -> WriteFailure {
    WriteFailure(message: "'\(path)' cannot be written: \(error)")
  }

  private func inUse(_ target: String) -> WriteFailure {
    let holder = FileLock.holder(of: target).map { " (process \($0))" } ?? ""
    return WriteFailure(
      kind: .inUse, message: "'\(path)' is in use by another run\(holder)")
  }

  /// Whether of two failures the first is the reason: that there is no room, or the disk is broken.
  private static func tellsMore(_ first: WriteFailure, _ second: WriteFailure) -> Bool {
    [ENOSPC, EDQUOT, EFBIG, EIO, EROFS].contains { first.message.hasSuffix(systemReason($0)) }
  }
}

/// Has new names in a directory survive a loss of power; some file systems cannot.
package func syncDirectory(_ path: String) {
  let directory = open(path.isEmpty ? "/" : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard directory >= 0 else { return }
  fsync(directory)
  close(directory)
}
