/// A key for signing requests.
///
/// Its description has no secret, so that it can be printed by accident.
package struct StorageCredentials: Sendable, Hashable, CustomStringConvertible {
  /// The public part.
  package var accessKey: String
  /// The secret part.
  package var secretKey: String
  /// The token of credentials that expire.
  package var sessionToken: String?
  /// When they expire, in seconds since 1970-01-01 00:00 UTC; nil if they do not.
  package var expires: Int?

  /// Creates credentials.
  package init(
    accessKey: String, secretKey: String, sessionToken: String? = nil, expires: Int? = nil
  ) {
    self.accessKey = accessKey
    self.secretKey = secretKey
    self.sessionToken = sessionToken
    self.expires = expires
  }

  /// The text without what is secret in it: servers and libraries may repeat what they were sent.
  func redacted(_ text: String) -> String {
    [secretKey, sessionToken].reduce(text) { text, secret in
      guard let secret, secret.utf8.count >= 8 else { return text }
      return text.split(separator: secret, omittingEmptySubsequences: false).joined(
        separator: "***")
    }
  }

  /// The public part only.
  package var description: String { "access key \(accessKey)" }
}

extension StorageCredentials: CustomReflectable {
  /// The public part only, for `dump` and messages of tests.
  package var customMirror: Mirror { Mirror(self, children: ["accessKey": accessKey]) }
}
