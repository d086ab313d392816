/// A server of an `http` or `https` URL, with the path that precedes all requests to it.
struct ServerAddress: Sendable, Hashable {
  var isEncrypted: Bool
  /// The name or address; an IPv6 address without brackets.
  var host: String
  var port: Int
  /// Empty, or with a slash in front and none at the end.
  var path = ""

  /// Reads a URL; nil if it is none, or has a user, a query or a fragment.
  init?(_ text: String) {
    guard let (scheme, rest) = ServerAddress.parts(text) else { return nil }
    isEncrypted = scheme == "https"
    let end = rest.firstIndex(of: "/") ?? rest.endIndex
    var authority = rest[..<end]
    var path = rest[end...]
    while path.hasSuffix("/") { path = path.dropLast() }
    guard !authority.isEmpty, !text.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F }),
      !text.contains(where: { "@?#\\".contains($0) })
    else { return nil }
    self.path = String(path)
    port = isEncrypted ? 443 : 80
    let bracket = authority.lastIndex(of: "]")
    if let colon = authority.lastIndex(of: ":"), bracket.map({ $0 < colon }) ?? true {
      guard let number = Int(authority[authority.index(after: colon)...]),
        (1...65535).contains(number)
      else { return nil }
      port = number
      authority = authority[..<colon]
    }
    if authority.hasPrefix("["), authority.hasSuffix("]") {
      authority = authority.dropFirst().dropLast()
    }
    guard !authority.isEmpty else { return nil }
    host = String(authority)
  }

  private static func parts(_ text: String) -> (String, Substring)? {
    for scheme in ["https", "http"] where text.lowercased().hasPrefix(scheme + "://") {
      return (scheme, text.dropFirst(scheme.count + 3))
    }
    return nil
  }

  /// The value of the header `Host`: the port is left out if it is the usual one.
  var authority: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == (isEncrypted ? 443 : 80) ? name : "\(name):\(port)"
  }

  /// The URL, without its path.
  var origin: String { "\(isEncrypted ? "https" : "http")://\(authority)" }

  /// Whether the host is an address and no name, so that no bucket can stand before it.
  var isNumeric: Bool {
    host.contains(":") || host.split(separator: ".").allSatisfy { UInt8($0) != nil }
  }

  /// Whether the host is this machine.
  var isLoopback: Bool {
    host == "localhost" || host == "::1" || isNumeric && host.hasPrefix("127.")
  }
}
