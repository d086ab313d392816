import JSONCore

/// Reads a log of events, complete or piece by piece while it is written.
///
/// A line that is not an event is returned as ``Line/damaged(_:)``, and reading continues after it.
///
///     var reader = EventReader()
///     for line in reader.read(bytes) {
///       if case .event(let event) = line { print(event.kind.name) }
///     }
public struct EventReader: Sendable {
  /// A line of a log.
  public enum Line: Sendable, Hashable {
    /// An event; its kind is unknown if a newer version wrote it.
    case event(RunEvent)
    /// Not an event: truncated when the writing program ended, or changed since.
    case damaged(DamagedLine)
  }

  /// A line that is not an event.
  public struct DamagedLine: Sendable, Hashable {
    /// The number of the line, from 1.
    public var number: Int
    /// The problem with it.
    public var reason: String
    /// The line without its line ending.
    public var bytes: [UInt8]
  }

  /// The format version that the log declares; nil before it has been read.
  public private(set) var version: Int?

  /// Whether a newer version wrote the log, so that some of its events may be of unknown kinds.
  public var isNewer: Bool { version.map { $0 > RunEvent.formatVersion } ?? false }

  private var partial: [UInt8] = []
  private var lines = 0

  /// Creates a reader at the beginning of a log.
  public init() {}

  /// Reads the next bytes of the log, and returns the lines that they complete.
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

  /// Reads a last line without a line ending, at the end of the log.
  ///
  /// - Returns: the line; nil if there is none.
  public mutating func finish() -> Line? {
    guard !partial.isEmpty else { return nil }
    defer { partial = [] }
    return line(partial)
  }

  private mutating func line(_ bytes: [UInt8]) -> Line {
    lines += 1
    // Outputs are as deep as a message may be, and the event encloses them.
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
      // Each line is parsed by itself: the error's own line is always the first.
      let reason = "column \(error.column): \(error.message)"
      return .damaged(.init(number: lines, reason: reason, bytes: bytes))
    }
  }
}

extension RunEvent {
  /// The events of a complete log, without lines that are not events.
  public static func events(of log: some Sequence<UInt8>) -> [RunEvent] {
    var reader = EventReader()
    let lines = reader.read(log) + [reader.finish()].compactMap(\.self)
    return lines.compactMap { if case .event(let event) = $0 { event } else { nil } }
  }
}
