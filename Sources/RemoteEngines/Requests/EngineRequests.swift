import ObjectStorage

/// Requests to an engine's server, with a login: repeated where that is right.
struct EngineRequests: Sendable {
  private let login: any EngineLogin
  private let exchange: WebExchange
  private let server: String
  private let firstDelay: Duration
  private let limit: Duration

  /// How often a request is tried that may be repeated.
  private static let attempts = 4

  /// - Parameters:
  ///   - login: shows who sends requests.
  ///   - exchange: sends requests.
  ///   - server: the server's URL.
  ///   - firstDelay: the wait before the second attempt, which doubles with each further one.
  ///   - limit: how long the server may take for an answer.
  init(
    login: any EngineLogin, exchange: WebExchange, server: String, firstDelay: Duration,
    limit: Duration
  ) {
    self.login = login
    self.exchange = exchange
    self.server = server
    self.firstDelay = firstDelay
    self.limit = limit
  }

  /// What an answer means for the next attempt.
  enum Verdict {
    /// It is one.
    case answered
    /// The login was refused: a new one may help, once.
    case refused
    /// The server failed: another attempt may help.
    case failed(EngineError)
  }

  /// Sends a request.
  ///
  /// - Parameters:
  ///   - request: the request, without the headers of the login.
  ///   - mayRepeat: whether it may be sent twice.
  ///   - verdict: what an answer means.
  /// - Throws: ``EngineError`` if no answer came.
  func answer(
    to request: WebExchange.Request, mayRepeat: Bool,
    _ verdict: (WebExchange.Answer) -> Verdict
  ) async throws(EngineError) -> WebExchange.Answer {
    var delay = firstDelay
    var attempt = 1
    var isRefused = false
    // Only right after a refusal: an attempt after a failure of the server is not one.
    var asksAnew = false
    while true {
      var signed = request
      signed.headers += try await login.headers(afterRefusal: asksAnew)
      asksAnew = false
      let problem: EngineError
      do throws(ObjectStorageError) {
        let answer = try await exchange.answer(to: signed, limit: limit)
        switch verdict(answer) {
        case .answered: return answer
        case .refused where isRefused: return answer
        case .refused:
          isRefused = true
          asksAnew = true
          continue
        case .failed(let error): problem = error
        }
      } catch {
        problem = EngineError(error, server: server)
      }
      guard mayRepeat, attempt < EngineRequests.attempts,
        problem.kind == .unreachable || problem.kind == .timeLimit,
        (try? await Task.sleep(for: delay)) != nil
      else { throw problem }
      attempt += 1
      delay *= 2
    }
  }
}
