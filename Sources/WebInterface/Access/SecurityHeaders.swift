/// The headers by which browsers protect the page.
enum SecurityHeaders {
  /// The headers of every answer.
  static let common: [(name: String, value: String)] = [
    ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
  ]

  /// The headers of the page and its files.
  ///
  /// - Parameter isFramed: whether the page may be in a frame of its own site, as in JupyterLab.
  static func page(isFramed: Bool) -> [(name: String, value: String)] {
    let policy =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
      + "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; "
      + "frame-ancestors \(isFramed ? "'self'" : "'none'")"
    return [
      ("Content-Security-Policy", policy), ("Cross-Origin-Opener-Policy", "same-origin"),
    ]
  }

  /// The headers of pages with foreign content, such as outputs of notebooks: scripts run with an
  /// origin of their own, which has no access to the page and its cookie.
  static let foreign: [(name: String, value: String)] = [
    ("Content-Security-Policy", "sandbox allow-scripts allow-popups; frame-ancestors 'self'"),
    ("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"),
  ]

  /// The headers of answers in other formats, which are never shown as a page.
  static let data: [(name: String, value: String)] = [
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
  ]
}
