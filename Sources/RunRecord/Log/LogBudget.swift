import JSONCore
public import RunEvents

/// How much of a run's output its log keeps.
public struct LogLimits: Sendable, Hashable {
  /// The maximum number of output bytes for each cell, or each node's script.
  public var perCell: Int
  /// The maximum number of bytes of all outputs together.
  public var total: Int

  /// Creates limits; the defaults are one megabyte per cell, and 64 in total.
  public init(perCell: Int = 1 << 20, total: Int = 64 << 20) {
    self.perCell = perCell
    self.total = total
  }
}

/// Decides which events a log keeps, so that its size is bounded.
///
/// Starts, ends and errors are always kept. Of the outputs of a cell, or the lines of a script, the
/// log keeps the first part; then a warning of the kind ``RunEvents/WarningKind/cutLog`` says that
/// the rest is missing and which file is complete.
struct LogBudget {
  private struct Source: Hashable {
    var node: Int?
    var cell: Int?
  }

  private let limits: LogLimits
  /// Returns the file with the complete outputs of an event's subject; nil if there is none.
  private let whole: @Sendable (RunSubject) -> String?
  private var used: [Source: Int] = [:]
  private var cut: Set<Source> = []
  private var total = 0
  /// The source of the last output that was truncated; its further outputs are decided at once.
  private var last: Source?

  init(_ limits: LogLimits, whole: @escaping @Sendable (RunSubject) -> String?) {
    self.limits = limits
    self.whole = whole
  }

  /// The events to write for an event: itself, a part of it, a mark, or nothing.
  mutating func take(_ event: RunEvent) -> [RunEvent] {
    guard let cell = LogBudget.cell(of: event.kind) else { return [event] }
    let source = Source(node: event.subject.node?.place, cell: cell.place)
    if source == last || cut.contains(source) { return [] }
    let size = LogBudget.size(of: event.kind)
    let room = min(limits.perCell - used[source, default: 0], limits.total - total)
    guard size > room else {
      used[source, default: 0] += size
      total += size
      return [event]
    }
    cut.insert(source)
    last = source
    used[source] = nil
    total += max(room, 0)
    let part = LogBudget.part(of: event.kind, room).map { kind in
      var event = event
      event.kind = kind
      return event
    }
    return [part, mark(event, cell.place)].compactMap(\.self)
  }

  private func mark(_ event: RunEvent, _ cell: Int?) -> RunEvent {
    let place = whole(event.subject).map { "; '\($0)' has all of it" } ?? ""
    var event = event
    event.kind = .warning(
      RunWarning(
        "the log of the run keeps no more of this output\(place)", kind: .cutLog, cell: cell))
    return event
  }

  /// The cell of an output, with nil inside for output without a cell; nil for other events.
  private static func cell(of kind: RunEvent.Kind) -> (place: Int?, Void)? {
    switch kind {
    case .text(let cell, _, _), .output(let cell, _), .outputsChanged(let cell),
      .inputRequested(let cell, _, _):
      (cell, ())
    case .lines, .outputOutsideCells, .saved: (nil, ())
    default: nil
    }
  }

  /// The approximate size of an event in bytes.
  private static func size(of kind: RunEvent.Kind) -> Int {
    let own = 160
    switch kind {
    case .text(_, _, let text), .lines(_, let text): return own + text.utf8.count
    case .output(_, let output), .outputOutsideCells(let output): return own + size(of: output)
    default: return own
    }
  }

  private static func size(of value: JSONValue) -> Int {
    switch value {
    case .string(let text): text.string.utf8.count + 2
    case .array(let elements): elements.reduce(2) { $0 + size(of: $1) + 2 }
    case .object(let members):
      members.reduce(2) { $0 + $1.key.string.utf8.count + 6 + size(of: $1.value) }
    default: 8
    }
  }

  /// The part of a text that fits; nil for events that cannot be split.
  private static func part(of kind: RunEvent.Kind, _ room: Int) -> RunEvent.Kind? {
    let room = room - 160
    guard room > 0 else { return nil }
    func prefix(_ text: String) -> String {
      var end = text.utf8.index(text.utf8.startIndex, offsetBy: min(room, text.utf8.count))
      while end > text.startIndex, end.samePosition(in: text.unicodeScalars) == nil {
        end = text.utf8.index(before: end)
      }
      return String(text[..<end])
    }
    switch kind {
    case .text(let cell, let stream, let text):
      return .text(cell: cell, stream: stream, text: prefix(text))
    case .lines(let isError, let text):
      let part = prefix(text)
      let end = part.utf8.last == 0x0A ? "" : "\n"
      return .lines(isStandardError: isError, text: part + end)
    default: return nil
    }
  }
}

extension WarningKind {
  /// The rest of an output is not in the run's log.
  public static let cutLog = WarningKind(rawValue: "cut_log")
}
