/// Makes the lines of a log of events: numbers them, and tells the version of the form in the first.
///
/// A value without a file: who writes the lines keeps their order. A log that another program
/// follows is written with one call for each line, so that it sees whole lines.
///
///     var writer = EventWriter()
///     file.write(writer.line(for: event))
public struct EventWriter: Sendable {
  /// The number of the last line; 0 before the first.
  public private(set) var sequence: Int

  /// Lines of a new log, or more lines of one.
  ///
  /// - Parameter sequence: the number of the last event that the log has; 0 for a new log.
  public init(after sequence: Int = 0) {
    self.sequence = sequence
  }

  /// The next line of the log, with its end; for lines of a script, a line for each.
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
