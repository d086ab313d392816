import Benchmark
import JSONCore
import JupyterProtocol

/// Signing, encoding and decoding of messages with a number of bytes of text.
///
/// Each measurement handles many messages, because the clock is too coarse for one.
func addMessageBenchmarks(size: Int, count: Int) {
  let messages = Messages(size: size)
  let title = "\(count) messages of \(sizeText(size))"

  Benchmark("signing: \(title)") { benchmark in
    let encoder = MessageEncoder(signer: try Messages.signer())
    let parts = Array(encoder.encode(messages.stream(0)).suffix(4))
    benchmark.startMeasurement()
    for _ in 0..<count { blackHole(encoder.signature(of: parts)) }
    benchmark.stopMeasurement()
  }

  Benchmark("framing: encode and sign \(title)") { benchmark in
    let encoder = MessageEncoder(signer: try Messages.signer())
    let message = messages.stream(0)
    benchmark.startMeasurement()
    for _ in 0..<count { blackHole(encoder.encode(message)) }
    benchmark.stopMeasurement()
  }

  for isSigned in [true, false] {
    Benchmark("framing: decode \(isSigned ? "and verify " : "")\(title)") { benchmark in
      let signer = isSigned ? try Messages.signer() : nil
      let encoder = MessageEncoder(signer: signer)
      // Repeated messages are rejected, so each message has its own id, and each measurement its own decoder.
      let frames = (0..<count).map { encoder.encode(messages.stream($0)) }
      var decoder = MessageDecoder(signer: signer)
      benchmark.startMeasurement()
      for frames in frames { blackHole(try decoder.decode(frames)) }
      benchmark.stopMeasurement()
    }
  }
}

/// The messages that a kernel sends on iopub while a cell prints.
private struct Messages: Sendable {
  private let content: JSONValue
  private let session = Session(id: "5e55104", username: "kernel")
  private let parent: MessageHeader
  private static let date = "2026-01-01T00:00:00.000000Z"

  init(size: Int) {
    let line = "a line that a cell has printed, with \"quotes\" and its end\n"
    let text = String(repeating: line, count: size / line.utf8.count + 1).prefix(size)
    content = ["name": "stdout", "text": .init(String(text))]
    parent = Session(id: "c11e47", username: "user")
      .makeHeader("execute_request", number: 1, date: Messages.date)
  }

  func stream(_ number: Int) -> Message {
    Message(
      identities: [Array("stream".utf8)],
      header: session.makeHeader("stream", number: number, date: Messages.date),
      parentHeader: parent, content: content)
  }

  static func signer() throws -> MessageSigner {
    try MessageSigner(scheme: "hmac-sha256", key: Array("0123456789abcdef".utf8))
  }
}
