import Glibc

/// Reads the rest of a file piece by piece, in bounded memory.
///
/// - Parameters:
///   - descriptor: the file.
///   - most: the most bytes to read: a file may grow meanwhile.
///   - failed: makes the error for a failure of the system.
///   - take: called with each piece, which is valid during the call only.
/// - Throws: what `take` throws, or the error that `failed` has made.
package func readPieces<Failure: Error>(
  _ descriptor: Int32, most: Int = .max, failed: (SystemError) -> Failure,
  take: (UnsafeRawBufferPointer) throws(Failure) -> Void
) throws(Failure) {
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
  defer { buffer.deallocate() }
  var rest = most
  while rest > 0 {
    let count = read(descriptor, buffer.baseAddress, min(buffer.count, rest))
    if count == 0 { return }
    if count < 0 {
      if errno == EINTR { continue }
      throw failed(SystemError())
    }
    rest -= count
    try take(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
  }
}
