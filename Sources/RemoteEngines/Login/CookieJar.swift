import SystemSupport

/// The cookies of one login.
struct CookieJar: Sendable, Hashable {
  private var cookies: [Cookie] = []

  /// The time, in seconds since 1970.
  static var now: Int { Int(wallClockNanoseconds() / 1_000_000_000) }

  /// Whether there is none.
  var isEmpty: Bool { cookies.isEmpty }

  /// Keeps what an answer sets.
  ///
  /// - Parameters:
  ///   - headers: the values of its headers `Set-Cookie`.
  ///   - address: its URL.
  ///   - now: the time, in seconds since 1970.
  mutating func keep(_ headers: [String], from address: WebAddress, now: Int) {
    for header in headers {
      guard let cookie = Cookie(header, from: address, now: now) else { continue }
      // Over an open connection, nobody replaces a cookie of encrypted ones.
      if !address.isPrivate, cookies.contains(where: { $0.isSecure && $0.replaces(cookie) }) {
        continue
      }
      if let place = cookies.firstIndex(where: { cookie.replaces($0) }) {
        cookies[place] = cookie
      } else {
        cookies.append(cookie)
      }
    }
    cookies.removeAll { $0.isOver(now) }
  }

  /// The value of the header `Cookie` for a request; nil if there is none to send.
  func header(for address: WebAddress, now: Int) -> String? {
    let sent = cookies.enumerated().filter { $0.element.goes(to: address, now: now) }
      .sorted { ($1.element.path.utf8.count, $0.offset) < ($0.element.path.utf8.count, $1.offset) }
      .map { "\($0.element.name)=\($0.element.value)" }
    return sent.isEmpty ? nil : sent.joined(separator: "; ")
  }

  /// Whether there are cookies that a request would take along if its connection were encrypted.
  func hasOnlyPrivateOnes(for address: WebAddress, now: Int) -> Bool {
    var encrypted = address
    encrypted.isEncrypted = true
    return header(for: address, now: now) == nil && header(for: encrypted, now: now) != nil
  }
}
