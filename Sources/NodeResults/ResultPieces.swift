/// How a growing file among the results of a node is stored in a bucket: in numbered pieces.
package enum ResultPieces: String, Sendable, Hashable, CaseIterable {
  /// The output.
  case log
  /// The events; a piece has complete lines, unless one line is longer than a piece.
  case events

  /// The largest piece, in bytes.
  package static let size = 8 << 20

  /// The object that shows that a place for results is in use.
  package static let claimName = "started.json"

  /// How often an engine may start the same node.
  package static let mostStarts = 1000

  /// The name of a piece.
  ///
  /// - Parameter number: its number, from 1.
  package func name(_ number: Int) -> String {
    let digits = String(number)
    let zeros = String(repeating: "0", count: max(0, 6 - digits.utf8.count))
    return "\(rawValue)/\(zeros)\(digits).\(self == .log ? "log" : "ndjson")"
  }

  /// The name of the folder with the results of an engine's further start of the same node; empty
  /// for the first.
  package static func folder(ofStart number: Int) -> String {
    number > 1 ? "attempt-\(number)" : ""
  }
}
