import Glibc
import JSONCore
import JupyterProtocol
import Synchronization
import SystemSupport
import ZeroMQ

/// Creates, signs and sends a kernel's messages, with faults on request.
///
/// It may be used on any thread.
final class Voice: Sendable {
  private struct State {
    var encoder: MessageEncoder
    var number = 0
    var statusesToLose: Int
  }

  private let session: Session
  private let sockets: [Channel: Socket]
  private let options: ScriptedKernelOptions
  private let state: Mutex<State>

  init(
    signer: MessageSigner?, sockets: [Channel: Socket], options: ScriptedKernelOptions
  ) {
    session = Session(username: "kernel")
    self.sockets = sockets
    self.options = options
    state = Mutex(
      State(encoder: MessageEncoder(signer: signer), statusesToLose: options.lostStatuses))
  }

  /// Sends a message.
  ///
  /// - Parameters:
  ///   - type: the message type.
  ///   - content: the message content.
  ///   - channel: the channel; on shell, control and stdin the message goes to the sender of the
  ///     parent.
  ///   - parent: the request that it belongs to.
  ///   - metadata: the message metadata.
  ///   - buffers: binary buffers.
  ///   - faults: the faults of the message.
  func send(
    _ type: MessageType, _ content: JSONValue, on channel: Channel, parent: Message?,
    metadata: JSONObject = [:], buffers: [[UInt8]] = [], faults: [Fault] = []
  ) {
    send(
      type, content, on: channel, identities: parent?.identities ?? [],
      parent: .object(parent?.header.json ?? [:]), metadata: metadata, buffers: buffers,
      faults: faults)
  }

  /// Sends a message with an arbitrary value as its parent.
  func send(
    _ type: MessageType, _ content: JSONValue, on channel: Channel, identities: [[UInt8]],
    parent: JSONValue, metadata: JSONObject = [:], buffers: [[UInt8]] = [], faults: [Fault] = []
  ) {
    guard let socket = sockets[channel] else { return }
    var routing = identities
    if channel == .iopub {
      routing = faults.contains(.noTopic) || options.topics == .none ? [] : [topic(type, content)]
    }
    let messages = state.withLock { state -> [[[UInt8]]] in
      if type == .status, state.statusesToLose > 0 {
        state.statusesToLose -= 1
        return []
      }
      state.number += 1
      let frames = self.frames(
        header: header(type, number: state.number, parent: parent), parent: parent,
        metadata: metadata, content: content, buffers: buffers, routing: routing, faults: faults,
        encoder: state.encoder)
      return faults.contains(.replay) ? [frames, frames] : [frames]
    }
    // Even an invalid message needs its routing frame, or it would not arrive anywhere.
    socket.send(messages: messages.map { $0.map { Frame($0) } })
  }

  /// Sends many streams or displays as fast as possible: each is a line with its number and
  /// padding.
  ///
  /// - Parameters:
  ///   - count: the number of messages.
  ///   - size: the number of bytes of text in each, at least 9.
  ///   - type: whether they are streams or displays.
  ///   - parent: the request that they belong to.
  func flood(_ count: Int, size: Int, as type: MessageType = .stream, parent: Message) {
    guard let socket = sockets[.iopub], count > 0 else { return }
    let mark = "@@@@@@@@"
    let (prefix, suffix) = split(
      JSONValue.object(
        session.makeHeader(type, number: 0, date: now()).json
      ).serialized(), at: "_0\"")
    let line = JSONValue(mark + "\n")
    let template: JSONValue =
      type == .stream
      ? ["name": "stdout", "text": line]
      : ["data": ["text/plain": line], "metadata": [:], "transient": [:]]
    let (textPrefix, end) = split(template.serialized(), at: mark)
    // Inserted as bytes: parsing and escaping a text of 100 MB would be the slowest part.
    let textSuffix = padding(size) + end
    let topic = Frame(topic(type, ["name": "stdout"]))
    // A queue of a few megabytes is enough to be fast.
    let batchSize = min(512, max(1, 4_000_000 / max(size, 1)))
    let delimiter = Frame(MessageEncoder.delimiter)
    let parentBytes = JSONValue.object(parent.header.json).serialized()
    let metadataBytes = Array("{}".utf8)
    let (parentFrame, metadataFrame) = (Frame(parentBytes), Frame(metadataBytes))

    var number = state.withLock { state in
      defer { state.number += count }
      return state.number
    }
    var index = 0
    while index < count {
      let end = min(index + batchSize, count)
      let batch = state.withLock { state in
        (index..<end).map { line -> [Frame] in
          number += 1
          let header = prefix + Array("_\(number)\"".utf8) + suffix
          let content = textPrefix + digits(line, mark.utf8.count) + textSuffix
          let signature = state.encoder.signature(
            of: [header, parentBytes, metadataBytes, content])
          return [
            topic, delimiter, Frame(signature), Frame(header), parentFrame, metadataFrame,
            Frame(content),
          ]
        }
      }
      socket.send(messages: batch)
      index = end
    }
  }

  // MARK: Parts

  private func header(_ type: MessageType, number: Int, parent: JSONValue) -> JSONValue {
    var header = session.makeHeader(type, number: number, date: now())
    if options.echoesSession {
      return .object(
        MessageHeader(
          messageID: header.messageID, session: parent["session"]?.string ?? header.session,
          username: parent["username"]?.string ?? header.username, date: header.date,
          messageType: type, version: header.version
        ).json)
    }
    if let date = options.date { header.date = date.isEmpty ? nil : date }
    return .object(header.json)
  }

  private func frames(
    header: JSONValue, parent: JSONValue, metadata: JSONObject, content: JSONValue,
    buffers: [[UInt8]], routing: [[UInt8]], faults: [Fault], encoder: MessageEncoder
  ) -> [[UInt8]] {
    var (header, parent, content) = (header, parent, content)
    for fault in faults { fault.apply(header: &header, parent: &parent, content: &content) }
    var contentBytes = content.serialized()
    for fault in faults { fault.apply(content: &contentBytes) }
    let parts = [
      header.serialized(), parent.serialized(), JSONValue.object(metadata).serialized(),
      contentBytes,
    ]
    var signature = encoder.signature(of: parts)
    var frames = [MessageEncoder.delimiter]
    for fault in faults {
      switch fault {
      case .badSignature: signature = [UInt8](repeating: UInt8(ascii: "0"), count: 64)
      case .shortSignature: signature = Array(signature.prefix(2))
      case .unsigned: signature = []
      case .noDelimiter: frames = []
      default: break
      }
    }
    frames += [signature] + parts + buffers
    if faults.contains(.fewFrames) { frames.removeLast() }
    if faults.contains(.delimiterOnly) { frames = [MessageEncoder.delimiter] }
    if faults.contains(.emptyFrame) { frames = [[]] }
    return routing + frames
  }

  private func topic(_ type: MessageType, _ content: JSONValue) -> [UInt8] {
    switch options.topics {
    case .none: []
    case .type: Array(type.rawValue.utf8)
    case .kernel:
      type == .stream
        ? Array("stream.\(content["name"]?.string ?? "")".utf8)
        : Array("kernel.\(session.id).\(type.rawValue)".utf8)
    }
  }

  private func split(_ bytes: [UInt8], at mark: String) -> ([UInt8], [UInt8]) {
    let mark = Array(mark.utf8)
    for index in bytes.indices.dropLast(mark.count - 1)
    where bytes[index..<index + mark.count].elementsEqual(mark) {
      return (Array(bytes[..<index]), Array(bytes[(index + mark.count)...]))
    }
    preconditionFailure("a template without its mark")
  }

  /// The padding of a line between its number and its end.
  private func padding(_ size: Int) -> [UInt8] {
    guard size > 9 else { return [] }
    var bytes = [UInt8](repeating: UInt8(ascii: "x"), count: size - 9)
    bytes[0] = UInt8(ascii: " ")
    return bytes
  }

  private func digits(_ number: Int, _ width: Int) -> [UInt8] {
    let digits = Array(String(number).utf8)
    return [UInt8](repeating: UInt8(ascii: "0"), count: max(width - digits.count, 0)) + digits
  }

  private func now() -> String {
    MessageDate.text(nanoseconds: wallClockNanoseconds())
  }
}
