import RunEvents

/// Turns the event log of a node that runs elsewhere into reports: a value without I/O.
///
/// The log is written by another machine, where the node's code may change it: an event is about
/// this node or it is not reported, and each is reported once.
struct RemoteEvents: Sendable {
  /// The maximum length of a line in bytes.
  static let longestLine = 256 << 20

  private let subject: RunSubject
  private var reader = EventReader()
  /// The number of the last event.
  private var sequence = 0
  /// The length of the incomplete line.
  private var unfinished = 0
  private var isOver = false
  private var hasWarned: Set<String> = []

  /// - Parameter subject: the subject of the attempt's events.
  init(subject: RunSubject) { self.subject = subject }

  /// Reads the next bytes of the log.
  mutating func take(_ bytes: [UInt8]) -> [NodeReport] {
    guard !isOver, !bytes.isEmpty else { return [] }
    let result = reports(reader.read(bytes))
    let end = bytes.lastIndex(of: 0x0A)
    unfinished = end.map { bytes.count - $0 - 1 } ?? unfinished + bytes.count
    guard unfinished > RemoteEvents.longestLine else { return result }
    isOver = true
    reader = EventReader()
    return result + warnings("its event log has a line longer than 256 MB; the rest is not shown")
  }

  /// Reads the rest at the end of the log.
  mutating func finish() -> [NodeReport] {
    guard !isOver, let line = reader.finish() else { return [] }
    isOver = true
    if case .damaged = line {
      return warnings(
        "its event log ends in the middle of a line; it was killed, or the disk is full")
    }
    return reports([line])
  }

  private mutating func reports(_ lines: [EventReader.Line]) -> [NodeReport] {
    var result: [NodeReport] = []
    for line in lines {
      switch line {
      case .damaged(let line):
        result += warnings("line \(line.number) of its event log is damaged: \(line.reason)")
      case .event(let event):
        guard isOwn(event.subject) else {
          result += warnings("its event log has events of another run, which are not shown")
          continue
        }
        guard event.sequence > sequence else {
          result += warnings("its event log has events twice, which are shown once")
          continue
        }
        sequence = event.sequence
        RemoteEvents.add(event, of: subject, to: &result)
      }
    }
    return result
  }

  private func isOwn(_ other: RunSubject) -> Bool {
    other.run == subject.run && other.node?.id == subject.node?.id
      && other.node?.attempt == subject.node?.attempt
  }

  /// The warning, the first time.
  private mutating func warnings(_ message: String) -> [NodeReport] {
    // Damaged lines differ; a few of them are enough.
    guard hasWarned.count < 20, hasWarned.insert(message).inserted else { return [] }
    return [.warning(message)]
  }

  private static func add(_ event: RunEvent, of subject: RunSubject, to reports: inout [NodeReport])
  {
    switch event.kind {
    case .lines(let isError, let text):
      // One report for the lines that arrive together.
      if case .lines(isError, let before)? = reports.last {
        reports[reports.count - 1] = .lines(isStandardError: isError, before + text)
      } else {
        reports.append(.lines(isStandardError: isError, text))
      }
    case .warning(let warning) where event.subject.notebook == nil && warning.kind == nil:
      reports.append(.warning(warning.message))
    case .pipelineStarted, .pipelineFinished, .nodeComparing, .nodeStarted, .nodeRetried,
      .nodeFinished, .testFinished:
      break
    default:
      var event = event
      event.sequence = 0
      // The names are this machine's.
      let notebook = event.subject.notebook
      event.subject = subject
      event.subject.notebook = notebook
      reports.append(.notebook(event))
    }
  }
}
