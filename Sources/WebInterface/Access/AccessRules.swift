/// Decides which requests are answered.
///
/// The server listens on this machine only, but every program of the machine, of every user, can
/// connect to it, and so can every site that is open in a browser of the machine. A request must
/// prove that it comes from the page itself, or from a program of this user.
package struct AccessRules: Sendable {
  /// How requests show that they come from this user.
  package enum Proof: Sendable {
    /// By a token; the number is the server's port.
    case token(AccessToken, port: Int)
    /// By having access to the socket, whose directory is closed to other users.
    case socket
  }

  /// The proof.
  package let proof: Proof

  /// Creates rules.
  package init(_ proof: Proof) {
    self.proof = proof
  }

  /// The name of the cookie with the token; cookies are shared by all ports of a host.
  package static func cookie(port: Int) -> String { "lyre-\(port)" }

  /// Why a request is not answered; nil if it is.
  package func refusal(of request: WebRequest) -> WebError? {
    hostRefusal(request) ?? methodRefusal(request) ?? siteRefusal(request)
      ?? tokenRefusal(request) ?? contentRefusal(request)
  }

  /// Whether a request opens the page itself: other sites may link to it.
  static func opensPage(_ request: WebRequest) -> Bool {
    request.path.isEmpty && ["GET", "HEAD"].contains(request.method)
  }

  // MARK: The rules

  /// A name of another site that leads to this machine (DNS rebinding) is refused.
  ///
  /// Any port is accepted: through an SSH tunnel the page has that of the tunnel.
  fileprivate func hostRefusal(_ request: WebRequest) -> WebError? {
    guard case .token = proof else { return nil }
    let host = request.headers["host"] ?? ""
    if let name = AccessRules.hostName(host), ["127.0.0.1", "localhost", "[::1]"].contains(name) {
      return nil
    }
    return .forbidden(
      "wrong_host", "the request is for another host",
      remedy: "open the address that lyre ui shows")
  }

  /// The name of a host, without a port; nil if it is not of that form.
  static func hostName(_ host: String) -> String? {
    let end = host.hasPrefix("[") ? host.firstIndex(of: "]").map(host.index(after:)) : nil
    let colon = host[(end ?? host.startIndex)...].firstIndex(of: ":") ?? host.endIndex
    let port = host[colon...].dropFirst()
    guard port.allSatisfy({ $0.isASCII && $0.isNumber }), port.count <= 5 else { return nil }
    if let end, end != colon { return nil }
    return host[..<colon].lowercased()
  }

  private func methodRefusal(_ request: WebRequest) -> WebError? {
    ["GET", "HEAD", "POST", "PUT"].contains(request.method)
      ? nil : WebError(405, "method_not_allowed", "the method \(request.method) is not used here")
  }

  /// Requests that another site in the same browser makes are refused.
  private func siteRefusal(_ request: WebRequest) -> WebError? {
    if AccessRules.opensPage(request) { return nil }
    let refusal = WebError.forbidden("foreign_site", "the request comes from another site")
    if let site = request.headers["sec-fetch-site"], !["same-origin", "none"].contains(site) {
      return refusal
    }
    guard case .token = proof, let origin = request.headers["origin"] else {
      // Behind a proxy the host may have another name than in the browser.
      return nil
    }
    let host = request.headers["host"] ?? ""
    return origin == "http://\(host)" || origin == "https://\(host)" ? nil : refusal
  }

  private func tokenRefusal(_ request: WebRequest) -> WebError? {
    guard case .token(let token, let port) = proof else { return nil }
    let header = request.headers["authorization"] ?? ""
    let words = header.split(separator: " ", maxSplits: 1)
    if words.first?.lowercased() == "bearer" {
      if token.matches(words.dropFirst().first.map { $0.drop { $0 == " " } }.map(String.init)) {
        return nil
      }
    } else if token.matches(request.cookie(AccessRules.cookie(port: port))) {
      return nil
    }
    return .forbidden(
      "no_token", "the request has no valid token",
      remedy: "open the address with the token that lyre ui shows")
  }

  /// A form of another site can send neither this header nor this type of content without asking
  /// first, which is never granted.
  private func contentRefusal(_ request: WebRequest) -> WebError? {
    if ["GET", "HEAD"].contains(request.method) { return nil }
    let type = (request.headers["content-type"] ?? "").prefix { $0 != ";" }
      .lowercased().filter { $0 != " " }
    guard type == "application/json" else {
      return WebError(415, "wrong_type", "the content must be of the type application/json")
    }
    guard request.headers["x-lyre"] == "1" else {
      return .forbidden("no_header", "the header X-Lyre: 1 is missing")
    }
    return nil
  }
}

extension AccessRules {
  /// Why a request with the token in its address is not answered; nil if it is.
  package func entryRefusal(of request: WebRequest) -> WebError? {
    if let refusal = hostRefusal(request) { return refusal }
    guard case .token(let token, _) = proof, !token.matches(request.query["token"]) else {
      return nil
    }
    return .forbidden(
      "wrong_token", "the token in the address is not that of this server",
      remedy: "open the address that lyre ui shows")
  }
}
