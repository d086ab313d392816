package import JSONCore

/// An error that a request gets as its answer.
package struct WebError: Error, Sendable, Hashable {
  /// The status of the answer.
  package var status: Int
  /// A code for programs, which is stable.
  package var code: String
  /// What happened, and where.
  package var message: String
  /// What to do about it; nil if that is obvious.
  package var remedy: String?
  /// Further members of the answer, beside `error`.
  package var members: JSONObject = [:]

  /// Creates an error.
  package init(
    _ status: Int, _ code: String, _ message: String, remedy: String? = nil,
    members: JSONObject = [:]
  ) {
    self.status = status
    self.code = code
    self.message = message
    self.remedy = remedy
    self.members = members
  }

  /// A request that cannot be understood.
  static func invalid(_ message: String) -> WebError { WebError(400, "invalid_request", message) }

  /// Something that the request names and that does not exist.
  static func notFound(_ message: String, remedy: String? = nil) -> WebError {
    WebError(404, "not_found", message, remedy: remedy)
  }

  /// A request that is not allowed.
  static func forbidden(_ code: String, _ message: String, remedy: String? = nil) -> WebError {
    WebError(403, code, message, remedy: remedy)
  }

  /// A failure of this machine: a full disk, a record that cannot be read.
  static func failure(_ message: String, remedy: String? = nil) -> WebError {
    WebError(500, "failed", message, remedy: remedy)
  }

  /// The answer.
  var response: WebResponse {
    var object: JSONObject = [
      "error": [
        "code": .init(code), "message": .init(message),
        "remedy": remedy.map { .init($0) } ?? .null,
      ]
    ]
    for member in members { object.append(key: member.key, value: member.value) }
    return WebResponse(json: object, status: status)
  }
}
