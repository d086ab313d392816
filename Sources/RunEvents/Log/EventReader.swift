import JSONCore

/// Reads a log of events, as a whole or piece by piece while it is written.
///
/// A line that holds no event is told as ``Line/damaged(_:)``, and the lines after it are read.
///
///     var reader = EventReader()
///     for line in reader.read(bytes) {
///       if case .event(let event) = line { print(event.kind.name) }
///     }
public struct EventReader: Sendable {
  /// What a line of a log is.
  public enum Line: Sendable, Hashable {
    /// An event; of an unknown kind where a newer version wrote it.
    case event(RunEvent)
    /// No event: cut by the end of the program that wrote it, or changed since.
    case damaged(DamagedLine)
  }

  /// A line that holds no event.
  public struct DamagedLine: Sendable, Hashable {
    /// The number of the line, from 1.
    public var number: Int
    /// What is wrong with it.
    public var reason: String
    /// The line without its end.
    public var bytes: [UInt8]
  }

  /// The version that the log says it is written in; nil where it has not said so.
  public private(set) var version: Int?

  /// Whether a newer version wrote the log: some of its events may be of unknown kinds.
  public var isNewer: Bool { version.map { $0 > RunEvent.formatVersion } ?? false }

  private var partial: [UInt8] = []
  private var lines = 0

  /// A reader at the beginning of a log.
  public init() {}

  /// Reads the next bytes of the log: the lines that are whole with them.
  public mutating func read(_ bytes: some Sequence<UInt8>) -> [Line] {
    let start = partial.count
    partial.append(contentsOf: bytes)
    var result: [Line] = []
    var begin = 0
    var search = start
    while let end = partial[search...].firstIndex(of: 0x0A) {
      result.append(line(Array(partial[begin..<end])))
      begin = end + 1
      search = begin
    }
    if begin > 0 { partial.removeSubrange(..<begin) }
    return result
  }

  /// Reads what is left at the end of the log: a last line that has no end.
  ///
  /// - Returns: the line; nil when there is none.
  public mutating func finish() -> Line? {
    guard !partial.isEmpty else { return nil }
    defer { partial = [] }
    return line(partial)
  }

  private mutating func line(_ bytes: [UInt8]) -> Line {
    lines += 1
    // Outputs are as deep as a message may be, and the event is around them.
    let options = JSONReadingOptions(maximumDepth: 1020)
    do throws(JSONError) {
      let value = try JSONValue(parsing: bytes, options: options)
      guard let object = value.object else {
        return .damaged(.init(number: lines, reason: "not an object", bytes: bytes))
      }
      var members = EventMembers(object)
      let version = members.value("version")?.int
      guard let event = try? RunEvent(&members) else {
        return .damaged(.init(number: lines, reason: "not an event", bytes: bytes))
      }
      if let version, self.version == nil { self.version = version }
      return .event(event)
    } catch {
      return .damaged(.init(number: lines, reason: "\(error)", bytes: bytes))
    }
  }
}

extension RunEvent {
  /// The events of a whole log; lines that hold no event are left out.
  public static func events(of log: some Sequence<UInt8>) -> [RunEvent] {
    var reader = EventReader()
    let lines = reader.read(log) + [reader.finish()].compactMap(\.self)
    return lines.compactMap { if case .event(let event) = $0 { event } else { nil } }
  }
}
