import JSONCore

/// Verifies and reads the frames of messages.
///
/// The frames are counted first, then the signature is verified, then it is checked that it was
/// not seen before, and only then is anything parsed.
public struct MessageDecoder: Sendable {
  /// What stands between the routing frames and the message.
  static let delimiter = Array("<IDS|MSG>".utf8)
  private static let emptyObject = Array("{}".utf8)

  private let signer: MessageSigner?
  private var seen = SignatureMemory()

  /// The last parent header, as bytes and read: all that a cell outputs has the same one.
  private var lastParent: (bytes: [UInt8], header: MessageHeader?) = ([], nil)

  /// How many messages were dropped, by reason.
  public private(set) var rejected: [WireError.Code: Int] = [:]

  /// A decoder; without a signer signatures are not looked at.
  public init(signer: MessageSigner?) {
    self.signer = signer
  }

  /// Reads a message.
  ///
  /// - Throws: ``WireError`` when it cannot be trusted or read; it is counted in ``rejected``.
  public mutating func decode(_ frames: [some WireFrame]) throws(WireError) -> Message {
    do throws(WireError) {
      return try read(frames)
    } catch {
      rejected[error.code, default: 0] += 1
      throw error
    }
  }

  private mutating func read(_ frames: [some WireFrame]) throws(WireError) -> Message {
    let found = frames.firstIndex { frame in
      frame.withUnsafeBytes { $0.isSame(as: MessageDecoder.delimiter) }
    }
    guard let delimiter = found else { throw WireError(.missingDelimiter) }
    guard frames.count - delimiter > 5 else {
      throw WireError(.tooFewFrames, "\(frames.count - delimiter - 1) after the delimiter, not 5")
    }
    let first = delimiter + 2
    // All at once, because what works on bytes alone is compiled here, and what works on frames is
    // not: their type is another module's.
    let result = frames[first - 1].withUnsafeBytes { signature in
      frames[first].withUnsafeBytes { header in
        frames[first + 1].withUnsafeBytes { parent in
          frames[first + 2].withUnsafeBytes { metadata in
            frames[first + 3].withUnsafeBytes { content in
              read(
                Parts(
                  signature: signature, header: header, parent: parent, metadata: metadata,
                  content: content))
            }
          }
        }
      }
    }
    var message = try result.get()
    if delimiter > 0 {
      message.identities = frames[..<delimiter].map { $0.withUnsafeBytes { Array($0) } }
    }
    if frames.count > first + 4 {
      message.buffers = frames[(first + 4)...].map { $0.withUnsafeBytes { Array($0) } }
    }
    return message
  }

  /// The bytes of a message's parts.
  private struct Parts {
    var signature: UnsafeRawBufferPointer
    var header: UnsafeRawBufferPointer
    var parent: UnsafeRawBufferPointer
    var metadata: UnsafeRawBufferPointer
    var content: UnsafeRawBufferPointer
  }

  private mutating func read(_ parts: Parts) -> Result<Message, WireError> {
    Result { () throws(WireError) in
      try verify(parts)
      guard let header = MessageHeader(try json(parts.header, "header")),
        !header.messageType.rawValue.isEmpty
      else { throw WireError(.invalidHeader, "it must be an object with a msg_type") }
      return Message(
        header: header, parentHeader: try parent(parts.parent),
        metadata: try json(parts.metadata, "metadata").object ?? [:],
        content: try json(parts.content, "content"))
    }
  }

  private mutating func parent(_ bytes: UnsafeRawBufferPointer) throws(WireError)
    -> MessageHeader?
  {
    if !bytes.isSame(as: lastParent.bytes) {
      let header = MessageHeader(try json(bytes, "parent_header"))
      lastParent = (Array(bytes), header)
    }
    return lastParent.header
  }

  private mutating func verify(_ parts: Parts) throws(WireError) {
    guard let signer else { return }
    guard !parts.signature.isEmpty else { throw WireError(.unsigned) }
    let signed = (parts.header, parts.parent, parts.metadata, parts.content)
    guard signer.isSignature(parts.signature, of: signed) else {
      throw WireError(.invalidSignature)
    }
    guard seen.insert(parts.signature) else { throw WireError(.duplicateSignature) }
  }

  private func json(_ bytes: UnsafeRawBufferPointer, _ part: String) throws(WireError)
    -> JSONValue
  {
    // Some kernels send nothing for an empty object.
    if bytes.isEmpty || bytes.isSame(as: MessageDecoder.emptyObject) { return .object([:]) }
    do throws(JSONError) {
      return try JSONValue(parsing: bytes, options: JSONReadingOptions(repairsInvalidUTF8: true))
    } catch {
      throw WireError(.invalidJSON, "\(part): \(error)")
    }
  }
}

extension UnsafeRawBufferPointer {
  /// Whether these are the same bytes.
  fileprivate func isSame(as other: [UInt8]) -> Bool {
    guard count == other.count else { return false }
    return other.withUnsafeBytes { other in
      // Eight at a time: parents are compared for every message.
      let words = count / 8 * 8
      for place in stride(from: 0, to: words, by: 8)
      where loadUnaligned(fromByteOffset: place, as: UInt64.self)
        != other.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      {
        return false
      }
      return self[words...].elementsEqual(other[words...])
    }
  }
}
