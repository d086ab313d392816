import RunEvents

/// Turns the event log of a node that runs elsewhere into reports: a value without I/O.
///
/// The log is written by another machine, where the node's code may change it: an event is about
/// this node or it is not reported, and each is reported once.
struct RemoteEvents: Sendable {
  /// The maximum length of a line in bytes.
  static let longestLine = ForeignEvents.longestLine

  private let subject: RunSubject
  private var log: ForeignEvents

  /// - Parameter subject: the subject of the attempt's events.
  init(subject: RunSubject) {
    self.subject = subject
    log = ForeignEvents { $0.isSameAttempt(as: subject) }
  }

  /// Reads the next bytes of the log.
  mutating func take(_ bytes: [UInt8]) -> [NodeReport] { reports(log.take(bytes)) }

  /// Reads the rest at the end of the log.
  mutating func finish() -> [NodeReport] { reports(log.finish()) }

  private func reports(_ items: [ForeignEvents.Item]) -> [NodeReport] {
    var result: [NodeReport] = []
    for item in items {
      switch item {
      case .event(let event): RemoteEvents.add(event, of: subject, to: &result)
      case .warning(let message): result.append(.warning(message))
      }
    }
    return result
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

extension RunSubject {
  /// Whether both are about the same attempt to run a node, whatever its names are.
  func isSameAttempt(as other: RunSubject) -> Bool {
    run == other.run && node?.id == other.node?.id && node?.attempt == other.node?.attempt
  }
}
