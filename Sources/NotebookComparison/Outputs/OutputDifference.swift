/// A difference between the stored outputs of a cell and the new ones.
package struct OutputDifference: Sendable, Hashable {
  /// The output: `stdout`, `output 2 (text/html)`.
  package var subject: String
  /// How it differs: `differs`, `is missing`, `is new`.
  package var message: String
  /// The differing lines; empty if there are none to show.
  package var lines: [DiffLine]

  /// Creates a difference.
  package init(_ subject: String, _ message: String, lines: [DiffLine] = []) {
    self.subject = subject
    self.message = message
    self.lines = lines
  }

  /// The difference as text with one line per line of the diff.
  package var text: String {
    (["\(subject) \(message)"] + lines.map(\.unified)).joined(separator: "\n")
  }
}
