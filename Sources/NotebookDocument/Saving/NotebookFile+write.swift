import SystemSupport

extension NotebookFile {
  /// Replaces the content of the file, which is at every moment the old one whole or the new one
  /// whole, or such that ``NotebookSaver/recover(_:)`` makes it the new one.
  ///
  /// A temporary file beside it is written, synced and renamed; the mode, the access control list
  /// and other attributes and the owner stay, and a symbolic link stays one. Where that cannot be
  /// (the file has several names, is somebody else's, or the directory cannot be written in), it is
  /// written in place instead, after a whole copy beside it or in the user's state.
  ///
  /// - Throws: ``NotebookError`` when it could not be written; the old content is then still there.
  public func write(_ content: [UInt8]) throws(NotebookError) {
    try write(pieces: [content[...]])
  }

  /// Replaces the content of the file by stretches of bytes, one after the other.
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
