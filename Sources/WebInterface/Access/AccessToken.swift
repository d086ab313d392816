import JupyterProtocol

/// The secret that programs of this user have, and nobody else.
package struct AccessToken: Sendable {
  /// The text of the token.
  package let text: String

  /// A new random token of 256 bits.
  package init() {
    text = hexadecimal(randomBytes(count: 32))
  }

  /// A token that the user has chosen.
  ///
  /// - Parameter text: letters, digits, `-`, `.`, `_` and `~`, at least 16.
  /// - Returns: nil if it is too short, or has other characters, which would have to be escaped in
  ///   addresses and cookies.
  package init?(_ text: String) {
    guard text.utf8.count >= 16, text.utf8.count <= 512, PercentText.encoded(text) == text else {
      return nil
    }
    self.text = text
  }

  /// Whether a text is the token; the time does not depend on how much of it is right.
  package func matches(_ other: String?) -> Bool {
    guard let other else { return false }
    let (own, given) = (Array(text.utf8), Array(other.utf8))
    guard own.count == given.count else { return false }
    return zip(own, given).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
