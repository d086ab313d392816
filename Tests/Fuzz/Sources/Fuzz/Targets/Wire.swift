import JSONCore
import JupyterProtocol

extension FuzzTarget {
  /// Frames of a message, split at 0xFF.
  ///
  /// A message that is read and written is the same message; with a key, only messages signed with
  /// it are read, and only once.
  static let wire = FuzzTarget(name: "wire") { input in
    let frames = input.parts
    if let signer = try? MessageSigner(scheme: "hmac-sha256", key: Array("a key".utf8)) {
      var decoder = MessageDecoder(signer: signer)
      require((try? decoder.decode(frames)) == nil, "a message with a foreign signature is refused")
      checkSigned(frames, signer)
    }
    var decoder = MessageDecoder(signer: nil)
    guard let message = try? decoder.decode(frames) else {
      require(decoder.rejected.values.reduce(0, +) == 1, "a refused message is counted")
      return
    }
    let again = required("a message that was read can be written and read again") {
      try decoder.decode(MessageEncoder(signer: nil).encode(message))
    }
    require(again.header == message.header, "the header stays")
    require(again.parentHeader == message.parentHeader, "the parent stays")
    require(again.metadata == message.metadata, "the metadata stay")
    require(again.content == message.content, "the content stays")
    require(again.identities == message.identities, "the identities stay")
    require(again.buffers == message.buffers, "the buffers stay")
    readContent(of: message)
  }

  private static func checkSigned(_ frames: [[UInt8]], _ signer: MessageSigner) {
    guard frames.count >= 4 else { return }
    let parts = Array(frames.suffix(4))
    let encoder = MessageEncoder(signer: signer)
    let signature = encoder.signature(of: parts)
    let signed = [MessageEncoder.delimiter, signature] + parts
    var decoder = MessageDecoder(signer: signer)
    let isRead = (try? decoder.decode(signed)) != nil
    require((try? decoder.decode(signed)) == nil, "no message is taken twice")
    guard isRead else { return }
    var changed = signed
    changed[5].append(UInt8(ascii: " "))
    var other = MessageDecoder(signer: signer)
    require((try? other.decode(changed)) == nil, "changed content is refused")
  }

  private static func readContent(of message: Message) {
    _ = IOPubContent(message)
    _ = ExecuteReply(content: message.content)
    _ = KernelInfoReply(content: message.content)
    _ = InputRequest(message.content)
    guard let date = message.header.date, let normal = MessageDate.normalized(date) else { return }
    require(MessageDate.normalized(normal) == normal, "a normalized date is normal")
  }
}
