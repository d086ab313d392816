import ObjectStorage

extension AirflowCredentials {
  /// The login for a version of Airflow.
  ///
  /// - Parameters:
  ///   - version: the server's version.
  ///   - address: the server's URL, without a slash at its end.
  ///   - exchange: sends the requests of the login.
  func login(
    _ version: AirflowVersion, _ address: String, _ exchange: WebExchange
  ) -> any EngineLogin {
    switch (self, version.interface) {
    case (.token(let token), _): BearerLogin(token: token)
    case (.none, .first): NoLogin()
    case (.user(let name, let password), .first): AirflowBasicLogin(name, password: password)
    case (.user, .second), (.none, .second): AirflowTokenLogin(self, address, exchange)
    }
  }
}
