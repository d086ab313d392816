/// An address with the function that answers its requests.
struct Route: Sendable {
  /// The decoded parts of a path at the places of a pattern's names.
  typealias Names = [String: String]

  /// A function that answers.
  enum Handler: Sendable {
    /// It may block, so it runs on a thread of its own.
    case blocking(@Sendable (WebRequest, Names) throws(WebError) -> WebResponse)
    /// It waits for events.
    case waiting(@Sendable (WebRequest, Names) async throws(WebError) -> WebResponse)
  }

  private let method: String
  private let pattern: [Substring]
  /// The function.
  let handler: Handler

  /// A route whose function may block.
  ///
  /// - Parameters:
  ///   - method: the method.
  ///   - pattern: the path, such as `api/runs/:run`; a part that begins with `:` is a name.
  init(
    _ method: String, _ pattern: String,
    _ handler: @escaping @Sendable (WebRequest, Names) throws(WebError) -> WebResponse
  ) {
    self.method = method
    self.pattern = pattern.split(separator: "/")
    self.handler = .blocking(handler)
  }

  /// A route whose function waits for events.
  init(
    _ method: String, waiting pattern: String,
    _ handler: @escaping @Sendable (WebRequest, Names) async throws(WebError) -> WebResponse
  ) {
    self.method = method
    self.pattern = pattern.split(separator: "/")
    self.handler = .waiting(handler)
  }

  /// Whether the route answers a method; a `HEAD` is a `GET` without content.
  func takes(_ method: String) -> Bool {
    self.method == method || self.method == "GET" && method == "HEAD"
  }

  /// The names in a path; nil if it does not match.
  func names(in path: [String]) -> Names? {
    guard path.count == pattern.count else { return nil }
    var names: Names = [:]
    for (part, text) in zip(pattern, path) {
      if part.first == ":" {
        names[String(part.dropFirst())] = text
      } else if part != text {
        return nil
      }
    }
    return names
  }
}
