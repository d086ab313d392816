import ObjectStorage

/// Something in a runtime configuration that Elyra's rules do not allow, or that will not work.
package struct RuntimeProblem: Sendable, Hashable, CustomStringConvertible {
  /// The member.
  package var key: RuntimeKey
  /// What is wrong, and the remedy.
  package var message: String
  /// Whether it does not prevent anything.
  package var isWarning = false

  /// The member and what is wrong.
  package var description: String { "\(key.rawValue): \(message)" }
}

/// Elyra's rules for the values of members.
enum RuntimeRules {
  /// Whether a text is of small letters, digits, `-` and `.`, with a letter or digit at both ends.
  static func isBucketLike(_ text: String, _ lengths: ClosedRange<Int>, dots: Bool = true) -> Bool {
    func isAlphanumeric(_ byte: UInt8) -> Bool {
      (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
    }
    let bytes = Array(text.utf8)
    guard lengths.contains(bytes.count), let first = bytes.first, let last = bytes.last else {
      return false
    }
    return isAlphanumeric(first) && isAlphanumeric(last)
      && bytes.allSatisfy {
        isAlphanumeric($0) || $0 == UInt8(ascii: "-") || dots && $0 == UInt8(ascii: ".")
      }
  }

  /// Why a text is not the URL of a server; nil if it is one.
  static func addressProblem(_ text: String) -> String? {
    guard WebFile.isURL(text) else {
      return
        "'\(WebFile.shown(text))' is not the URL of a server; it begins with http:// or https://"
    }
    let rest = text.dropFirst(text.lowercased().hasPrefix("https") ? 8 : 7)
    let authority = rest.prefix { !"/?#".contains($0) }
    if authority.contains("@") {
      return
        "the URL has a user or password in it; give it without them, and name them in the members "
        + "for user and password"
    }
    if rest.contains(where: { $0 == "?" || $0 == "#" }) {
      return "the URL is that of a page; give it only up to the '\(rest.contains("#") ? "#" : "?")'"
    }
    let isText = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
    let colon = authority.lastIndex(of: ":").map { authority[authority.index(after: $0)...] }
    let hasPort = authority.hasSuffix("]") || (colon.map { UInt16($0) ?? 0 > 0 } ?? true)
    guard isText, hasPort, !authority.isEmpty, !authority.hasPrefix(":") else {
      return "'\(WebFile.shown(text))' is not the URL of a server, such as https://host:8443/path"
    }
    return nil
  }
}
