import JSONCore
import JupyterProtocol
import Testing

@Suite("The decoder")
struct DecoderTests {
  static func makeSigner() throws -> MessageSigner {
    try MessageSigner(scheme: "hmac-sha256", key: Array("key".utf8))
  }

  /// The frames of a valid message, signed with the key of ``makeSigner()``.
  static func frames(_ number: Int = 0) throws -> [[UInt8]] {
    var message = Message(.stream, ["name": "stdout", "text": .init("line \(number)")])
    message.identities = [Array("stream.stdout".utf8)]
    message.buffers = [[1, 2, 3]]
    return MessageEncoder(signer: try makeSigner()).encode(message)
  }

  private func code(_ frames: [[UInt8]], _ decoder: inout MessageDecoder) -> WireError.Code? {
    do {
      _ = try decoder.decode(frames)
      return nil
    } catch {
      return error.code
    }
  }

  @Test("counts frames and finds the delimiter first", arguments: 0...7)
  func tooFew(count: Int) throws {
    var decoder = MessageDecoder(signer: try DecoderTests.makeSigner())
    let expected: WireError.Code? =
      count < 2 ? .missingDelimiter : count < 7 ? .tooFewFrames : nil
    #expect(code(Array(try DecoderTests.frames().prefix(count)), &decoder) == expected)
    #expect(decoder.rejected == (expected.map { [$0: 1] } ?? [:]))
  }

  @Test("rejects a message if any signed byte differs", arguments: 3...6)
  func tampered(part: Int) throws {
    var decoder = MessageDecoder(signer: try DecoderTests.makeSigner())
    var frames = try DecoderTests.frames()
    frames[part].append(UInt8(ascii: " "))
    #expect(code(frames, &decoder) == .invalidSignature)
    // Rejected messages are not remembered: the valid one is still accepted.
    #expect(code(try DecoderTests.frames(), &decoder) == nil)
  }

  @Test(
    "rejects a message if bytes moved from one part to the next, unless the parts are then equal")
  func shifted() throws {
    // The signature covers the parts without separators. This is a weakness of the protocol: the
    // signed bytes are the same, but the parts are not JSON.
    var decoder = MessageDecoder(signer: try DecoderTests.makeSigner())
    var frames = try DecoderTests.frames()
    frames[4].insert(frames[3].removeLast(), at: 0)
    #expect(code(frames, &decoder) == .invalidJSON)
  }

  @Test("rejects unsigned and wrongly signed messages before parsing them")
  func unsigned() throws {
    var decoder = MessageDecoder(signer: try DecoderTests.makeSigner())
    var frames = try DecoderTests.frames()
    frames[3] = Array("not JSON".utf8)
    frames[2] = []
    #expect(code(frames, &decoder) == .unsigned)
    frames[2] = Array("0f".utf8)
    #expect(code(frames, &decoder) == .invalidSignature)
    frames[2] = [UInt8](repeating: UInt8(ascii: "0"), count: 64)
    #expect(code(frames, &decoder) == .invalidSignature)
    frames[2] = [UInt8](repeating: 0xFF, count: 1 << 20)
    #expect(code(frames, &decoder) == .invalidSignature)
    #expect(decoder.rejected == [.unsigned: 1, .invalidSignature: 3])
  }

  @Test("accepts signatures in lower case only")
  func upperCase() throws {
    var decoder = MessageDecoder(signer: try DecoderTests.makeSigner())
    var frames = try DecoderTests.frames()
    frames[2] = Array(String(decoding: frames[2], as: UTF8.self).uppercased().utf8)
    #expect(code(frames, &decoder) == .invalidSignature)
  }

  @Test("rejects a message that is sent again, even with other unsigned frames")
  func replayed() throws {
    var decoder = MessageDecoder(signer: try DecoderTests.makeSigner())
    let frames = try DecoderTests.frames()
    #expect(code(frames, &decoder) == nil)
    #expect(code(frames, &decoder) == .duplicateSignature)
    #expect(code(Array(frames.dropFirst()), &decoder) == .duplicateSignature)
    #expect(code(frames + [[9]], &decoder) == .duplicateSignature)
    #expect(code(try DecoderTests.frames(1), &decoder) == nil)
    #expect(decoder.rejected == [.duplicateSignature: 3])
  }

  @Test("ignores signatures and accepts repeated messages if there is no key")
  func noKey() throws {
    var decoder = MessageDecoder(signer: nil)
    let frames = try DecoderTests.frames()
    for _ in 1...3 { #expect(code(frames, &decoder) == nil) }
  }

  @Test(
    "names the part that is not JSON, with the place",
    arguments: [(3, "header"), (4, "parent_header"), (5, "metadata"), (6, "content")])
  func invalidJSON(part: Int, name: String) throws {
    var decoder = MessageDecoder(signer: nil)
    var frames = try DecoderTests.frames()
    frames[part] = Array(#"{"a": }"#.utf8)
    #expect {
      try decoder.decode(frames)
    } throws: { error in
      let error = error as? WireError
      return error?.code == .invalidJSON
        && error?.description.contains("\(name): line 1, column 7") == true
    }
  }

  @Test(
    "rejects a header without a type",
    arguments: ["{}", "[]", "null", "7", #""stream""#, #"{"msg_id": "1"}"#, #"{"msg_type": 1}"#])
  func invalidHeader(header: String) throws {
    var decoder = MessageDecoder(signer: nil)
    var frames = try DecoderTests.frames()
    frames[3] = Array(header.utf8)
    #expect(code(frames, &decoder) == .invalidHeader)
  }

  @Test(
    "accepts every form of an empty object: null, an empty object, an empty frame",
    arguments: ["null", "{}", ""])
  func nothing(text: String) throws {
    var decoder = MessageDecoder(signer: nil)
    var frames = try DecoderTests.frames()
    for part in 4...6 { frames[part] = Array(text.utf8) }
    let message = try decoder.decode(frames)
    #expect(message.parentHeader == nil)
    #expect(message.metadata.isEmpty)
    #expect(message.content == (text == "null" ? .null : [:]))
  }

  @Test("accepts NaN, bytes that are not UTF-8 and lone surrogates, as Python does")
  func lenient() throws {
    var decoder = MessageDecoder(signer: nil)
    var frames = try DecoderTests.frames()
    frames[6] = Array(#"{"x": NaN, "y": -Infinity, "s": "\ud800", "b": "a"#.utf8) + [0xFF]
    frames[6] += Array(#"b"}"#.utf8)
    let content = try decoder.decode(frames).content
    #expect(content["x"]?.double?.isNaN == true)
    #expect(content["y"]?.double == -.infinity)
    if case .string(let text) = content["s"] { #expect(text.hasLoneSurrogates) }
    #expect(content["s"]?.string?.contains("\u{FFFD}") == true)
    #expect(content["b"]?.string == "a\u{FFFD}b")
  }

  @Test("rejects JSON nested deeply enough to overflow a stack", arguments: ["[", #"{"a":"#])
  func nested(opening: String) throws {
    var decoder = MessageDecoder(signer: nil)
    var frames = try DecoderTests.frames()
    frames[6] = Array(String(repeating: opening, count: 1_000_000).utf8)
    #expect(code(frames, &decoder) == .invalidJSON)
    frames[3] = frames[6]
    #expect(code(frames, &decoder) == .invalidJSON)
  }

  @Test("does not use one message's parent for the next message")
  func parents() throws {
    var decoder = MessageDecoder(signer: nil)
    let encoder = MessageEncoder(signer: nil)
    let parents = ["a", "a", "b", nil, "b", "b", nil, nil, "a"]
    let ids = try parents.map { parent in
      try decoder.decode(encoder.encode(Message(.stream, parent: parent))).parentHeader?.messageID
    }
    #expect(ids == parents)
    // An invalid parent is not replaced by the last one either.
    var frames = encoder.encode(Message(.stream, parent: "c"))
    frames[3] = Array("{".utf8)
    for _ in 1...2 { #expect(code(frames, &decoder) == .invalidJSON) }
  }

  @Test("treats a delimiter among the buffers as a buffer")
  func delimiterAsBuffer() throws {
    var decoder = MessageDecoder(signer: try DecoderTests.makeSigner())
    let message = try decoder.decode(try DecoderTests.frames() + [Array("<IDS|MSG>".utf8)])
    #expect(message.buffers == [[1, 2, 3], Array("<IDS|MSG>".utf8)])
  }

  @Test("rejects a forged delimiter before the real one")
  func secondDelimiter() throws {
    var decoder = MessageDecoder(signer: try DecoderTests.makeSigner())
    #expect(
      code([Array("<IDS|MSG>".utf8)] + (try DecoderTests.frames()), &decoder) == .invalidSignature)
  }
}
