/// A failure in dealing with an engine that schedules by itself: what happened, where, and what to do.
///
/// It never has a secret.
package struct EngineError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What a caller may have to know about a failure.
  package enum Kind: Sendable, Hashable {
    /// A value of the user that no request can be made of: a configuration, a name, an option.
    case unusable
    /// The configuration, pipeline or run is not there.
    case missing
    /// Something with this name is there already.
    case conflict
    /// The login failed, or does not allow this.
    case denied
    /// The server could not be reached, also after retries.
    case unreachable
    /// The server did not answer in time, or a run did not end in time.
    case timeLimit
    /// The server is of a version that Lyre does not speak with.
    case version
    /// The server refused what it was sent.
    case rejected
    /// A file of this machine could not be read or written.
    case file
    /// The task was cancelled.
    case cancelled
  }

  /// What kind of failure it is.
  package var kind: Kind
  /// What happened, and what to do.
  package var message: String
  /// Where: a URL without secrets, a file, or a configuration; nil if the message names it.
  package var place: String?
  /// The server's status, such as 403; nil if there was no answer.
  package var status: Int?

  /// Creates an error.
  package init(_ kind: Kind, _ message: String, place: String? = nil, status: Int? = nil) {
    self.kind = kind
    self.message = message
    self.place = place
    self.status = status
  }

  /// One line: the place, what happened, and what to do.
  package var description: String { place.map { "\($0): \(message)" } ?? message }
}
