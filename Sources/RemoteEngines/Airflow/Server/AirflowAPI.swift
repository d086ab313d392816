import JSONCore
package import ObjectStorage

/// The interface of an Airflow server, of version 2 or 3.
///
/// Each function is one request or one list of pages, except that a request which only reads is repeated
/// while the server fails or cannot be reached, and any request once after a new login.
package struct AirflowAPI: Sendable {
  /// The server's URL, without a slash at its end.
  package let address: String
  /// The server's version.
  package let version: AirflowVersion
  private let requests: EngineRequests

  /// Connects with a server: asks its version, without which no request can be made.
  ///
  /// - Parameters:
  ///   - address: the server's URL: that of its page.
  ///   - credentials: the user.
  ///   - exchange: sends requests.
  ///   - firstDelay: the wait before the second attempt, which doubles with each further one.
  ///   - limit: how long the server may take for an answer.
  /// - Throws: ``EngineError`` if there is no server that Lyre speaks with.
  package init(
    _ address: String, credentials: AirflowCredentials, exchange: WebExchange = WebExchange(),
    firstDelay: Duration = .milliseconds(500), limit: Duration = .seconds(60)
  ) async throws(EngineError) {
    let address = AirflowAPI.root(of: address)
    let version = try await AirflowVersion(of: address, exchange)
    self.address = address
    self.version = version
    requests = EngineRequests(
      login: credentials.login(version, address, exchange), exchange: exchange, server: address,
      firstDelay: firstDelay, limit: limit)
  }

  /// The address without slashes at its end, and without the path of the interface.
  static func root(of address: String) -> String {
    var root = Substring(address)
    while root.hasSuffix("/") { root = root.dropLast() }
    for end in ["/api/v1", "/api/v2", "/home"] where root.hasSuffix(end) {
      root = root.dropLast(end.count)
    }
    return String(root)
  }

  /// Sends a request, and reads its answer.
  ///
  /// - Parameters:
  ///   - method: such as `GET`.
  ///   - path: the parts of the path behind the version.
  ///   - query: names and values.
  ///   - body: what is sent; nil for nothing.
  ///   - mayRepeat: whether it may be sent twice.
  ///   - purpose: what it does, for messages: "list the runs".
  func send(
    _ method: String, _ path: [String], query: [(name: String, value: String)] = [],
    _ body: JSONObject? = nil, mayRepeat: Bool = false, to purpose: String
  ) async throws(EngineError) -> JSONValue {
    var url = "\(address)/api/\(version.interface.rawValue)"
    for part in path { url += "/" + PercentEncoding.value(part) }
    let parts = query.map { "\(PercentEncoding.value($0.name))=\(PercentEncoding.value($0.value))" }
    if !parts.isEmpty { url += "?" + parts.joined(separator: "&") }
    var request = WebExchange.Request(method, url)
    request.headers = [("accept", "application/json")]
    if let body {
      request.headers.append(("content-type", "application/json"))
      request.body = JSONValue.object(body).serialized()
    }
    let answer = try await requests.answer(to: request, mayRepeat: mayRepeat || method == "GET") {
      let read = AirflowAnswer($0, version, address)
      if read.isRefusal { return .refused }
      return $0.status >= 500 ? .failed(read.problem(to: purpose)) : .answered
    }
    return try AirflowAnswer(answer, version, address).json(to: purpose)
  }

  /// The most elements that a page has on servers as they are installed.
  private static let page = 100

  /// Reads all pages of a list.
  ///
  /// - Parameters:
  ///   - member: the member of the answer with the elements.
  ///   - most: how many elements are wanted at most; nil for all.
  func all(
    _ path: [String], query: [(name: String, value: String)] = [], member: String,
    most: Int? = nil, to purpose: String
  ) async throws(EngineError) -> [JSONValue] {
    let most = most ?? .max
    var elements: [JSONValue] = []
    for _ in 0..<EngineError.mostPages {
      let count = min(most - elements.count, AirflowAPI.page)
      let place = [(name: "limit", value: "\(count)"), ("offset", "\(elements.count)")]
      let answer = try await send("GET", path, query: query + place, to: purpose)
      guard let page = answer[member]?.array else { throw unknown(member, purpose) }
      elements += page
      let total = answer["total_entries"]?.int ?? elements.count
      // A server may allow fewer elements than asked for.
      if page.isEmpty || elements.count >= min(total, most) { return elements }
    }
    throw .endlessList(purpose, place: WebFile.shown(address))
  }

  /// The error for an answer without a member that it has in any case.
  func unknown(_ member: String, _ purpose: String) -> EngineError {
    EngineError(
      .version,
      "could not \(purpose): the answer has no '\(member)', so the server is of a version that Lyre does "
        + "not know (\(version)); Airflow 2.11 or 3 is needed", place: WebFile.shown(address))
  }
}
