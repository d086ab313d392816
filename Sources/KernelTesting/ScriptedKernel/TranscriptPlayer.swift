import Glibc
import JSONCore
import JupyterProtocol

/// Plays a recorded conversation: answers each request as the recorded kernel answered the next
/// recorded one of its type.
///
/// A transcript has one JSON object per line: `dir` (send or recv), `ch`, `topic`, `header`,
/// `parent`, `parent_raw`, `metadata`, `content`, `nbuf`. A request to run code is matched with the
/// next recorded one with the same code, or else with the next one. Messages without a parent are
/// sent with the request that they followed. Times are not kept.
final class TranscriptPlayer {
  private struct Entry {
    var isSent: Bool
    var channel: Channel
    var header: JSONValue
    var parentID: String?
    var hasNullParent: Bool
    var metadata: JSONObject
    var content: JSONValue
    var bufferCount: Int

    var type: String { header["msg_type"]?.string ?? "" }

    init?(_ json: JSONValue) {
      guard let direction = json["dir"]?.string, let name = json["ch"]?.string,
        let channel = Channel(rawValue: name)
      else { return nil }
      isSent = direction == "send"
      self.channel = channel
      header = json["header"] ?? [:]
      parentID = json["parent"]?["msg_id"]?.string
      hasNullParent = json["parent_raw"]?.string == "null"
      metadata = json["metadata"]?.object ?? [:]
      content = json["content_null"]?.bool == true ? nil : json["content"] ?? [:]
      bufferCount = json["nbuf"]?.int ?? 0
    }
  }

  private let entries: [Entry]
  private let voice: Voice
  private var position = 0

  private init(_ entries: [Entry], _ voice: Voice) {
    self.entries = entries
    self.voice = voice
  }

  static func load(_ path: String, _ voice: Voice) -> TranscriptPlayer {
    do {
      let lines = try readFile(path).split(separator: UInt8(ascii: "\n"))
      return TranscriptPlayer(
        try lines.compactMap { Entry(try JSONValue(parsing: Array($0))) }, voice)
    } catch {
      writeLine("scripted-kernel: \(path): \(error)", to: STDERR_FILENO)
      exit(2)
    }
  }

  func run(
    shell: BlockingQueue<Message>, control: BlockingQueue<(Message, Channel)>,
    stdin: BlockingQueue<Message>, kernel: ScriptedKernel
  ) -> Never {
    // One thread serves both channels, in the order in which requests arrive.
    startThread { while true { shell.put(control.take().0.marked(as: .control)) } }
    for entry in entries.prefix(while: { !$0.isSent }) { say(entry, to: nil) }
    while true {
      let request = shell.take()
      let isControl = request.metadata["channel"]?.string == Channel.control.rawValue
      answer(request, on: isControl ? .control : .shell, stdin, kernel)
    }
  }

  private func answer(
    _ request: Message, on channel: Channel, _ stdin: BlockingQueue<Message>,
    _ kernel: ScriptedKernel
  ) {
    let type = request.header.messageType.rawValue
    let candidates = entries.indices[position...].filter {
      entries[$0].isSent && entries[$0].type == type
        && (entries[$0].channel == channel || type != "kernel_info_request")
    }
    let code = request.content["code"]
    guard
      let index = candidates.first(where: { entries[$0].content["code"] == code })
        ?? candidates.first ?? repeated(type, channel)
    else {
      voice.send(.status, ["execution_state": "busy"], on: .iopub, parent: request)
      voice.send(.status, ["execution_state": "idle"], on: .iopub, parent: request)
      if type == "shutdown_request" { kernel.leave(.exit(0)) }
      return
    }
    position = max(position, index + 1)
    let id = entries[index].header["msg_id"]?.string
    var isBeforeNext = true
    for (offset, entry) in entries[(index + 1)...].enumerated() {
      if entry.isSent {
        isBeforeNext = isBeforeNext && entry.type == "input_reply"
        continue
      }
      guard entry.parentID == id || (entry.parentID == nil && isBeforeNext) else { continue }
      say(entry, to: request)
      if entry.type == "input_request",
        entries[(index + 2 + offset)...].first(where: \.isSent)?.type == "input_reply"
      {
        _ = stdin.take()
      }
    }
    if type == "shutdown_request" { kernel.leave(.exit(0)) }
  }

  /// A client may request the kernel's description more often than the recorded one did.
  private func repeated(_ type: String, _ channel: Channel) -> Int? {
    guard type == "kernel_info_request" else { return nil }
    return entries.indices.first {
      entries[$0].isSent && entries[$0].type == type && entries[$0].channel == channel
    }
  }

  private func say(_ entry: Entry, to request: Message?) {
    let parent: JSONValue =
      entry.hasNullParent
      ? nil : .object(entry.parentID == nil ? [:] : request?.header.json ?? [:])
    voice.send(
      MessageType(rawValue: entry.type), entry.content, on: entry.channel,
      identities: request?.identities ?? [], parent: parent, metadata: entry.metadata,
      buffers: [[UInt8]](repeating: [], count: entry.bufferCount))
  }
}

extension Message {
  /// The message, marked with the channel on which it arrived.
  fileprivate func marked(as channel: Channel) -> Message {
    var message = self
    message.metadata["channel"] = .init(channel.rawValue)
    return message
  }
}
