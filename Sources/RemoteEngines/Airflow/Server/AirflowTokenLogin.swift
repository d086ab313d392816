import JSONCore
import ObjectStorage

/// The login of Airflow 3: a token, which the server makes for user and password, and which expires.
actor AirflowTokenLogin: EngineLogin {
  private let credentials: AirflowCredentials
  private let address: String
  private let exchange: WebExchange
  private var token: String?

  /// - Parameters:
  ///   - credentials: the user; without one the server is asked for a token for everyone.
  ///   - address: the server's URL.
  ///   - exchange: sends the requests.
  init(_ credentials: AirflowCredentials, _ address: String, _ exchange: WebExchange) {
    self.credentials = credentials
    self.address = address
    self.exchange = exchange
  }

  func headers(afterRefusal: Bool) async throws(EngineError) -> [(name: String, value: String)] {
    if token == nil || afterRefusal { token = try await newToken() }
    return token.map { [("authorization", "Bearer \($0)")] } ?? []
  }

  /// A new token; nil from a server that has none for everyone.
  private func newToken() async throws(EngineError) -> String? {
    var request = WebExchange.Request("GET", "\(address)/auth/token")
    request.headers = [("accept", "application/json")]
    if case .user(let name, let password) = credentials {
      request.method = "POST"
      request.headers.append(("content-type", "application/json"))
      let body: JSONObject = ["username": .init(name), "password": .init(password)]
      request.body = JSONValue.object(body).serialized()
    }
    let answer: WebExchange.Answer
    do throws(ObjectStorageError) {
      answer = try await exchange.answer(to: request, attempts: 4)
    } catch {
      throw EngineError(error, server: address)
    }
    if (200..<300).contains(answer.status), let json = try? JSONValue(parsing: answer.body),
      let token = json["access_token"]?.string, !token.isEmpty
    {
      return token
    }
    guard case .user(let name, _) = credentials else { return nil }
    throw problem(answer, name)
  }

  private func problem(_ answer: WebExchange.Answer, _ name: String) -> EngineError {
    let place = WebFile.shown(address)
    switch answer.status {
    case 401, 403:
      return EngineError(
        .denied,
        "the server does not accept the user '\(name)' with this password (status \(answer.status)); "
          + "correct them", place: place, status: answer.status)
    case 500...:
      return EngineError(
        .unreachable, "the login failed (status \(answer.status)); try again later", place: place,
        status: answer.status)
    default:
      return EngineError(
        .denied,
        "the server makes no token for a user and a password (status \(answer.status)); its kind of "
          + "login wants another way: give a token instead", place: place, status: answer.status)
    }
  }
}
