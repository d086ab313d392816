import SystemSupport

extension NotebookFile {
  /// Replaces the content of the file atomically, or so that ``NotebookSaver/recover(_:)`` can
  /// complete an interrupted write.
  ///
  /// A temporary file beside it is written, synced and renamed. The mode, the access control list
  /// and other attributes and the owner are preserved, and a symbolic link remains one. If that is
  /// not possible (the file has several names or belongs to another user, or the directory is not
  /// writable), the file is written in place, after a complete copy has been stored beside it or in
  /// the user's state.
  ///
  /// - Throws: ``NotebookError`` when it could not be written; the old content is then still there.
  public func write(_ content: [UInt8]) throws(NotebookError) {
    try write(pieces: [content[...]])
  }

  /// Replaces the content of the file by consecutive pieces.
  ///
  /// - Throws: ``NotebookError`` when it could not be written; the old content is then still there.
  public func write(pieces content: [ArraySlice<UInt8>]) throws(NotebookError) {
    var lock: FileLock?
    try write(pieces: content, lock: &lock)
  }

  func write(
    pieces content: [ArraySlice<UInt8>], lock: inout FileLock?, like model: String? = nil
  ) throws(NotebookError) {
    do throws(WriteFailure) {
      try DurableFile(path).write(content, lock: &lock, like: model)
    } catch {
      throw NotebookError(error.kind == .inUse ? .inUse : .unwritable, error.message)
    }
  }
}
