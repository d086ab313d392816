import FoundationEssentials

/// A URL of a server of the web, in its parts.
struct WebAddress: Sendable, Hashable {
  /// Whether it is `https`.
  var isEncrypted: Bool
  /// The host in small letters; an IPv6 address without brackets.
  var host: String
  /// The port.
  var port: Int
  /// The path, percent-encoded; never empty.
  var path: String
  /// The query, percent-encoded; nil if there is none.
  var query: String?

  /// Reads a URL; nil if it is not one of a server, or has a user.
  init?(_ text: String) {
    guard let url = URL(string: text) else { return nil }
    self.init(url)
  }

  private init?(_ url: URL) {
    guard let scheme = url.scheme?.lowercased(), scheme == "http" || scheme == "https",
      var host = url.host(percentEncoded: false)?.lowercased(), !host.isEmpty, url.user() == nil
    else { return nil }
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    // Decoded, another host may come to light.
    guard host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"/?#@\\%".utf8.contains($0) }) else {
      return nil
    }
    isEncrypted = scheme == "https"
    self.host = host
    port = url.port ?? (isEncrypted ? 443 : 80)
    let path = url.path(percentEncoded: true)
    self.path = path.isEmpty ? "/" : path
    query = url.query(percentEncoded: true)
  }

  /// The URL to which an answer's header `Location` leads; nil if it is none.
  func following(_ location: String) -> WebAddress? {
    guard let base = URL(string: text), let url = URL(string: location, relativeTo: base) else {
      return nil
    }
    return WebAddress(url.absoluteURL)
  }

  /// The URL without a path.
  var origin: String {
    let name = host.contains(":") ? "[\(host)]" : host
    let usual = port == (isEncrypted ? 443 : 80)
    return "\(isEncrypted ? "https" : "http")://\(name)\(usual ? "" : ":\(port)")"
  }

  /// The whole URL.
  var text: String { origin + path + (query.map { "?\($0)" } ?? "") }

  /// The URL for messages: without its query, which may have secrets.
  var shown: String { origin + path }

  /// Whether nobody on the way can read what is sent: encrypted, or on this machine.
  var isPrivate: Bool {
    let isNumeric = host.split(separator: ".").allSatisfy { UInt8($0) != nil }
    return isEncrypted || host == "localhost" || host == "::1"
      || isNumeric && host.hasPrefix("127.")
  }
}
