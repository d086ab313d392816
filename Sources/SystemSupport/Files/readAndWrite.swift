import Glibc

/// Writes all of some bytes.
///
/// - Throws: ``SystemError`` when the system accepts no more of them.
package func writeAll(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) throws(SystemError) {
  guard let start = bytes.baseAddress else { return }
  var done = 0
  while done < bytes.count {
    let count = write(descriptor, start + done, bytes.count - done)
    if count >= 0 {
      done += count
    } else if errno != EINTR {
      throw SystemError()
    }
  }
}

/// Writes all of some bytes.
///
/// - Throws: ``SystemError`` when the system accepts no more of them.
package func writeAll(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>) throws(SystemError) {
  var failure: SystemError?
  bytes.withUnsafeBytes { buffer in
    do throws(SystemError) {
      try writeAll(descriptor, buffer)
    } catch {
      failure = error
    }
  }
  if let failure { throw failure }
}

/// Reads a descriptor to its end.
///
/// - Parameters:
///   - descriptor: the descriptor to read; it stays open.
///   - maximum: the maximum number of bytes.
/// - Returns: the bytes.
/// - Throws: ``SystemError``; `EFBIG` if there are more.
package func readAll(_ descriptor: Int32, maximum: Int = 64 << 20) throws(SystemError) -> [UInt8] {
  var content: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = read(descriptor, &chunk, chunk.count)
    if count == 0 { return content }
    if count < 0 {
      if errno == EINTR { continue }
      throw SystemError()
    }
    content.append(contentsOf: chunk[..<count])
    if content.count > maximum { throw SystemError(EFBIG) }
  }
}

/// The content of a small file of the system or the user, with links followed.
///
/// - Throws: ``SystemError``.
package func fileContent(_ path: String, maximum: Int = 64 << 20) throws(SystemError) -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard descriptor >= 0 else { throw SystemError() }
  defer { close(descriptor) }
  return try readAll(descriptor, maximum: maximum)
}

/// The last part of a file.
///
/// - Parameters:
///   - path: the file, with links followed.
///   - limit: the maximum number of bytes to read.
/// - Returns: the bytes, and whether there are more before them.
/// - Throws: ``SystemError``.
package func fileEnd(_ path: String, limit: Int) throws(SystemError) -> (
  bytes: [UInt8], isCut: Bool
) {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw SystemError() }
  defer { close(descriptor) }
  let size = lseek(descriptor, 0, SEEK_END)
  let start = max(0, size - limit)
  guard size >= 0, lseek(descriptor, start, SEEK_SET) >= 0 else { throw SystemError() }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: min(limit, 65_536))
  while bytes.count < limit {
    let count = read(descriptor, &chunk, min(chunk.count, limit - bytes.count))
    if count < 0 {
      if errno == EINTR { continue }
      throw SystemError()
    }
    if count == 0 { break }
    bytes.append(contentsOf: chunk[..<count])
  }
  return (bytes, start > 0)
}
