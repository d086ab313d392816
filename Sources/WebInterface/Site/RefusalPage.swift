/// The page for a person whose request is refused.
struct RefusalPage {
  private let error: WebError

  init(_ error: WebError) {
    self.error = error
  }

  /// The answer.
  ///
  /// The link is there because a browser does not send the cookie when another site has led to the
  /// page; it does when this page leads to it.
  var response: WebResponse {
    let text = """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>Lyre</title>
      <meta name="viewport" content="width=device-width,initial-scale=1"></head>
      <body><h1>Lyre</h1><p>This page is for the user who has started <code>lyre ui</code>: \
      \(error.message).</p><p>Follow <a href="./">this link</a>, or \(error.remedy ?? "try again").</p>
      </body></html>

      """
    return WebResponse(
      status: error.status,
      headers: [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")]
        + SecurityHeaders.page(isFramed: false), body: .bytes(Array(text.utf8)))
  }
}
