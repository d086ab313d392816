import JSONCore

/// A request of the page or of another program.
package struct WebRequest: Sendable {
  /// The method in upper case, such as `GET`.
  package let method: String

  /// The decoded parts of the path, without empty ones.
  package let path: [String]

  /// The decoded parameters of the query; of repeated ones, the last.
  package let query: [String: String]

  /// The headers by their names in lower case; repeated ones are joined with commas.
  package let headers: [String: String]

  /// The content; empty before it was read.
  package var body: [UInt8] = []

  /// Creates a request from the parts of its head.
  ///
  /// - Parameters:
  ///   - method: the method.
  ///   - target: the path and query as sent.
  ///   - headers: the names and values of the headers.
  /// - Throws: ``WebError`` if the target is not a path, or not valid text.
  package init(method: String, target: String, headers: [(String, String)]) throws(WebError) {
    guard target.utf8.first == UInt8(ascii: "/") else {
      throw .invalid("the request's target must be a path")
    }
    let whole = target.prefix { $0 != "#" }
    let end = whole.firstIndex(of: "?") ?? whole.endIndex
    var path: [String] = []
    for part in whole[..<end].split(separator: "/") {
      guard let text = PercentText.decoded(part) else {
        throw .invalid("the request's path is not valid text")
      }
      path.append(text)
    }
    var query: [String: String] = [:]
    for field in whole[end...].dropFirst().split(separator: "&") {
      let equals = field.firstIndex(of: "=") ?? field.endIndex
      guard let name = PercentText.decoded(field[..<equals], plusIsSpace: true),
        let value = PercentText.decoded(field[equals...].dropFirst(), plusIsSpace: true)
      else { throw .invalid("the request's query is not valid text") }
      query[name] = value
    }
    self.method = method.uppercased()
    self.path = path
    self.query = query
    self.headers = Dictionary(headers.map { ($0.lowercased(), $1) }) { "\($0), \($1)" }
  }

  /// The value of a parameter that the request must have.
  ///
  /// - Throws: ``WebError``.
  func parameter(_ name: String) throws(WebError) -> String {
    guard let value = query[name], !value.isEmpty else {
      throw .invalid("the parameter '\(name)' is missing")
    }
    return value
  }

  /// The content as a JSON object.
  ///
  /// - Throws: ``WebError``.
  func object() throws(WebError) -> JSONObject {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: body)
    } catch {
      throw .invalid("the request's content is not JSON: \(error)")
    }
    guard let object = value.object else {
      throw .invalid("the request's content must be a JSON object")
    }
    return object
  }

  /// A cookie's value.
  func cookie(_ name: String) -> String? {
    for pair in (headers["cookie"] ?? "").split(separator: ";") {
      let pair = pair.drop { $0 == " " }
      guard let equals = pair.firstIndex(of: "="), pair[..<equals] == name else { continue }
      return String(pair[equals...].dropFirst())
    }
    return nil
  }
}

extension JSONObject {
  /// The text of a member that must be there.
  ///
  /// - Throws: ``WebError``.
  func text(_ name: String) throws(WebError) -> String {
    guard let text = self[name]?.string else {
      throw .invalid("the member '\(name)' must be a string")
    }
    return text
  }

  /// The texts of a member; none if it is missing.
  ///
  /// - Throws: ``WebError``.
  func texts(_ name: String) throws(WebError) -> [String] {
    guard let value = self[name], !value.isNull else { return [] }
    let texts = value.array?.compactMap(\.string)
    guard let texts, texts.count == value.array?.count else {
      throw .invalid("the member '\(name)' must be a list of strings")
    }
    return texts
  }
}
