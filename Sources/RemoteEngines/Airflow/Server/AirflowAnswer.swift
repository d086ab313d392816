import JSONCore
import ObjectStorage

/// An answer of an Airflow server, of a proxy before it, or of something else at its address.
struct AirflowAnswer {
  private let answer: WebExchange.Answer
  private let version: AirflowVersion
  /// The server's URL without secrets.
  private let server: String

  init(_ answer: WebExchange.Answer, _ version: AirflowVersion, _ address: String) {
    self.answer = answer
    self.version = version
    server = WebFile.shown(address)
  }

  /// Whether a new login may help.
  ///
  /// Airflow 3 answers 403 to tokens that it does not know.
  var isRefusal: Bool {
    answer.status == 401 || answer.status == 403 && (words ?? "").lowercased().contains("token")
  }

  /// The content; an empty object if there is none.
  ///
  /// - Parameter purpose: what the request was for: "list the runs".
  /// - Throws: ``EngineError`` if the request failed, or the answer is not one of this interface.
  func json(to purpose: String) throws(EngineError) -> JSONValue {
    if !(200..<300).contains(answer.status) { throw problem(to: purpose) }
    let json = answer.body.isEmpty ? [:] : (try? JSONValue(parsing: answer.body)) ?? .null
    if json.object != nil { return json }
    throw EngineError(
      .version,
      "could not \(purpose): the answer is not JSON, so this is not the interface of Airflow; check "
        + "api_endpoint", place: server, status: answer.status)
  }

  /// Why a request failed.
  func problem(to purpose: String) -> EngineError {
    let (kind, text) = kindAndText
    return EngineError(
      kind, "could not \(purpose): \(text)", place: server, status: answer.status)
  }

  private var kindAndText: (EngineError.Kind, String) {
    let said = words.map { ": \($0)" } ?? ""
    let status = "(status \(answer.status))"
    switch answer.status {
    case 300..<400:
      return (
        .denied,
        "something before Airflow wants a login \(status); name the address that programs use"
      )
    case 401, 403:
      if version.interface == .first {
        // It says the same to a user that it does not know and to one without the right.
        return (
          .denied,
          "this is not allowed, or the login is not accepted\(said) \(status); check user and password, "
            + "the user's role, and that Airflow's auth_backends has basic_auth for users and passwords"
        )
      }
      return (
        .denied,
        answer.status == 401 || isRefusal
          ? "the login is not accepted\(said) \(status); give a user and password, or a token that is "
            + "valid"
          : "this is not allowed\(said) \(status); the user needs a role with this right"
      )
    case 404: return (.missing, "it is not there\(said) \(status)")
    case 409: return (.conflict, "there is one already\(said) \(status)")
    case 400, 422: return (.rejected, "the server refuses it\(said) \(status)")
    case 408, 429, 502, 503, 504:
      return (.unreachable, "the server is busy or down\(said) \(status)")
    case 500...: return (.unreachable, "the server failed\(said) \(status)")
    default: return (.rejected, "the server refuses it\(said) \(status)")
    }
  }

  /// What the server says, in one line; nil if it says nothing.
  private var words: String? {
    guard let json = try? JSONValue(parsing: answer.body) else { return nil }
    let detail = json["detail"]
    let checks = (detail?.array ?? []).compactMap { item -> String? in
      let place = (item["loc"]?.array ?? []).compactMap { $0.string ?? $0.int.map(String.init) }
      return item["msg"]?.string.map { "\(place.joined(separator: ".")): \($0)" }
    }
    let text =
      detail?.string ?? detail?["reason"]?.string ?? checks.first ?? json["error"]?.string
      ?? json["title"]?.string
    let line = (text ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return line.isEmpty ? nil : line.count > 600 ? line.prefix(600) + "…" : line
  }
}
