package import JSONCore

/// One thing that a submission needs, and whether it is there.
package struct RuntimeCheck: Sendable, Hashable {
  /// How it is.
  package enum Outcome: String, Sendable, Hashable {
    /// It is there.
    case ok
    /// Something to know, which prevents nothing.
    case note
    /// It is not there.
    case problem
  }

  /// What was tried, such as `server`.
  package var name: String
  /// How it is.
  package var outcome: Outcome
  /// What was found, and the remedy.
  package var message: String

  /// Creates the result of a check.
  package init(_ name: String, _ outcome: Outcome, _ message: String) {
    self.name = name
    self.outcome = outcome
    self.message = message
  }

  /// What `--json` shows of it.
  package var json: JSONValue {
    ["check": .init(name), "outcome": .init(outcome.rawValue), "message": .init(message)]
  }
}
