/// Pages as Dex writes them, without their header and footer.
enum DexHTML {
  /// What tells the versions apart.
  enum Version: Sendable {
    /// 2.10 to 2.44: the label names no input.
    case old
    /// 2.45.
    case new
    /// Newer ones, which may offer to remember the user.
    case remembering
  }

  /// The form for user and password.
  static func password(_ action: String, _ version: Version = .new, isWrong: Bool = false)
    -> String
  {
    let remember = """
      <div class="theme-form-row">
        <label class="theme-remember-me">
          <input tabindex="3" type="checkbox" name="remember_me" checked/>
          Remember me
        </label>
      </div>
      """
    let wrong = """
      <div id="login-error" class="dex-error-box">
        Invalid Email Address and password.
      </div>
      """
    return """
      <!DOCTYPE html>
      <html><head><title>dex</title></head><body>
      <div class="theme-panel">
        <h2 class="theme-heading">Log in to Your Account</h2>
        <form method="post" action="\(escaped(action))">
          <div class="theme-form-row">
            <div class="theme-form-label">
              <label for="\(version == .old ? "userid" : "login")">Email Address</label>
            </div>
      \t  <input tabindex="1" required id="login" name="login" type="text" class="theme-form-input" \
      placeholder="email address" \(isWrong ? " value=\"me\" " : " autofocus ")/>
          </div>
          <div class="theme-form-row">
            <div class="theme-form-label">
              <label for="password">Password</label>
            </div>
      \t  <input tabindex="2" required id="password" name="password" type="password" \
      class="theme-form-input" placeholder="password" \(isWrong ? " autofocus " : "")/>
          </div>
          \(isWrong ? wrong : "")
          \(version == .remembering ? remember : "")
          <button tabindex="3" id="submit-login" type="submit" class="dex-btn theme-btn--primary">\
      Login</button>
        </form>
        <div class="theme-link-back">
          <a class="dex-subtle-text" href="/dex/auth?client_id=kubeflow">Select another login method.</a>
        </div>
      </div>
      <script type="text/javascript">
        document.querySelector('form').onsubmit = function(e) {
          var el = document.querySelector('#submit-login');
          el.setAttribute('disabled', 'disabled');
        };
      </script>
      </body></html>
      """
  }

  /// The list of what Dex can ask.
  static func list(_ links: [String]) -> String {
    let rows = links.map { link in
      """
      <div class="theme-form-row">
        <a href="\(escaped(link))" target="_self">
          <button class="dex-btn theme-btn-provider"><span class="dex-btn-text">Log in</span></button>
        </a>
      </div>
      """
    }
    return "<div class=\"theme-panel\"><div>\(rows.joined(separator: "\n"))</div></div>"
  }

  /// The question whether the server may know who the user is.
  static func approval(_ request: String) -> String {
    func form(_ answer: String) -> String {
      """
      <form method="post">
        <input type="hidden" name="req" value="\(request)"/>
        <input type="hidden" name="approval" value="\(answer)">
        <button type="submit" class="dex-btn"><span class="dex-btn-text">\(answer)</span></button>
      </form>
      """
    }
    return "<div class=\"theme-panel\">\(form("approve"))\(form("rejected"))</div>"
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("+", with: "&#43;")
  }
}
