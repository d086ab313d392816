import Glibc
import JSONCore
import JupyterProtocol
import KernelTesting
import RealKernels

/// The messages of a probe of a real kernel, as recorded in ../shared/corpus/transcripts.
struct Transcript {
  static let folder = RealKernels.repositoryRoot + "/../shared/corpus/transcripts"
  static let isThere = access(folder, R_OK) == 0

  /// A message that was sent or received.
  struct Entry {
    var isSent: Bool
    var channel: Channel
    var message: Message
    var time: Duration
  }

  var entries: [Entry] = []

  init(_ kernel: String) throws {
    let bytes = try readFile("\(Self.folder)/\(kernel).jsonl")
    for line in bytes.split(separator: 0x0A) {
      let json = try JSONValue(parsing: Array(line))
      // Long runs of stream messages are truncated; a line contains their number.
      guard let header = json["header"].flatMap({ MessageHeader($0) }) else { continue }
      guard let channel = Channel(rawValue: json["ch"]?.string ?? "") else { continue }
      entries.append(
        Entry(
          isSent: json["dir"] == "send", channel: channel,
          message: Message(
            header: header, parentHeader: json["parent"].flatMap { MessageHeader($0) },
            metadata: json["metadata"]?.object ?? [:], content: json["content"] ?? [:]),
          time: .seconds(json["t"]?.double ?? 0)))
    }
  }

  /// The ids of the execute requests.
  var requests: [String] {
    entries.filter { $0.isSent && $0.message.header.messageType == .executeRequest }
      .map(\.message.header.messageID)
  }

  /// The received messages, in order.
  var received: [Entry] { entries.filter { !$0.isSent } }
}
