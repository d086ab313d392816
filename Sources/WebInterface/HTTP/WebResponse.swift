import JSONCore

/// The receiver of an answer's content that is written piece by piece.
package protocol ByteSink: Sendable {
  /// Writes bytes; waits while the other side is slow.
  ///
  /// - Throws: an error when the other side has left.
  @concurrent func write(_ bytes: [UInt8]) async throws
}

/// The answer to a request.
package struct WebResponse: Sendable {
  /// The content of an answer.
  package enum Body: Sendable {
    case bytes([UInt8])
    /// Content that is written piece by piece.
    case pieces(@Sendable (any ByteSink) async throws -> Void)
    /// Events, of which only some streams may be open at once.
    case events(@Sendable (any ByteSink) async throws -> Void)
  }

  /// The status code.
  package var status: Int
  /// The headers.
  package var headers: [(name: String, value: String)]
  /// The content.
  package var body: Body

  /// Creates an answer.
  package init(status: Int = 200, headers: [(name: String, value: String)] = [], body: Body) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// An answer in JSON.
  init(json: JSONObject, status: Int = 200, headers: [(name: String, value: String)] = []) {
    self.init(
      status: status,
      headers: [("Content-Type", "application/json"), ("Cache-Control", "no-store")] + headers,
      body: .bytes(JSONValue.object(json).serialized()))
  }

  /// A stream of events.
  static func events(_ body: @escaping @Sendable (any ByteSink) async throws -> Void)
    -> WebResponse
  {
    WebResponse(
      headers: [
        ("Content-Type", "text/event-stream"), ("Cache-Control", "no-store"),
        // Proxies would hold events back.
        ("X-Accel-Buffering", "no"),
      ], body: .events(body))
  }

  /// The value of a header.
  package subscript(header: String) -> String? {
    headers.last { $0.name.lowercased() == header.lowercased() }?.value
  }
}
