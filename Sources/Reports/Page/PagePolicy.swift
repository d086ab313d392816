import JupyterProtocol

/// What a page lets the browser load and run.
struct PagePolicy {
  /// The number that scripts of this page must carry to run.
  let nonce = randomBytes(count: 16).map { String($0, radix: 16) }.joined()

  /// The policy as an element of the page's head.
  ///
  /// - Parameters:
  ///   - hasScript: whether the page has a script of its own.
  ///   - hasFrames: whether outputs have scripts, which run in frames; frames have the policy of the
  ///     page, too.
  func element(hasScript: Bool, hasFrames: Bool) -> String {
    var rules = [
      "default-src 'none'", "base-uri 'none'", "form-action 'none'",
      "img-src data: https: http:\(hasFrames ? " blob:" : "")", "media-src data: https: http:",
      "frame-src https:",
    ]
    if hasFrames {
      rules += [
        "style-src 'unsafe-inline' https:", "font-src data: https:",
        "script-src 'nonce-\(nonce)' 'strict-dynamic' 'unsafe-eval'",
        "connect-src https: data: blob:", "worker-src blob:",
      ]
    } else {
      rules += ["style-src 'unsafe-inline'", "font-src data:"]
      if hasScript { rules.append("script-src 'nonce-\(nonce)'") }
    }
    return
      "<meta http-equiv=\"Content-Security-Policy\" content=\"\(rules.joined(separator: "; "))\">"
  }
}
