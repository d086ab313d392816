import JSONCore

/// Makes the frames of messages.
public struct MessageEncoder: Sendable {
  private let signer: MessageSigner?

  /// An encoder; without a signer the signature frame stays empty.
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
    let signature = signer?.signature(of: parts[...]) ?? []
    return message.identities + [MessageDecoder.delimiter, signature] + parts + message.buffers
  }
}
