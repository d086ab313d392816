import JSONCore

/// Verifies and reads the frames of messages.
///
/// The frames are counted first, then the signature is verified, then it is checked that it was
/// not seen before, and only then is anything parsed.
public struct MessageDecoder: Sendable {
  /// What stands between the routing frames and the message.
  static let delimiter = Array("<IDS|MSG>".utf8)

  /// How many signatures are remembered, as in jupyter_client.
  private static let memory = 65_536

  private let signer: MessageSigner?
  private var seen: Set<[UInt8]> = []
  private var order: [[UInt8]] = []
  private var oldest = 0

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
    let parts = Array(frames[delimiter + 2...delimiter + 5])
    try verify(frames[delimiter + 1], parts)

    guard let header = MessageHeader(try json(parts[0], "header")),
      !header.messageType.rawValue.isEmpty
    else { throw WireError(.invalidHeader, "it must be an object with a msg_type") }
    return Message(
      identities: frames[..<delimiter].map { $0.withUnsafeBytes { Array($0) } },
      header: header,
      parentHeader: MessageHeader(try json(parts[1], "parent_header")),
      metadata: try json(parts[2], "metadata").object ?? [:],
      content: try json(parts[3], "content"),
      buffers: frames[(delimiter + 6)...].map { $0.withUnsafeBytes { Array($0) } })
  }

  private mutating func verify<Frame: WireFrame>(_ frame: Frame, _ parts: [Frame])
    throws(WireError)
  {
    guard let signer else { return }
    let signature = frame.withUnsafeBytes { Array($0) }
    guard !signature.isEmpty else { throw WireError(.unsigned) }
    guard MessageSigner.areEqual(signature, signer.signature(of: parts)) else {
      throw WireError(.invalidSignature)
    }
    guard seen.insert(signature).inserted else { throw WireError(.duplicateSignature) }
    // A ring: the oldest makes room, so that the memory is bounded.
    if order.count < MessageDecoder.memory {
      order.append(signature)
    } else {
      seen.remove(order[oldest])
      order[oldest] = signature
      oldest = (oldest + 1) % MessageDecoder.memory
    }
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
