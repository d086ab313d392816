import JSONCore
import ObjectStorage

/// The requests of checks: they only read.
struct CheckRequest {
  let exchange: WebExchange
  let login: any EngineLogin

  /// An answer, with what checks ask of it.
  struct Answer {
    /// Its status.
    let status: Int
    /// Its content; nil if it is not a JSON object.
    let json: JSONObject?
    /// Whether a login is asked for: by its status, by leading to one, or by a page for people.
    let asksForLogin: Bool

    fileprivate init(_ answer: WebExchange.Answer) {
      status = answer.status
      json = (try? JSONValue(parsing: answer.body))?.object
      let isPage = answer["content-type"]?.lowercased().hasPrefix("text/html") ?? false
      asksForLogin =
        answer.status == 401 || (300..<400).contains(answer.status)
        || answer.status == 200 && isPage
    }

    /// What the server says, and its status, for a message.
    var said: String {
      let names = ["message", "error_message", "error", "detail"]
      let text = names.lazy.compactMap { json?[$0]?.string }.first { !$0.isEmpty } ?? ""
      let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(300)
      return "status \(status)" + (words.isEmpty ? "" : ": \(words)")
    }
  }

  /// Sends a request, and once more with a new login if it is refused.
  ///
  /// - Throws: ``EngineError`` if no answer comes, or the login fails.
  func get(_ url: String, _ headers: [(name: String, value: String)] = [])
    async throws(EngineError) -> Answer
  {
    let first = try await send(url, headers + login.headers(afterRefusal: false))
    guard first.asksForLogin else { return first }
    // A page for people in place of an answer is that of another address: a token cannot help.
    if first.status == 200, login is NoAuthentication || login is FoundToken { return first }
    return try await send(url, headers + login.headers(afterRefusal: true))
  }

  private func send(_ url: String, _ headers: [(name: String, value: String)])
    async throws(EngineError) -> Answer
  {
    var request = WebExchange.Request("GET", url)
    // Servers of git want to know what programs ask them.
    request.headers = [("accept", "application/json"), ("user-agent", "lyre")] + headers
    do throws(ObjectStorageError) {
      return Answer(
        try await exchange.answer(
          to: request, attempts: 2, limit: .seconds(20), maximum: 4 << 20))
    } catch {
      throw EngineError(
        error.kind == .cancelled ? .cancelled : .unreachable,
        "\(error.message); check the address, and that this machine reaches it", place: error.place)
    }
  }
}
