/// A text in the queue of an ``OutputLane``.
struct OutputText: Sendable {
  var descriptor: Int32
  var content: Content
  /// Whether it begins a new line if the cursor is in the middle of one.
  var isLine: Bool

  /// The text itself; a string's storage is shared with its other owners.
  enum Content: Sendable {
    case bytes([UInt8])
    case string(String)

    var count: Int {
      switch self {
      case .bytes(let bytes): bytes.count
      case .string(let string): string.utf8.count
      }
    }

    func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
      switch self {
      case .bytes(let bytes): bytes.withUnsafeBytes(body)
      case .string(var string): string.withUTF8 { body(UnsafeRawBufferPointer($0)) }
      }
    }
  }
}

/// Short texts for the same stream, to be written at once.
struct GatheredOutput {
  /// Whether texts for standard output are written to standard error, which is the same terminal.
  let joinsStreams: Bool
  let put: (Int32, UnsafeRawBufferPointer) -> Void
  private var bytes: [UInt8] = []
  private var descriptor: Int32 = 2
  /// Texts of this size or more are not copied.
  private static let limit = 65_536

  init(joinsStreams: Bool, put: @escaping (Int32, UnsafeRawBufferPointer) -> Void) {
    self.joinsStreams = joinsStreams
    self.put = put
  }

  /// Adds a text for standard error.
  mutating func add(_ text: String) { OutputText.Content.string(text).withBytes { add($0, to: 2) } }

  /// Adds texts from the queue.
  ///
  /// - Parameter atLineStart: whether the terminal's cursor is at the beginning of a line.
  mutating func add(_ batch: [OutputText], _ terminal: Terminal, _ atLineStart: inout Bool) {
    for text in batch {
      if text.isLine, !atLineStart { add("\n") }
      let last = text.content.withBytes { bytes in
        add(bytes, to: text.descriptor)
        return bytes.last
      }
      let isSeen = text.descriptor == 2 ? terminal.errorIsTerminal : terminal.outputIsTerminal
      if isSeen { atLineStart = last == 0x0A }
    }
  }

  private mutating func add(_ text: UnsafeRawBufferPointer, to target: Int32) {
    let target = joinsStreams ? 2 : target
    if target != descriptor || bytes.count + text.count > GatheredOutput.limit { flush() }
    if text.count > GatheredOutput.limit { return put(target, text) }
    descriptor = target
    bytes.append(contentsOf: text)
  }

  /// Writes what has been gathered.
  mutating func flush() {
    guard !bytes.isEmpty else { return }
    bytes.withUnsafeBytes { put(descriptor, $0) }
    bytes.removeAll(keepingCapacity: true)
  }
}
