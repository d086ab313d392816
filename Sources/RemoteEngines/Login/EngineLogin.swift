/// How requests to an engine's server show who sends them.
package protocol EngineLogin: Sendable {
  /// The headers for the next request.
  ///
  /// - Parameter afterRefusal: whether the server refused the last headers (status 401): then the login
  ///   is done anew, or its file is read again.
  /// - Throws: ``EngineError`` if the login fails.
  func headers(afterRefusal: Bool) async throws(EngineError) -> [(name: String, value: String)]
}

/// No login.
package struct NoLogin: EngineLogin {
  /// Creates it.
  package init() {}

  package func headers(afterRefusal: Bool) async throws(EngineError) -> [(
    name: String, value: String
  )] {
    []
  }
}

/// A token that the user has.
package struct BearerLogin: EngineLogin {
  private let token: String

  /// - Parameter token: the token, a secret.
  package init(token: String) { self.token = token }

  package func headers(afterRefusal: Bool) async throws(EngineError) -> [(
    name: String, value: String
  )] {
    [("authorization", "Bearer \(token)")]
  }
}
