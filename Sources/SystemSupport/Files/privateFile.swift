import Glibc

/// Creates a file that only its owner can read; it is removed if it cannot be written completely.
///
/// - Parameters:
///   - path: its path.
///   - content: its content, in pieces.
///   - isDurable: whether it survives a power failure once this function returns.
/// - Throws: ``SystemError``, also if there is a file or a link at the path.
package func createPrivateFile(
  _ path: String, _ content: [ArraySlice<UInt8>], isDurable: Bool = false
) throws(SystemError) {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
  guard descriptor >= 0 else { throw SystemError() }
  defer { close(descriptor) }
  do throws(SystemError) {
    for piece in content { try writeAll(descriptor, piece) }
    if isDurable, fsync(descriptor) != 0 { throw SystemError() }
  } catch {
    unlink(path)
    throw error
  }
  if isDurable { syncDirectory(FilePath.parts(path).directory) }
}
