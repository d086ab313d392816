/// Finds Dex's form for user and password.
enum DexPage {
  /// The URL of the form, on the way from the page to which a server leads.
  ///
  /// - Parameters:
  ///   - page: the page.
  ///   - connector: what Dex asks behind itself.
  ///   - walk: fetches further pages.
  ///   - failure: makes an error.
  static func form(
    _ page: LoginWalk.Page, _ connector: DexLogin.Connector, _ walk: inout LoginWalk,
    _ failure: (EngineError.Kind, String, Int?) -> EngineError
  ) async throws(EngineError) -> WebAddress {
    var page = page
    if page.address.path.hasSuffix("/auth") {
      // Dex's list of what it can ask.
      var choice = page.address
      choice.path += "/" + name(connector, in: page.text)
      page = try await walk.get(choice)
    }
    guard let found = DexPage.connector(in: page.address.path) else {
      throw failure(
        .unusable,
        "the server leads to \(page.address.shown), which is not a login of Dex; set another --auth-type "
          + "in the runtime configuration, such as EXISTING_BEARER_TOKEN", page.status)
    }
    guard connector == .any || connector.rawValue == found else {
      let kind: RuntimeLogin =
        found == "local" ? .dexPasswords : found == "ldap" ? .dexLDAP : .dexLegacy
      throw failure(
        .unusable,
        "Dex asks for a login of '\(found)', not of '\(connector.rawValue)'; set --auth-type "
          + "\(kind.rawValue) in the runtime configuration", page.status)
    }
    if !page.address.path.hasSuffix("/login"), page.status >= 400 {
      throw failure(
        .rejected, "Dex's page \(page.address.shown) fails with status \(page.status)", page.status)
    }
    return page.address
  }

  /// The name behind `/auth/`; nil if there is none.
  private static func connector(in path: String) -> String? {
    let parts = path.split(separator: "/")
    guard let place = parts.lastIndex(of: "auth"), place + 1 < parts.count else { return nil }
    return String(parts[place + 1])
  }

  /// What is chosen from the list.
  private static func name(_ connector: DexLogin.Connector, in list: String) -> String {
    guard connector == .any else { return connector.rawValue }
    return ["local", "ldap"].first { list.contains("/auth/\($0)") } ?? "local"
  }
}
