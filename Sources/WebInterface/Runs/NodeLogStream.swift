import Glibc
import JSONCore
import RunEvents
import RunRecord
import RunViews
import SystemSupport

/// Streams the output of a node: its log so far, and then each piece as it comes.
struct NodeLogStream: Sendable {
  /// The size of a piece, in bytes.
  private static let pieceBytes = 64 << 10
  /// How often to look for more.
  private static let interval = Duration.milliseconds(150)
  /// After how many looks without more to show that the connection is alive.
  private static let heartbeat = 100

  private let node: RunNode

  init(_ node: RunNode) {
    self.node = node
  }

  /// Sends the log as events.
  ///
  /// - Parameters:
  ///   - from: the offset of the first byte.
  ///   - tail: instead, how many bytes at the end are sent first, in complete lines.
  func send(to sink: any ByteSink, from: Int, tail: Int?) async throws {
    try await sink.write(ServerSentEvent.heartbeat)
    var source = Source(node)
    if let tail { try source.skip(keeping: tail) } else { source.skip(to: from) }
    var quiet = 0
    while true {
      // Asked before reading, so that everything from before the end is read.
      let now = await onOwnThread { [node] in node.now }
      let isLast = now.hasEnded
      source.open(now.log)
      let (from, bytes) = try source.next(NodeLogStream.pieceBytes, isLast: isLast)
      if !bytes.isEmpty {
        quiet = 0
        try await sink.send(
          [
            "text": .init(String(decoding: bytes, as: UTF8.self)), "from": .init(from),
            "to": .init(from + bytes.count),
          ], id: "\(from + bytes.count)")
      } else if isLast {
        return try await sink.send(["to": .init(from)], event: "end")
      } else {
        quiet += 1
        if quiet % NodeLogStream.heartbeat == 0 {
          try await sink.write(ServerSentEvent.heartbeat)
        }
        try await Task.sleep(for: NodeLogStream.interval)
      }
    }
  }

  /// Writes the log as it is now.
  func copy(to sink: any ByteSink) async throws {
    var source = Source(node)
    while true {
      let (_, bytes) = try source.next(NodeLogStream.pieceBytes, isLast: true)
      guard !bytes.isEmpty else { return }
      try await sink.write(bytes)
    }
  }
}

/// Where the output of a node is read.
private struct Source {
  private var file: LogDescriptor?
  /// For a notebook's run: its events.
  private var events: RunLogReader?
  private var pending: ArraySlice<UInt8> = []
  private var offset = 0
  private var skipped = 0
  /// The most bytes of the end of an output that are kept in memory.
  private static let mostKept = 64 << 20

  init(_ node: RunNode) {
    if node.node == nil { events = try? RunLogReader(node.run.folder) }
    open(node.node?.log)
  }

  /// Opens the log of a pipeline's node, once it has one.
  mutating func open(_ path: String?) {
    if file == nil, let path { file = LogDescriptor(path) }
  }

  /// Begins at an offset.
  mutating func skip(to offset: Int) { skipped = max(0, offset) }

  /// Begins with the last bytes, at the beginning of a line.
  mutating func skip(keeping count: Int) throws {
    if events != nil {
      try fill(keeping: max(0, min(count, Source.mostKept)))
      return
    }
    guard let file else { return }
    let start = max(0, file.size - max(0, count))
    guard start > 0 else { return }
    // The byte before shows whether a line begins.
    skipped = start - 1 + Source.rest(ofLine: file.read(at: start - 1, 1 << 16)[...])
  }

  /// How many bytes the line has in which a text begins, with its end; all if it does not end.
  private static func rest(ofLine text: ArraySlice<UInt8>) -> Int {
    text.firstIndex(of: 0x0A).map { $0 + 1 - text.startIndex } ?? text.count
  }

  /// The next bytes, which end with a complete character unless they are the last.
  mutating func next(_ most: Int, isLast: Bool) throws -> (from: Int, bytes: [UInt8]) {
    if events != nil {
      try fill(most)
      let whole = Source.complete(pending.prefix(most), isLast: isLast && pending.count <= most)
      defer {
        pending.removeFirst(whole.count)
        offset += whole.count
      }
      return (offset, whole)
    }
    if offset < skipped { offset = min(skipped, file?.size ?? 0) }
    guard let file else { return (offset, []) }
    let bytes = file.read(at: offset, most)
    let whole = Source.complete(bytes[...], isLast: isLast && bytes.count < most)
    defer { offset += whole.count }
    return (offset, whole)
  }

  /// Reads events until there is enough text.
  private mutating func fill(_ most: Int) throws {
    while pending.count < most, let update = try events?.poll() {
      guard case .event(let event) = update, case .text(_, _, let text) = event.kind else {
        continue
      }
      pending += text.utf8
      drop(skipped - offset)
    }
  }

  /// Reads all events so far, and keeps the end of their text, from the beginning of a line on.
  private mutating func fill(keeping count: Int) throws {
    while let update = try events?.poll() {
      guard case .event(let event) = update, case .text(_, _, let text) = event.kind else {
        continue
      }
      pending += text.utf8
      // The byte before shows whether a line begins.
      drop(pending.count - count - 1)
    }
    if pending.count > count { drop(Source.rest(ofLine: pending)) }
    skipped = offset
  }

  /// Drops the first bytes that wait, as many as there are.
  private mutating func drop(_ count: Int) {
    let count = min(count, pending.count)
    guard count > 0 else { return }
    pending.removeFirst(count)
    offset += count
  }

  /// The bytes without an incomplete character at the end.
  private static func complete(_ bytes: ArraySlice<UInt8>, isLast: Bool) -> [UInt8] {
    guard !isLast else { return Array(bytes) }
    for back in 1...3 where back <= bytes.count {
      let byte = bytes[bytes.endIndex - back]
      if byte & 0xC0 == 0x80 { continue }
      let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      return Array(length > back ? bytes.dropLast(back) : bytes)
    }
    return Array(bytes)
  }
}

/// An open log file.
private final class LogDescriptor: Sendable {
  private let descriptor: Int32

  init?(_ path: String) {
    descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    if descriptor < 0 { return nil }
  }

  deinit { close(descriptor) }

  /// The size, in bytes.
  var size: Int {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Up to a number of bytes at an offset.
  func read(at offset: Int, _ most: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
      count = max(0, pread(descriptor, buffer.baseAddress, most, off_t(offset)))
    }
  }
}
