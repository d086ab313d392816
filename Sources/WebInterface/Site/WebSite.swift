import SystemSupport

/// The page and its interface for programs.
package struct WebSite: WebServer.Site {
  private let rules: AccessRules
  private let page: PageFiles
  private let routes: [Route]

  /// Creates a site.
  ///
  /// - Parameters:
  ///   - rules: which requests are answered.
  ///   - settings: what is served.
  ///   - runs: the runs that the page starts.
  package init(_ rules: AccessRules, _ settings: WebSettings, _ runs: StartedRuns) {
    self.rules = rules
    page = PageFiles(folder: settings.assets)
    let record = RunRecordAccess(settings.stateDirectory)
    routes =
      SessionRequests(settings).routes + FileRequests(settings.folder).routes
      + DocumentRequests(settings.folder).routes
      + WatchRequests(settings.folder, record).routes
      + RunRequests(settings.folder, record, runs).routes
  }

  package func refusal(of request: WebRequest) -> WebResponse? {
    let refusal = isEntry(request) ? rules.entryRefusal(of: request) : rules.refusal(of: request)
    guard let refusal else { return nil }
    // A person reads this one.
    return AccessRules.opensPage(request) ? RefusalPage(refusal).response : refusal.response
  }

  package func answer(_ request: WebRequest) async -> WebResponse {
    if isEntry(request) { return entry(request) }
    guard request.path.first == "api" else { return file(request) }
    do throws(WebError) {
      return try await answer(api: request)
    } catch {
      return error.response
    }
  }

  // MARK: The interface for programs

  private func answer(api request: WebRequest) async throws(WebError) -> WebResponse {
    var exists = false
    for route in routes {
      guard let names = route.names(in: request.path) else { continue }
      exists = true
      guard route.takes(request.method) else { continue }
      switch route.handler {
      case .waiting(let handler): return try await handler(request, names)
      case .blocking(let handler):
        return try await onOwnThread { () throws(WebError) in try handler(request, names) }
      }
    }
    guard exists else {
      throw .notFound("there is nothing at '/\(request.path.joined(separator: "/"))'")
    }
    throw WebError(
      405, "method_not_allowed",
      "'/\(request.path.joined(separator: "/"))' does not take \(request.method)")
  }

  // MARK: The page

  /// Whether a request has the token in its address: the first one of a browser.
  private func isEntry(_ request: WebRequest) -> Bool {
    AccessRules.opensPage(request) && request.query["token"] != nil
  }

  /// Exchanges the token in the address for a cookie, so that it does not stay in the history.
  private func entry(_ request: WebRequest) -> WebResponse {
    var headers = [("Location", "./"), ("Cache-Control", "no-store")]
    if case .token(let token, let port) = rules.proof {
      headers.append(
        (
          "Set-Cookie",
          "\(AccessRules.cookie(port: port))=\(token.text); HttpOnly; SameSite=Strict; Path=/"
        ))
    }
    if let site = request.headers["sec-fetch-site"], !["none", "same-origin"].contains(site) {
      // Another page, such as the file of --open, has led here: a browser sends the cookie only if
      // a page of ours leads on.
      headers[0] = ("Content-Type", "text/html; charset=utf-8")
      return WebResponse(
        headers: headers.map { (name: $0.0, value: $0.1) } + SecurityHeaders.page(isFramed: false),
        body: .bytes(Array(WebSite.leadingOn.utf8)))
    }
    return WebResponse(status: 303, headers: headers, body: .bytes([]))
  }

  private static let leadingOn = """
    <!DOCTYPE html><meta charset="utf-8"><title>Lyre</title>
    <meta http-equiv="refresh" content="0;url=./">

    """

  private func file(_ request: WebRequest) -> WebResponse {
    guard ["GET", "HEAD"].contains(request.method), let file = page.file(request.path) else {
      return WebError.notFound("there is no file '\(request.path.joined(separator: "/"))'").response
    }
    let tag = "\"\(file.tag)\""
    var isFramed = false
    if case .socket = rules.proof { isFramed = true }
    let headers =
      [("Content-Type", file.type), ("Cache-Control", "no-cache"), ("ETag", tag)]
      + SecurityHeaders.page(isFramed: isFramed)
    if request.headers["if-none-match"] == tag {
      return WebResponse(status: 304, headers: headers, body: .bytes([]))
    }
    return WebResponse(headers: headers, body: .bytes(file.bytes))
  }
}
