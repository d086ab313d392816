import Glibc
import Hashing
import SystemSupport

/// Copies the content of files in bounded memory, until the node is stopped.
struct FileCopy: Sendable {
  /// Whether to give up.
  let isStopped: @Sendable () -> Bool

  /// Opens a regular file for reading; a pipe or a device is never opened for reading its content.
  ///
  /// - Returns: a descriptor, and what the system says about the file.
  /// - Throws: ``TransferProblem``.
  func open(_ path: String) throws(TransferProblem) -> (descriptor: Int32, status: FileStatus) {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw TransferProblem(path, "read", SystemError()) }
    guard let status = FileStatus(descriptor: descriptor), status.isFile else {
      close(descriptor)
      throw TransferProblem(
        "'\(path)' is not a file, and is not copied; remove it or name files only")
    }
    return (descriptor, status)
  }

  /// Copies the rest of a file.
  ///
  /// - Parameters:
  ///   - source: the descriptor to read.
  ///   - from: its name, for errors.
  ///   - target: the descriptor to write.
  ///   - to: its name, for errors.
  /// - Throws: ``TransferProblem``.
  func copy(_ source: Int32, _ from: String, to target: Int32, _ to: String) throws(TransferProblem)
  {
    try read(source, from) { (bytes) throws(TransferProblem) in
      do throws(SystemError) {
        try writeAll(target, bytes)
      } catch {
        throw TransferProblem(to, "written", error)
      }
    }
  }

  /// Reads a file piece by piece.
  ///
  /// - Parameters:
  ///   - source: its descriptor.
  ///   - from: its name, for errors.
  ///   - most: the most bytes to read: a file may grow meanwhile.
  ///   - take: called with each piece.
  /// - Throws: ``TransferProblem``.
  func read(
    _ source: Int32, _ from: String, most: Int = .max,
    _ take: (UnsafeRawBufferPointer) throws(TransferProblem) -> Void
  ) throws(TransferProblem) {
    if isStopped() { throw .stopped }
    try readPieces(
      source, most: most, failed: { TransferProblem(from, "read", $0) },
      take: { (piece) throws(TransferProblem) in
        try take(piece)
        if isStopped() { throw .stopped }
      })
  }

  /// The SHA-256 of a file, in lower-case hexadecimal.
  ///
  /// - Throws: ``TransferProblem``.
  func hash(of path: String) throws(TransferProblem) -> String {
    let file = try open(path)
    defer { close(file.descriptor) }
    var hash = ContentHash()
    try read(file.descriptor, path) { hash.add($0) }
    return hash.hexadecimal()
  }

  /// Fails unless a file has the expected SHA-256.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - expected: the hash; nil for any.
  ///   - name: where the file comes from, for the error.
  /// - Throws: ``TransferProblem``.
  func check(_ path: String, is expected: String?, _ name: String) throws(TransferProblem) {
    guard let expected else { return }
    let found = try hash(of: path)
    guard found != expected else { return }
    throw TransferProblem(
      "'\(name)' has changed or was damaged: its SHA-256 is \(found), and the description expects "
        + "\(expected). Upload it again, or correct the description")
  }
}
