import JSONCore
package import ObjectStorage

/// The interface of a Kubeflow Pipelines server: version `v2beta1`, as its own client speaks it.
///
/// Each function is one request, except that a request which only reads is repeated while the server fails
/// or cannot be reached, and any request once after a new login.
package struct KubeflowAPI: Sendable {
  /// The server's URL, without a slash at its end.
  package let address: String
  /// The namespace of the user's things on a server for several users; nil on one for a single user.
  package let namespace: String?
  private let requests: EngineRequests

  /// Creates a client; nothing is sent yet.
  ///
  /// - Parameters:
  ///   - address: the server's URL; that of a Kubeflow installation ends in `/pipeline`.
  ///   - namespace: the user's namespace, on a server for several users.
  ///   - login: shows who sends requests.
  ///   - exchange: sends requests.
  ///   - firstDelay: the wait before the second attempt, which doubles with each further one.
  ///   - limit: how long the server may take for an answer.
  package init(
    _ address: String, namespace: String? = nil, login: any EngineLogin = NoLogin(),
    exchange: WebExchange = WebExchange(), firstDelay: Duration = .milliseconds(500),
    limit: Duration = .seconds(60)
  ) {
    var address = Substring(address)
    while address.hasSuffix("/") { address = address.dropLast() }
    self.address = String(address)
    self.namespace = namespace.flatMap { $0.isEmpty ? nil : $0 }
    requests = EngineRequests(
      login: login, exchange: exchange, server: self.address, firstDelay: firstDelay, limit: limit)
  }

  /// What a request sends.
  enum Content {
    case nothing
    case json(JSONObject)
    /// A file as a form's only part.
    case file(name: String, [UInt8])
  }

  /// Sends a request, and reads its answer.
  ///
  /// - Parameters:
  ///   - method: such as `GET`.
  ///   - path: the parts of the path behind the version, with a `:verb` at the end of the last if there is one.
  ///   - query: names and values.
  ///   - content: what is sent.
  ///   - root: the beginning of the path, with the version.
  ///   - purpose: what it does, for messages: "list the runs".
  func send(
    _ method: String, _ path: [String], query: [(name: String, value: String)] = [],
    _ content: Content = .nothing, root: String = "/apis/v2beta1", to purpose: String
  ) async throws(EngineError) -> JSONValue {
    var url = address + root
    for part in path { url += "/" + KubeflowAPI.encoded(part) }
    let parts = query.map { "\(PercentEncoding.value($0.name))=\(PercentEncoding.value($0.value))" }
    if !parts.isEmpty { url += "?" + parts.joined(separator: "&") }
    var request = WebExchange.Request(method, url)
    request.headers = [("accept", "application/json"), ("content-type", "application/json")]
    switch content {
    case .nothing: break
    case .json(let object): request.body = JSONValue.object(object).serialized()
    case .file(let name, let bytes):
      let form = FormFile(name: name, bytes)
      request.headers[1].value = form.contentType
      request.body = form.body
    }
    let answer = try await answer(to: request, purpose)
    return try KubeflowAnswer(answer, address).json(to: purpose)
  }

  private func answer(to request: WebExchange.Request, _ purpose: String)
    async throws(EngineError) -> WebExchange.Answer
  {
    try await requests.answer(to: request, mayRepeat: request.method == "GET") { answer in
      let read = KubeflowAnswer(answer, address)
      if read.isRefusal { return .refused }
      return answer.status >= 500 ? .failed(read.problem(to: purpose)) : .answered
    }
  }

  /// A part of a path; the colon before a verb stays as it is.
  private static func encoded(_ part: String) -> String {
    part.split(separator: ":", omittingEmptySubsequences: false)
      .map { PercentEncoding.value(String($0)) }.joined(separator: ":")
  }

  /// The JSON text that selects what has a name.
  static func filter(name: String) -> String {
    let filter: JSONValue = [
      "predicates": [["operation": 1, "key": "display_name", "stringValue": .init(name)]]
    ]
    let style = JSONStyle(itemSeparator: ", ", keySeparator: ": ")
    return String(decoding: filter.serialized(style), as: UTF8.self)
  }

  /// Reads all pages of a list.
  ///
  /// - Parameters:
  ///   - member: the member of the answer with the elements.
  ///   - most: how many elements are wanted at most; nil for all.
  func all(
    _ path: [String], query: [(name: String, value: String)], member: String, most: Int? = nil,
    to purpose: String
  ) async throws(EngineError) -> [JSONObject] {
    let most = most ?? .max
    var elements: [JSONObject] = []
    var token = ""
    for _ in 0..<EngineError.mostPages {
      let page = [
        (name: "page_token", value: token), ("page_size", "\(min(most - elements.count, 100))"),
      ]
      let answer = try await send("GET", path, query: page + query, to: purpose)
      let next = answer["next_page_token"]?.string ?? ""
      guard next.isEmpty || next != token else {
        throw EngineError(.rejected, "the server sends the same page again", place: address)
      }
      elements += (answer[member]?.array ?? []).compactMap(\.object)
      token = next
      if token.isEmpty || elements.count >= most { return elements }
    }
    throw .endlessList(purpose, place: address)
  }
}
