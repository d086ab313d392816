import JSONCore

/// Which proxy the environment names for a server: `https_proxy`, `all_proxy` and `no_proxy`, as
/// curl and Python read them.
enum ProxyChoice {
  /// A proxy.
  struct Proxy: Sendable, Hashable {
    var host: String
    var port: Int
    /// User and password in Base64, as the header has them.
    var credentials: String?
  }

  /// The proxy for a server; nil to connect to it.
  static func proxy(for server: ServerAddress, _ environment: [String: String]) -> Proxy? {
    // The HTTP library asks proxies for tunnels, which they give for TLS only.
    guard server.isEncrypted else { return nil }
    let names = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
    guard let text = names.lazy.compactMap({ environment[$0] }).first(where: { !$0.isEmpty }),
      !isExcluded(server, environment["no_proxy"] ?? environment["NO_PROXY"] ?? "")
    else { return nil }
    return read(text)
  }

  private static func isExcluded(_ server: ServerAddress, _ list: String) -> Bool {
    let host = server.host.lowercased()
    return list.split(whereSeparator: { $0 == "," || $0 == " " }).contains { entry in
      if entry == "*" { return true }
      var name = entry.lowercased()
      if let colon = name.lastIndex(of: ":"), let port = Int(name[name.index(after: colon)...]),
        !name[..<colon].contains(":")
      {
        if port != server.port { return false }
        name = String(name[..<colon])
      }
      if name.hasPrefix(".") { name = String(name.dropFirst()) }
      return host == name || host.hasSuffix("." + name)
    }
  }

  private static func read(_ text: String) -> Proxy? {
    let url = text.contains("://") ? text : "http://" + text
    guard url.hasPrefix("http://"), let at = url.lastIndex(of: "@") else {
      return ServerAddress(url).map { Proxy(host: $0.host, port: $0.port, credentials: nil) }
    }
    let user = url[..<at].dropFirst("http://".count)
    let server = ServerAddress("http://" + url[url.index(after: at)...])
    return server.map { server in
      let credentials = Base64.encoded(Array(PercentEncoding.decoded(String(user)).utf8))
      return Proxy(host: server.host, port: server.port, credentials: credentials)
    }
  }
}
