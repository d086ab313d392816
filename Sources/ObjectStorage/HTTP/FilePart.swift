import Glibc
import Hashing
import NIOCore
import SystemSupport

/// An open file to read from or write to, closed with its last user.
final class OpenFile: Sendable {
  let descriptor: Int32
  let path: String

  init(_ descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit { close(descriptor) }

  /// Reads at a place; fewer bytes only at the end of the file.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(ObjectStorageError)
    -> Int
  {
    var done = 0
    while done < buffer.count {
      let count = pread(
        descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done, offset + done)
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw failure("could not be read") }
      if count == 0 { break }
      done += count
    }
    return done
  }

  /// Writes at a place.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(ObjectStorageError) {
    var done = 0
    while done < bytes.count {
      let count = pwrite(
        descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done, offset + done)
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw failure("could not be written") }
      done += count
    }
  }

  /// The error for what a system call has just reported.
  func failure(_ what: String) -> ObjectStorageError {
    ObjectStorageError(.file, "\(path) \(what): \(SystemError())")
  }
}

/// A part of a file as the body of a request: read in pieces when they are sent, so that memory does not
/// depend on its size.
struct FilePart: Sendable, AsyncSequence {
  typealias Element = ByteBuffer

  let file: OpenFile
  let range: Range<Int>

  static let pieceSize = 128 << 10

  struct AsyncIterator: AsyncIteratorProtocol {
    let part: FilePart
    var offset: Int

    mutating func next() async throws -> ByteBuffer? {
      let count = Swift.min(FilePart.pieceSize, part.range.upperBound - offset)
      guard count > 0 else { return nil }
      var buffer = ByteBuffer()
      let start = offset
      let read = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { memory in
        try part.file.read(into: .init(rebasing: memory[..<count]), at: start)
      }
      // A file that became shorter: the HTTP library reports that too few bytes were sent.
      guard read > 0 else { return nil }
      offset += read
      return buffer
    }
  }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(part: self, offset: range.lowerBound) }

  /// The hash of its content.
  func hash(_ function: ContentHash.Function = .sha256) throws(ObjectStorageError) -> [UInt8] {
    var hash = ContentHash(function)
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Swift.min(FilePart.pieceSize, Swift.max(range.count, 1)), alignment: 16)
    defer { memory.deallocate() }
    var offset = range.lowerBound
    while offset < range.upperBound {
      let count = Swift.min(memory.count, range.upperBound - offset)
      let read = try file.read(into: .init(rebasing: memory[..<count]), at: offset)
      guard read > 0 else { break }
      hash.add(UnsafeRawBufferPointer(rebasing: memory[..<read]))
      offset += read
    }
    return hash.bytes()
  }
}
