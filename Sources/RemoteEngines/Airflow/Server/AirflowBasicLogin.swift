import JSONCore

/// The login of Airflow 2: user and password with each request.
struct AirflowBasicLogin: EngineLogin {
  private let value: String

  init(_ name: String, password: String) {
    value = "Basic " + Base64.encoded(Array("\(name):\(password)".utf8))
  }

  func headers(afterRefusal: Bool) async throws(EngineError) -> [(name: String, value: String)] {
    [("authorization", value)]
  }
}
