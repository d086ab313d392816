/// Writes events as lines of a log: numbers them, and puts the format version into the first.
///
/// A value without a file: the caller writes the lines in order. If another program follows the
/// log, write each line with one call, so that it sees complete lines.
///
///     var writer = EventWriter()
///     file.write(writer.line(for: event))
public struct EventWriter: Sendable {
  /// The number of the last line; 0 before the first.
  public private(set) var sequence: Int

  /// Creates a writer for a new log, or one that continues a log.
  ///
  /// - Parameter sequence: the number of the log's last event; 0 for a new log.
  public init(after sequence: Int = 0) {
    self.sequence = sequence
  }

  /// The next line of the log, with its line ending; for lines of a script, one line for each.
  public mutating func line(for event: RunEvent) -> [UInt8] {
    guard case .lines(let isStandardError, let text) = event.kind else { return single(event) }
    var bytes: [UInt8] = []
    let all = text.utf8.last == 0x0A ? text.utf8.dropLast() : text.utf8[...]
    for line in all.split(separator: 0x0A, omittingEmptySubsequences: false) {
      var event = event
      let line = String(Substring(line)) + "\n"
      event.kind = .lines(isStandardError: isStandardError, text: line)
      bytes += single(event)
    }
    return bytes
  }

  private mutating func single(_ event: RunEvent) -> [UInt8] {
    sequence += 1
    var event = event
    event.sequence = sequence
    return event.line
  }
}
