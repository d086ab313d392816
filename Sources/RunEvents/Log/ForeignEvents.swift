/// Reads an event log that a program elsewhere writes, where the node's code may change it: a value
/// without I/O.
///
/// Each event is returned once and in order, and only if it is about the right subject; everything
/// else becomes a few warnings.
package struct ForeignEvents: Sendable {
  /// The maximum length of a line in bytes.
  package static let longestLine = 256 << 20

  /// What is found in the log.
  package enum Item: Sendable, Hashable {
    /// An event.
    case event(RunEvent)
    /// A problem of the log.
    case warning(String)
  }

  private let accepts: @Sendable (RunSubject) -> Bool
  private var reader = EventReader()
  /// The number of the last event.
  private var sequence = 0
  /// The length of the incomplete line.
  private var unfinished = 0
  private var isOver = false
  private var hasWarned: Set<String> = []

  /// Creates a reader at the beginning of a log.
  ///
  /// - Parameter accepts: whether an event with this subject belongs to the log.
  package init(accepts: @escaping @Sendable (RunSubject) -> Bool) { self.accepts = accepts }

  /// Reads the next bytes of the log.
  package mutating func take(_ bytes: [UInt8]) -> [Item] {
    guard !isOver, !bytes.isEmpty else { return [] }
    let result = items(reader.read(bytes))
    let end = bytes.lastIndex(of: 0x0A)
    unfinished = end.map { bytes.count - $0 - 1 } ?? unfinished + bytes.count
    guard unfinished > ForeignEvents.longestLine else { return result }
    isOver = true
    reader = EventReader()
    return result + warnings("its event log has a line longer than 256 MB; the rest is not shown")
  }

  /// Reads the rest at the end of the log.
  package mutating func finish() -> [Item] {
    guard !isOver, let line = reader.finish() else { return [] }
    isOver = true
    if case .damaged = line {
      return warnings(
        "its event log ends in the middle of a line; it was killed, or the disk is full")
    }
    return items([line])
  }

  private mutating func items(_ lines: [EventReader.Line]) -> [Item] {
    var result: [Item] = []
    for line in lines {
      switch line {
      case .damaged(let line):
        result += warnings("line \(line.number) of its event log is damaged: \(line.reason)")
      case .event(let event):
        guard accepts(event.subject) else {
          result += warnings("its event log has events of another run, which are not shown")
          continue
        }
        guard event.sequence > sequence else {
          result += warnings("its event log has events twice, which are shown once")
          continue
        }
        sequence = event.sequence
        result.append(.event(event))
      }
    }
    return result
  }

  /// The warning, the first time.
  private mutating func warnings(_ message: String) -> [Item] {
    // Damaged lines differ; a few of them are enough.
    guard hasWarned.count < 20, hasWarned.insert(message).inserted else { return [] }
    return [.warning(message)]
  }
}
