import SystemSupport

/// Removes the lines of events that are not wanted from the bytes of a log, before they are parsed:
/// most of a log is output.
struct LineFilter: Sendable {
  private let beginnings: [[UInt8]]
  private let longest: Int
  /// The beginning of the current line, as long as it is not known whether the line is wanted.
  private var start: [UInt8] = []
  private var isKept: Bool?

  /// - Parameter names: the names of the events to remove; the name is an event's first member.
  init(without names: [String]) {
    beginnings = names.sorted().map { Array("{\"event\":\"\($0)\"".utf8) }
    longest = beginnings.map(\.count).max() ?? 0
  }

  /// The bytes of wanted lines among the next bytes of the log.
  mutating func filtered(_ bytes: [UInt8]) -> [UInt8] {
    guard longest > 0 else { return bytes }
    var result: [UInt8] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let end = rest.firstIndex(of: 0x0A).map { $0 + 1 }
      let line = rest[..<(end ?? rest.endIndex)]
      rest = rest[line.endIndex...]
      take(line, isComplete: end != nil, &result)
    }
    return result
  }

  private mutating func take(
    _ piece: ArraySlice<UInt8>, isComplete: Bool, _ result: inout [UInt8]
  ) {
    if isKept == nil {
      start += piece
      if isComplete || start.count >= longest {
        let keeps = !beginnings.contains { start.starts(with: $0) }
        isKept = keeps
        if keeps { result += start }
        start = []
      }
    } else if isKept == true {
      result += piece
    }
    if isComplete { isKept = nil }
  }
}
