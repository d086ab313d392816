import FoundationEssentials
import SystemSupport

/// Requests to services of the web that are not object storages, such as the servers of Kubeflow Pipelines,
/// Airflow and GitHub: one request, one answer.
///
/// Redirections are not followed and statuses are not judged: the caller knows what they mean.
package struct WebExchange: Sendable {
  /// A request.
  package struct Request: Sendable {
    /// Its method, such as `GET`.
    package var method: String
    /// The URL, with its query.
    package var url: String
    /// Its headers.
    package var headers: [(name: String, value: String)]
    /// What is sent with it.
    package var body: [UInt8]

    /// Creates a request.
    package init(
      _ method: String, _ url: String, headers: [(name: String, value: String)] = [],
      body: [UInt8] = []
    ) {
      self.method = method
      self.url = url
      self.headers = headers
      self.body = body
    }
  }

  /// An answer.
  package struct Answer: Sendable {
    /// Its status, such as 200.
    package var status: Int
    /// Its headers, in their order; one name may be there several times.
    package var headers: [(name: String, value: String)]
    /// The content.
    package var body: [UInt8]

    /// The first value of a header, whatever the case of its name.
    package subscript(name: String) -> String? { values(name).first }

    /// All values of a header, such as `set-cookie`.
    package func values(_ name: String) -> [String] {
      headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }
  }

  private let certificateFile: String?
  private let checksCertificate: Bool
  private let variables: [String: String]

  /// - Parameters:
  ///   - certificateFile: the file with the authorities to trust; nil for that of `SSL_CERT_FILE`, or the system's.
  ///   - checksCertificate: whether certificates are checked.
  ///   - environment: the environment, for proxies and certificates; nil for that of the process.
  package init(
    certificateFile: String? = nil, checksCertificate: Bool = true,
    environment: [String: String]? = nil
  ) {
    variables = environment ?? ProcessInfo.processInfo.environment
    self.certificateFile = certificateFile ?? variables["SSL_CERT_FILE"]
    self.checksCertificate = checksCertificate
  }

  /// Sends a request.
  ///
  /// - Parameters:
  ///   - request: the request.
  ///   - attempts: how often it is tried while the server cannot be reached; more than once only for
  ///     requests that may be sent twice, unless nothing was sent.
  ///   - limit: how long each attempt may take.
  ///   - maximum: how many bytes the answer may have.
  /// - Throws: ``ObjectStorageError`` if no complete answer came; its place is the URL without its query.
  package func answer(
    to request: Request, attempts: Int = 1, limit: Duration = .seconds(60), maximum: Int = 64 << 20
  ) async throws(ObjectStorageError) -> Answer {
    let shown = WebFile.shown(request.url)
    guard WebFile.isURL(request.url),
      let address = ServerAddress(shown.split(separator: "/").prefix(2).joined(separator: "//"))
    else {
      throw ObjectStorageError(.usage, "is not an http or https URL", place: shown)
    }
    var trust = Transport.Trust()
    trust.certificateFile = certificateFile
    trust.checksCertificate = checksCertificate
    trust.proxy = ProxyChoice.proxy(for: address, variables)
    let transport = Transport(trust: trust)
    var sent = WebRequest(method: request.method, url: request.url, headers: request.headers)
    if !request.body.isEmpty || !["GET", "HEAD", "DELETE"].contains(request.method) {
      sent.body = .bytes(request.body)
    }
    var plan = RetryPlan(attempts: attempts, firstDelay: .milliseconds(200))
    while true {
      let failure: TransportFailure
      do {
        return try await transport.send(sent, limit: limit) { [sent] answer in
          let body = sent.method == "HEAD" ? [] : try await answer.bytes(maximum: maximum)
          if sent.method != "HEAD" { try answer.check(count: body.count) }
          return Answer(
            status: answer.status, headers: answer.headers.map { ($0.name, $0.value) }, body: body)
        }
      } catch {
        failure = TransportFailure(error)
      }
      let tried = plan.attempt
      if case .wait(let delay) = plan.next(
        after: .failure(failure), random: .random(in: 0...1)),
        (try? await Task.sleep(for: delay)) != nil
      {
        continue
      }
      var error = ObjectStorageError(
        failure.exchangeKind, "no answer: \(failure.message)", place: shown)
      error.attempts = tried
      throw error
    }
  }
}

extension TransportFailure {
  /// The kind of error that it is for the caller of an exchange.
  fileprivate var exchangeKind: ObjectStorageError.Kind {
    switch kind {
    case .cancelled: .cancelled
    case .timeLimit: .timeLimit
    case .damaged: .damaged
    case .request: .usage
    case .connection, .interrupted, .certificates: .unreachable
    }
  }
}
