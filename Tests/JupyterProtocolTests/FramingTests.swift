import JSONCore
import JupyterProtocol
import Testing

@Suite("Framing")
struct FramingTests {
  @Test("reads messages of jupyter_client's Session, with every part")
  func reads() throws {
    let vectors = try TestFiles.vectors("messages")
    #expect(vectors.count == 15)
    for vector in vectors {
      let frames = try #require(vector["frames"]?.array).map { try bytes(hexadecimal: $0.string) }
      var decoder = MessageDecoder(signer: try signer(vector))
      let message = try decoder.decode(frames)
      #expect(message.header.messageID == vector["id"]?.string)
      #expect(message.header.messageType.rawValue == vector["type"]?.string)
      #expect(message.header.session == "0a1b")
      #expect(message.header.username == "user")
      #expect(message.header.version == "5.4")
      #expect(message.header.date == "2026-11-23T14:42:49.445020Z")
      #expect(message.header.additional.isEmpty)
      #expect(message.parentHeader?.messageID == vector["parent"]?.string)
      #expect(message.metadata == vector["metadata"]?.object)
      #expect(message.content == vector["content"])
      #expect(message.identities == (try list(vector["identities"])))
      #expect(message.buffers == (try list(vector["buffers"])))
      #expect(decoder.rejected.isEmpty)
    }
  }

  @Test("encodes a decoded message as the same message with a new signature")
  func writes() throws {
    for vector in try TestFiles.vectors("messages") {
      let frames = try #require(vector["frames"]?.array).map { try bytes(hexadecimal: $0.string) }
      let signer = try signer(vector)
      var decoder = MessageDecoder(signer: signer)
      let message = try decoder.decode(frames)
      let written = MessageEncoder(signer: signer).encode(message)
      #expect(written.count == frames.count)
      let again = try decoder.decode(written)
      #expect(again.header == message.header)
      #expect(again.parentHeader == message.parentHeader)
      #expect(again.metadata == message.metadata)
      #expect(again.content == message.content)
      #expect(again.identities == message.identities)
      #expect(again.buffers == message.buffers)
    }
  }

  @Test("writes an empty signature without a key, as jupyter_client does")
  func unsigned() {
    let frames = MessageEncoder(signer: nil).encode(Message("status", ["execution_state": "idle"]))
    #expect(frames[0] == Array("<IDS|MSG>".utf8))
    #expect(frames[1] == [])
    #expect(
      frames[2...].map { String(decoding: $0, as: UTF8.self) } == [
        #"{"msg_id":"k","msg_type":"status","username":"u","session":"s","version":"5.3"}"#, "{}",
        "{}", #"{"execution_state":"idle"}"#,
      ])
  }

  private func signer(_ vector: JSONValue) throws -> MessageSigner? {
    let key = Array(try #require(vector["key"]?.string).utf8)
    guard !key.isEmpty else { return nil }
    return try MessageSigner(scheme: try #require(vector["scheme"]?.string), key: key)
  }

  private func list(_ value: JSONValue?) throws -> [[UInt8]] {
    try #require(value?.array).map { try bytes(hexadecimal: $0.string) }
  }
}
