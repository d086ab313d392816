/// The pages of Dex, known by what is on them: their addresses are another matter.
enum DexPage {
  /// A form, ready to be filled in and sent.
  struct Form {
    /// Where it is sent.
    var address: WebAddress
    /// What it sends in any case.
    var fields: [(name: String, value: String)]
  }

  /// The form for user and password, on the way from the page to which a server leads.
  ///
  /// - Parameters:
  ///   - page: the page: the form itself, or the list of what Dex can ask.
  ///   - connector: what Dex asks behind itself.
  ///   - walk: fetches further pages.
  ///   - failure: makes an error.
  static func form(
    _ page: LoginWalk.Page, _ connector: DexConnector, _ walk: inout LoginWalk,
    _ failure: (EngineError.Kind, String, Int?) -> EngineError
  ) async throws(EngineError) -> Form {
    var page = page
    var read = LoginForms(page.text)
    if login(in: read) == nil, let next = try chosen(page, read, connector, failure) {
      page = try await walk.get(next)
      read = LoginForms(page.text)
    }
    guard page.status < 400 else {
      throw failure(
        .rejected, "the login's page \(page.address.shown) fails with status \(page.status)",
        page.status)
    }
    guard let form = login(in: read), let address = address(of: form, on: page) else {
      throw failure(
        .unusable,
        "the server leads to \(page.address.shown), which is not a login of Dex; set another --auth-type "
          + "in the runtime configuration, such as EXISTING_BEARER_TOKEN", page.status)
    }
    guard address.origin == page.address.origin else {
      throw failure(
        .denied,
        "the form of \(page.address.shown) would pass user and password on to \(address.origin); they "
          + "were not sent", page.status)
    }
    let found = name(in: address.path) ?? name(in: page.address.path)
    if let found, connector != .any, connector.rawValue != found {
      throw failure(
        .unusable,
        "Dex asks for a login of '\(found)', not of '\(connector.rawValue)'; set --auth-type "
          + "\((DexConnector(rawValue: found) ?? .any).kind.rawValue) in the runtime configuration",
        page.status)
    }
    return Form(address: address, fields: form.hidden)
  }

  /// Whether a page asks for user and password, as after a wrong password.
  static func asksForPassword(_ page: LoginWalk.Page) -> Bool {
    login(in: LoginForms(page.text)) != nil
  }

  /// The form that lets the server know who the user is; nil if the page does not ask for that.
  static func approval(_ page: LoginWalk.Page) -> Form? {
    let form = LoginForms(page.text).forms.first { $0.has("approval", "approve") }
    guard let form, let address = address(of: form, on: page),
      address.origin == page.address.origin
    else { return nil }
    return Form(address: address, fields: form.hidden)
  }

  /// Where a form is sent; nil if that is no address of the web.
  private static func address(of form: LoginForms.Form, on page: LoginWalk.Page) -> WebAddress? {
    form.action.isEmpty ? page.address : page.address.following(form.action)
  }

  /// All versions of Dex call the two inputs so, and no other server does.
  private static func login(in page: LoginForms) -> LoginForms.Form? {
    page.forms.first { $0.has("login") && $0.has("password") }
  }

  /// The page of the list that fits; nil if the page is no list.
  private static func chosen(
    _ page: LoginWalk.Page, _ read: LoginForms, _ connector: DexConnector,
    _ failure: (EngineError.Kind, String, Int?) -> EngineError
  ) throws(EngineError) -> WebAddress? {
    let addresses = read.links.compactMap { page.address.following($0) }
      .filter { $0.origin == page.address.origin }
    let names = addresses.compactMap { name(in: $0.path) }
    guard !names.isEmpty else { return nil }
    guard let wanted = connector.choice(from: names) else {
      let offered = names.map { "'\($0)'" }.joined(separator: ", ")
      throw failure(
        .unusable,
        "Dex asks for a login of \(offered), and of no kind that is set; set another --auth-type in the "
          + "runtime configuration", page.status)
    }
    return addresses.first { name(in: $0.path) == wanted }
  }

  /// The name of what is asked: behind `/auth/`; nil if there is none.
  private static func name(in path: String) -> String? {
    let parts = path.split(separator: "/")
    guard let place = parts.lastIndex(of: "auth"), place + 1 < parts.count else { return nil }
    return String(parts[place + 1])
  }
}
