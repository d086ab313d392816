import JSONCore

/// Verifies and decodes the frames of messages.
///
/// It counts the frames, verifies the signature, checks that the signature is new, and only then
/// parses anything.
public struct MessageDecoder: Sendable {
  /// The frame between the routing frames and the message.
  static let delimiter = Array("<IDS|MSG>".utf8)
  private static let emptyObject = Array("{}".utf8)

  private let signer: MessageSigner?
  private var seen = SignatureMemory()

  /// The last parent header, as bytes and decoded, because all outputs of a cell have the same one.
  private var lastParent: (bytes: [UInt8], header: MessageHeader?) = ([], nil)

  /// The number of dropped messages, by reason.
  public private(set) var rejected: [WireError.Code: Int] = [:]

  /// Creates a decoder; without a signer signatures are ignored.
  public init(signer: MessageSigner?) {
    self.signer = signer
  }

  /// Decodes a message.
  ///
  /// - Parameter frames: the message's frames.
  /// - Throws: ``WireError`` if it cannot be trusted or decoded; it is counted in ``rejected``.
  public mutating func decode(_ frames: [UnsafeRawBufferPointer]) throws(WireError) -> Message {
    do throws(WireError) {
      return try read(frames)
    } catch {
      rejected[error.code, default: 0] += 1
      throw error
    }
  }

  /// Decodes a message whose frames are arrays.
  ///
  /// - Throws: ``WireError``, like the other overload.
  public mutating func decode(_ frames: [[UInt8]]) throws(WireError) -> Message {
    let result = Array(frames.joined()).withUnsafeBytes { bytes in
      var rest = bytes[...]
      let parts = frames.map { frame in
        defer { rest = rest.dropFirst(frame.count) }
        return UnsafeRawBufferPointer(rebasing: rest.prefix(frame.count))
      }
      return Result { () throws(WireError) in try decode(parts) }
    }
    return try result.get()
  }

  private mutating func read(_ frames: [UnsafeRawBufferPointer]) throws(WireError) -> Message {
    guard let delimiter = frames.firstIndex(where: { $0.isSame(as: MessageDecoder.delimiter) })
    else { throw WireError(.missingDelimiter) }
    guard frames.count - delimiter > 5 else {
      throw WireError(.tooFewFrames, "\(frames.count - delimiter - 1) after the delimiter, not 5")
    }
    let first = delimiter + 2
    let parts = Parts(
      signature: frames[first - 1], header: frames[first], parent: frames[first + 1],
      metadata: frames[first + 2], content: frames[first + 3])
    try verify(parts)
    guard let header = try header(parts.header, "header"),
      !header.messageType.rawValue.isEmpty
    else { throw WireError(.invalidHeader, "it must be an object with a msg_type") }
    return Message(
      identities: frames[..<delimiter].map { Array($0) },
      header: header, parentHeader: try parent(parts.parent),
      metadata: try json(parts.metadata, "metadata").object ?? [:],
      content: try json(parts.content, "content"),
      buffers: frames[(first + 4)...].map { Array($0) })
  }

  /// The bytes of a message's parts.
  private struct Parts {
    var signature: UnsafeRawBufferPointer
    var header: UnsafeRawBufferPointer
    var parent: UnsafeRawBufferPointer
    var metadata: UnsafeRawBufferPointer
    var content: UnsafeRawBufferPointer
  }

  private mutating func parent(_ bytes: UnsafeRawBufferPointer) throws(WireError)
    -> MessageHeader?
  {
    if !bytes.isSame(as: lastParent.bytes) {
      let header = try header(bytes, "parent_header")
      lastParent = (Array(bytes), header)
    }
    return lastParent.header
  }

  private func header(_ bytes: UnsafeRawBufferPointer, _ part: String) throws(WireError)
    -> MessageHeader?
  {
    // Some kernels send an empty frame for an empty object.
    if bytes.isEmpty { return nil }
    do throws(JSONError) {
      let options = JSONReadingOptions(repairsInvalidUTF8: true)
      return MessageHeader(try JSONIndex(bytes, options: options), in: bytes)
    } catch {
      throw WireError(.invalidJSON, "\(part): \(error)")
    }
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
    // Some kernels send an empty frame for an empty object.
    if bytes.isEmpty || bytes.isSame(as: MessageDecoder.emptyObject) { return .object([:]) }
    do throws(JSONError) {
      return try JSONValue(parsing: bytes, options: JSONReadingOptions(repairsInvalidUTF8: true))
    } catch {
      throw WireError(.invalidJSON, "\(part): \(error)")
    }
  }
}

extension UnsafeRawBufferPointer {
  /// Whether the bytes are equal.
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
