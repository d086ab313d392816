import Glibc
import SystemSupport

/// A notebook's file on disk, which is read completely and never left half written.
public struct NotebookFile: Sendable {
  /// The size of the largest file that can be read, in bytes.
  public static let maximumSize = 4 << 30

  /// The path as given.
  public let path: String

  /// Creates a value for a file, which need not exist yet.
  public init(_ path: String) {
    self.path = path
  }

  /// Reads the content of the file.
  ///
  /// - Throws: ``NotebookError`` when the file does not exist, is a directory, a pipe or a device,
  ///   may not be read, or is larger than ``maximumSize``.
  public func read() throws(NotebookError) -> [UInt8] {
    // Does not block on a pipe without a writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      let number = errno
      throw NotebookError(
        number == ENOENT || number == ENOTDIR ? .notFound : .unreadable,
        number == ENOENT || number == ENOTDIR
          ? FilePath.missing(path) : "the file cannot be read: \(NotebookFile.reason(number))")
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
        .unreadable, "the file has \(status.st_size) bytes; the maximum is 4 GiB")
    }
    return try NotebookFile.readAll(descriptor, sizeHint: Int(status.st_size))
  }

  /// Reads a descriptor to its end.
  ///
  /// - Parameters:
  ///   - descriptor: the descriptor to read; it stays open.
  ///   - sizeHint: the expected number of bytes; by default the size of a regular file.
  ///   - maximum: the maximum number of bytes; ``maximumSize`` by default.
  /// - Returns: the bytes.
  /// - Throws: ``NotebookError`` when reading fails or there is more than the maximum.
  public static func readAll(
    _ descriptor: Int32, sizeHint: Int? = nil, maximum: Int = maximumSize
  ) throws(NotebookError) -> [UInt8] {
    let sizeHint = min(sizeHint ?? expectedSize(descriptor), maximum)
    // Directly into its final place, so that a large file is in memory only once.
    var failure: Int32 = 0
    var content = [UInt8](unsafeUninitializedCapacity: sizeHint + 1) { buffer, count in
      while count < buffer.count {
        let read = Glibc.read(
          descriptor, buffer.baseAddress?.advanced(by: count), min(buffer.count - count, 1 << 30))
        if read > 0 {
          count += read
        } else if read == 0 {
          return
        } else if errno != EINTR {
          failure = errno
          return
        }
      }
    }
    // Longer than expected: a pipe, or a growing file.
    var chunk = [UInt8](repeating: 0, count: content.count > sizeHint ? 65_536 : 0)
    while failure == 0, content.count <= maximum, !chunk.isEmpty {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count == 0 { break }
      if count < 0 {
        if errno != EINTR { failure = errno }
        continue
      }
      content.append(contentsOf: chunk[..<count])
    }
    guard failure == 0 else {
      throw NotebookError(.unreadable, "the file cannot be read: \(reason(failure))")
    }
    guard content.count <= maximum else {
      throw NotebookError(
        .unreadable, "the input is larger than the maximum of \(maximum >> 20) MiB")
    }
    return content
  }

  /// The probable number of bytes: the rest of a regular file.
  private static func expectedSize(_ descriptor: Int32) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return 65_536 }
    return min(max(Int(status.st_size), 0), maximumSize)
  }

  static func reason(_ number: Int32) -> String { systemReason(number) }
}
