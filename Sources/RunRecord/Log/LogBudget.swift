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
  /// Returns the file with the complete output of an event; nil if there is none.
  private let whole: @Sendable (RunEvent) -> String?
  private var used: [Source: Int] = [:]
  private var cut: Set<Source> = []
  private var total = 0
  /// The source of the last output that was truncated; its further outputs are decided at once.
  private var last: Source?

  init(_ limits: LogLimits, whole: @escaping @Sendable (RunEvent) -> String?) {
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
    let place = whole(event).map { "; '\($0)' contains all of it" } ?? ""
    var event = event
    event.kind = .warning(
      RunWarning(
        "the log of the run omits the rest of this output\(place)", kind: .cutLog, cell: cell))
    return event
  }

  /// The cell of an output, with nil inside for output without a cell; nil for other events.
  private static func cell(of kind: RunEvent.Kind) -> (place: Int?, Void)? {
    switch kind {
    case .text(let cell, _, _), .output(let cell, _), .outputsChanged(let cell),
      .inputRequested(let cell, _, _):
      (cell, ())
    case .lines, .outputOutsideCells: (nil, ())
    default: nil
    }
  }

  /// The approximate size of a log's line without texts and outputs, in bytes.
  private static let lineSize = 160

  /// The approximate size of an event in bytes.
  private static func size(of kind: RunEvent.Kind) -> Int {
    switch kind {
    case .text(_, _, let text): lineSize + text.utf8.count
    // The log has an event for each line of a script.
    case .lines(_, let text): text.utf8.count + lineSize * text.utf8.count { $0 == 0x0A }
    case .output(_, let output), .outputOutsideCells(let output): lineSize + size(of: output)
    default: lineSize
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
    let room = room - lineSize
    guard room > 0 else { return nil }
    switch kind {
    case .text(let cell, let stream, let text):
      return .text(cell: cell, stream: stream, text: prefix(of: text, room))
    case .lines(let isError, let text):
      let first = text.utf8.firstIndex(of: 0x0A) ?? text.endIndex
      // The start of a long line, or as many whole lines as fit.
      if text.utf8.distance(from: text.startIndex, to: first) >= room {
        return .lines(isStandardError: isError, text: prefix(of: text, room) + "\n")
      }
      return .lines(isStandardError: isError, text: String(text[..<endOfLines(in: text, room)]))
    default: return nil
    }
  }

  private static func prefix(of text: String, _ room: Int) -> String {
    var end = text.utf8.index(text.utf8.startIndex, offsetBy: min(room, text.utf8.count))
    while end > text.startIndex, end.samePosition(in: text.unicodeScalars) == nil {
      end = text.utf8.index(before: end)
    }
    return String(text[..<end])
  }

  /// The end of the last whole line that fits.
  private static func endOfLines(in text: String, _ room: Int) -> String.Index {
    var (room, end) = (room + lineSize, text.startIndex)
    while let next = text.utf8[end...].firstIndex(of: 0x0A) {
      room -= lineSize + text.utf8.distance(from: end, to: next) + 1
      guard room >= 0 else { break }
      end = text.utf8.index(after: next)
    }
    return end
  }
}

extension WarningKind {
  /// The rest of an output is not in the run's log.
  public static let cutLog = WarningKind(rawValue: "cut_log")
}
