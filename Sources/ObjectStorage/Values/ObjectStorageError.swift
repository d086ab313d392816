/// A failure of object storage: what happened, where, and what to do.
///
/// It never has a secret: neither keys, nor tokens, nor the query of a signed URL.
package struct ObjectStorageError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What a caller may have to know about a failure.
  package enum Kind: Sendable, Hashable {
    /// A value that no request can be made of: a location, a setting.
    case usage
    /// There is no such object.
    case noObject
    /// There is no such bucket.
    case noBucket
    /// The credentials are missing, wrong, expired, or do not allow this.
    case denied
    /// The condition of the request does not hold: an object is there already, or was replaced.
    case condition
    /// The server could not be reached, or the connection ended early, also after retries.
    case unreachable
    /// The server did not answer within the time limit, also after retries.
    case timeLimit
    /// The content arrived damaged or incomplete, also after retries.
    case damaged
    /// A file of this machine could not be read or written.
    case file
    /// The task was cancelled.
    case cancelled
    /// Any other answer of the server.
    case server
  }

  /// What kind of failure it is.
  package var kind: Kind
  /// What happened, without the place.
  package var message: String
  /// What to do; nil if there is nothing to say.
  package var remedy: String?
  /// The place, such as `s3://bucket/key`; nil if there is none.
  package var place: String?
  /// The server, such as `https://s3.eu-central-1.amazonaws.com`; nil if none was asked.
  package var server: String?
  /// The server's status, such as 403.
  package var status: Int?
  /// The server's code, such as `NoSuchKey`.
  package var code: String?
  /// The server's id of the request, which its operators ask for.
  package var requestID: String?
  /// How often it was tried.
  package var attempts = 1

  /// Creates an error.
  package init(
    _ kind: Kind, _ message: String, remedy: String? = nil, place: String? = nil
  ) {
    self.kind = kind
    self.message = message
    self.remedy = remedy
    self.place = place
  }

  /// One line: the place, what happened, the server's words, and the remedy.
  package var description: String {
    var text = place.map { "\($0): " } ?? ""
    text += message
    var details: [String] = []
    if let server { details.append("server \(server)") }
    if let status { details.append("status \(status)") }
    if let code { details.append("code \(code)") }
    if let requestID { details.append("request id \(requestID)") }
    if attempts > 1 { details.append("tried \(attempts) times") }
    if !details.isEmpty { text += " (\(details.joined(separator: ", ")))" }
    if let remedy { text += ". \(remedy)" }
    return text
  }
}
