/// A cookie, by the rules of RFC 6265 and its successor.
struct Cookie: Sendable, Hashable {
  var name: String
  var value: String
  /// The host to which it is sent, in small letters.
  var domain: String
  /// Whether it is not sent to hosts below that.
  var isForHostAlone: Bool
  /// The path below which it is sent.
  var path: String
  /// Whether it is sent over encrypted connections only.
  var isSecure: Bool
  /// When it ends, in seconds since 1970; nil with the session.
  var expires: Int?

  /// Reads the value of a header `Set-Cookie`; nil if it is to be ignored.
  ///
  /// - Parameters:
  ///   - header: the value.
  ///   - address: the URL whose answer has it.
  ///   - now: the time, in seconds since 1970.
  init?(_ header: String, from address: WebAddress, now: Int) {
    let parts = header.split(separator: ";", omittingEmptySubsequences: false)
    guard let first = parts.first, let equals = first.firstIndex(of: "=") else { return nil }
    name = Cookie.trimmed(first[..<equals])
    value = Cookie.trimmed(first[first.index(after: equals)...])
    guard !name.isEmpty,
      !header.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
    else { return nil }
    domain = address.host
    isForHostAlone = true
    path = Cookie.defaultPath(of: address.path)
    isSecure = false
    var age: Int?
    for part in parts.dropFirst() {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let text = pair.count > 1 ? Cookie.trimmed(pair[1]) : ""
      switch Cookie.trimmed(pair[0]).lowercased() {
      case "domain":
        let wanted = (text.hasPrefix(".") ? String(text.dropFirst()) : text).lowercased()
        if wanted.isEmpty { continue }
        // A name of one part, such as `com`, is nobody's own.
        guard Cookie.isBelow(address.host, wanted), wanted == address.host || wanted.contains(".")
        else { return nil }
        domain = wanted
        isForHostAlone = false
      case "path": path = text.hasPrefix("/") ? text : Cookie.defaultPath(of: address.path)
      case "secure": isSecure = true
      case "max-age": age = Int(text) ?? age
      case "expires": expires = CookieDate.seconds(text) ?? expires
      default: break
      }
    }
    if let age {
      expires = age <= 0 ? 0 : now.addingReportingOverflow(age).overflow ? Int.max : now + age
    }
    // Only who may read a cookie of encrypted connections may set one.
    guard !isSecure || address.isPrivate else { return nil }
    if name.hasPrefix("__Secure-"), !isSecure { return nil }
    if name.hasPrefix("__Host-"), !isSecure || !isForHostAlone || path != "/" { return nil }
  }

  /// Whether it is sent with a request.
  func goes(to address: WebAddress, now: Int) -> Bool {
    guard isForHostAlone ? address.host == domain : Cookie.isBelow(address.host, domain) else {
      return false
    }
    return !isOver(now) && (!isSecure || address.isPrivate)
      && (address.path == path
        || address.path.hasPrefix(path.hasSuffix("/") ? path : path + "/"))
  }

  /// Whether its time is over.
  func isOver(_ now: Int) -> Bool { expires.map { $0 <= now } ?? false }

  /// Whether both are the same one, so that the newer replaces the older.
  func replaces(_ other: Cookie) -> Bool {
    name == other.name && domain == other.domain && path == other.path
  }

  /// Whether a host is a domain or below it.
  private static func isBelow(_ host: String, _ domain: String) -> Bool {
    if host == domain { return true }
    let isAddress = host.contains(":") || host.split(separator: ".").allSatisfy { UInt8($0) != nil }
    return !isAddress && host.hasSuffix("." + domain)
  }

  private static func defaultPath(of path: String) -> String {
    guard path.hasPrefix("/"), let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
      return "/"
    }
    return String(path[..<slash])
  }

  private static func trimmed(_ text: Substring) -> String {
    var rest = text
    while rest.first == " " || rest.first == "\t" { rest.removeFirst() }
    while rest.last == " " || rest.last == "\t" { rest.removeLast() }
    return String(rest)
  }
}
