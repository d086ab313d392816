import JSONCore
import ObjectStorage

/// An answer of a Kubeflow Pipelines server, of a proxy before it, or of something else at its address.
struct KubeflowAnswer {
  private let answer: WebExchange.Answer
  /// The server's URL without secrets.
  private let server: String

  init(_ answer: WebExchange.Answer, _ address: String) {
    self.answer = answer
    server = WebFile.shown(address)
  }

  /// Whether it asks for a login, so that a new one may help.
  var isRefusal: Bool { answer.status == 401 || isLoginPage }

  /// A redirection, or a page for people: the interface itself has neither.
  private var isLoginPage: Bool {
    (300..<400).contains(answer.status) || answer.status == 200 && isPage
  }

  private var isPage: Bool {
    if answer["content-type"]?.lowercased().hasPrefix("text/html") == true { return true }
    let start = String(decoding: answer.body.prefix(64), as: UTF8.self).lowercased()
    let text = start.drop { $0.isWhitespace }
    return text.hasPrefix("<!doctype html") || text.hasPrefix("<html")
  }

  /// The content; an empty object if there is none.
  ///
  /// - Parameter purpose: what the request was for: "list the runs".
  /// - Throws: ``EngineError`` if the request failed, or the answer is not one of this interface.
  func json(to purpose: String) throws(EngineError) -> JSONValue {
    guard (200..<300).contains(answer.status), !isPage else { throw problem(to: purpose) }
    if answer.body.isEmpty { return [:] }
    guard let json = try? JSONValue(parsing: answer.body), json.object != nil else {
      throw EngineError(
        .version,
        "could not \(purpose): the answer is not JSON, so this is not the interface of Kubeflow "
          + "Pipelines; check the address of the runtime configuration",
        place: server, status: answer.status)
    }
    return json
  }

  /// Why a request failed.
  func problem(to purpose: String) -> EngineError {
    let (kind, text) = kindAndText
    return EngineError(
      kind, "could not \(purpose): \(text)", place: server, status: answer.status)
  }

  private var kindAndText: (EngineError.Kind, String) {
    if isLoginPage {
      return (
        .denied,
        "the server shows a login page instead; check the kind of login, user and password of the "
          + "runtime configuration, and its address: that of Kubeflow's page has to end in /pipeline"
      )
    }
    let said = words.map { ": \($0)" } ?? ""
    switch answer.status {
    case 401:
      return (
        .denied,
        "the login is not accepted\(said) (status 401); check the kind of login and the token or "
          + "password of the runtime configuration, which may have expired"
      )
    case 403:
      return (
        .denied,
        "this is not allowed\(said) (status 403); ask the administrator for this right, or check the "
          + "namespace of the runtime configuration"
      )
    case 404 where code == nil:
      return (
        .version,
        "there is no interface of Kubeflow Pipelines 2 (status 404)\(said); check the address of the "
          + "runtime configuration: that of Kubeflow's page has to end in /pipeline"
      )
    case 404: return (.missing, "it is not there\(said) (status 404)")
    case 409: return (.conflict, "there is one with this name\(said) (status 409)")
    case 408, 429, 502, 503, 504:
      return (.unreachable, "the server is busy or down\(said) (status \(answer.status))")
    case 500...:
      return (.unreachable, "the server failed\(said) (status \(answer.status))")
    default: return (.rejected, "the server refuses it\(said) (status \(answer.status))")
    }
  }

  /// The number by which the server's gateway names the kind of error; nil if it is none of its errors.
  private var code: Int? {
    let json = try? JSONValue(parsing: answer.body)
    return json?["code"]?.int ?? (json?["error_message"] == nil ? nil : 0)
  }

  /// What the server says, in one line; nil if it says nothing.
  private var words: String? {
    let json = try? JSONValue(parsing: answer.body)
    let names = ["message", "error_message", "error", "error_details"]
    let said = json.map { json in names.lazy.compactMap { json[$0]?.string }.first { !$0.isEmpty } }
    let text = said ?? (isPage ? nil : String(decoding: answer.body.prefix(4096), as: UTF8.self))
    let line = (text ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return line.isEmpty ? nil : line.count > 600 ? line.prefix(600) + "…" : line
  }
}
