import NIOCore

/// A part of a file between bytes, as the body of a form: memory does not depend on its size.
struct FramedPart: Sendable, AsyncSequence {
  typealias Element = ByteBuffer

  let head: [UInt8]
  let part: FilePart
  let tail: [UInt8]

  struct AsyncIterator: AsyncIteratorProtocol {
    var head: [UInt8]?
    var part: FilePart.AsyncIterator
    var tail: [UInt8]?

    mutating func next() async throws -> ByteBuffer? {
      if let bytes = head {
        head = nil
        return ByteBuffer(bytes: bytes)
      }
      if let piece = try await part.next() { return piece }
      defer { tail = nil }
      return tail.map { ByteBuffer(bytes: $0) }
    }
  }

  func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(head: head, part: part.makeAsyncIterator(), tail: tail)
  }
}
