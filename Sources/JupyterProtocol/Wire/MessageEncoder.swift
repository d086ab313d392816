import JSONCore

/// Encodes messages as frames.
public struct MessageEncoder: Sendable {
  private let signer: MessageSigner?

  /// Creates an encoder; without a signer the signature frame is empty.
  public init(signer: MessageSigner?) {
    self.signer = signer
  }

  /// The frames of a message: identities, delimiter, signature, four JSON parts, buffers.
  public func encode(_ message: Message) -> [[UInt8]] {
    let parts = [
      JSONValue.object(message.header.json).serialized(),
      JSONValue.object(message.parentHeader?.json ?? [:]).serialized(),
      JSONValue.object(message.metadata).serialized(),
      message.content.serialized(),
    ]
    return message.identities + [MessageEncoder.delimiter, signature(of: parts)] + parts
      + message.buffers
  }

  /// The frame between the routing frames and the message.
  public static let delimiter = MessageDecoder.delimiter

  /// The signature frame for serialized parts; empty without a signer.
  ///
  /// - Parameter parts: header, parent header, metadata and content, as they will be sent.
  public func signature(of parts: [[UInt8]]) -> [UInt8] {
    signer?.signature(of: parts[...]) ?? []
  }
}
