import JSONCore

/// Verifies and reads the frames of messages.
///
/// The frames are counted first, then the signature is verified, then it is checked that it was
/// not seen before, and only then is anything parsed.
public struct MessageDecoder: Sendable {
  /// What stands between the routing frames and the message.
  static let delimiter = Array("<IDS|MSG>".utf8)

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

  private mutating func read<Frame: WireFrame>(_ frames: [Frame]) throws(WireError) -> Message {
    let found = frames.firstIndex { frame in
      frame.withUnsafeBytes { $0.elementsEqual(MessageDecoder.delimiter) }
    }
    guard let delimiter = found else { throw WireError(.missingDelimiter) }
    guard frames.count - delimiter > 5 else {
      throw WireError(.tooFewFrames, "\(frames.count - delimiter - 1) after the delimiter, not 5")
    }
    let first = delimiter + 2
    try verify(frames[delimiter + 1], frames[first...first + 3])

    guard let header = MessageHeader(try json(frames[first], "header")),
      !header.messageType.rawValue.isEmpty
    else { throw WireError(.invalidHeader, "it must be an object with a msg_type") }
    return Message(
      identities: frames[..<delimiter].map { $0.withUnsafeBytes { Array($0) } },
      header: header,
      parentHeader: try parent(frames[first + 1]),
      metadata: try json(frames[first + 2], "metadata").object ?? [:],
      content: try json(frames[first + 3], "content"),
      buffers: frames[(first + 4)...].map { $0.withUnsafeBytes { Array($0) } })
  }

  private mutating func parent(_ frame: some WireFrame) throws(WireError) -> MessageHeader? {
    let isSame = frame.withUnsafeBytes { $0.elementsEqual(lastParent.bytes) }
    if !isSame {
      let header = MessageHeader(try json(frame, "parent_header"))
      lastParent = (frame.withUnsafeBytes { Array($0) }, header)
    }
    return lastParent.header
  }

  private mutating func verify<Frame: WireFrame>(_ frame: Frame, _ parts: ArraySlice<Frame>)
    throws(WireError)
  {
    guard let signer else { return }
    let signature = frame.withUnsafeBytes { Array($0) }
    guard !signature.isEmpty else { throw WireError(.unsigned) }
    guard MessageSigner.areEqual(signature, signer.signature(of: parts)) else {
      throw WireError(.invalidSignature)
    }
    guard seen.insert(signature) else { throw WireError(.duplicateSignature) }
  }

  private func json(_ frame: some WireFrame, _ part: String) throws(WireError) -> JSONValue {
    let result = frame.withUnsafeBytes { bytes in
      Result { () throws(JSONError) in
        // Some kernels send nothing for an empty object.
        bytes.isEmpty
          ? .object([:])
          : try JSONValue(parsing: bytes, options: JSONReadingOptions(repairsInvalidUTF8: true))
      }
    }
    switch result {
    case .success(let value): return value
    case .failure(let error): throw WireError(.invalidJSON, "\(part): \(error)")
    }
  }
}
