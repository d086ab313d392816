import ObjectStorage

/// The requests of a login, one after the other, with their cookies: what a browser does.
struct LoginWalk {
  /// A page, at the end of all redirections.
  struct Page {
    /// Its URL.
    var address: WebAddress
    /// Its status.
    var status: Int
    /// Whether redirections led to it.
    var wasLed: Bool
    /// Its text.
    var text: String
  }

  private static let maximumRedirections = 15

  private let exchange: WebExchange
  /// The server where the login begins, for messages.
  private let server: String
  /// The cookies so far.
  private(set) var jar = CookieJar()

  /// - Parameters:
  ///   - exchange: sends requests.
  ///   - server: the server where the login begins.
  init(_ exchange: WebExchange, server: String) {
    self.exchange = exchange
    self.server = server
  }

  /// Fetches a page.
  ///
  /// - Throws: ``EngineError`` if no answer comes, or redirections lead to an open connection or nowhere.
  mutating func get(_ address: WebAddress) async throws(EngineError) -> Page {
    try await follow(address, nil)
  }

  /// Sends a form.
  mutating func post(_ address: WebAddress, _ fields: [(name: String, value: String)])
    async throws(EngineError) -> Page
  {
    try await follow(address, FormText.encoded(fields))
  }

  private mutating func follow(_ start: WebAddress, _ form: String?) async throws(EngineError)
    -> Page
  {
    var (address, form) = (start, form)
    for count in 0...LoginWalk.maximumRedirections {
      let answer = try await send(address, form)
      jar.keep(answer.values("set-cookie"), from: address, now: CookieJar.now)
      guard [301, 302, 303, 307, 308].contains(answer.status), let location = answer["location"]
      else {
        return Page(
          address: address, status: answer.status, wasLed: count > 0,
          text: String(decoding: answer.body, as: UTF8.self))
      }
      guard let next = address.following(location) else {
        throw failure("\(address.shown) leads to something that is not the URL of a server")
      }
      guard next.isPrivate || !address.isPrivate else {
        throw failure(
          "\(address.shown) leads to \(next.shown), which is not encrypted; nothing more was sent")
      }
      if answer.status == 307 || answer.status == 308, form != nil {
        // The form would be sent again.
        guard next.origin == address.origin else {
          throw failure(
            "\(address.shown) would pass user and password on to \(next.origin); they were not sent "
              + "there")
        }
      } else {
        form = nil
      }
      address = next
    }
    throw failure("more than \(LoginWalk.maximumRedirections) redirections")
  }

  private func send(_ address: WebAddress, _ form: String?) async throws(EngineError)
    -> WebExchange.Answer
  {
    var request = WebExchange.Request(form == nil ? "GET" : "POST", address.text)
    request.headers = [("accept", "text/html,application/xhtml+xml,*/*;q=0.8")]
    if let cookies = jar.header(for: address, now: CookieJar.now) {
      request.headers.append(("cookie", cookies))
    }
    if let form {
      request.headers.append(("content-type", "application/x-www-form-urlencoded"))
      request.body = Array(form.utf8)
    }
    do throws(ObjectStorageError) {
      return try await exchange.answer(
        to: request, attempts: form == nil ? 3 : 1, limit: .seconds(30), maximum: 4 << 20)
    } catch {
      throw EngineError(
        error, server: server, request: "the login got no answer from \(address.shown)")
    }
  }

  private func failure(_ message: String) -> EngineError {
    EngineError(.denied, "the login failed: \(message)", place: server)
  }
}
