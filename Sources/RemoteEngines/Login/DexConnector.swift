/// What Dex asks behind itself.
enum DexConnector: String, Sendable {
  case local
  case ldap
  /// Whatever it shows.
  case any

  /// The value of `auth_type` for it.
  var kind: RuntimeLogin {
    switch self {
    case .local: .dexPasswords
    case .ldap: .dexLDAP
    case .any: .dexLegacy
    }
  }

  /// What is chosen from the names in a list; nil if it has nothing for this.
  func choice(from names: [String]) -> String? {
    let wanted = self == .any ? [DexConnector.local, .ldap] : [self]
    return wanted.map(\.rawValue).first(where: names.contains)
  }
}
