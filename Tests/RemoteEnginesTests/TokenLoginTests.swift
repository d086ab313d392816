import JSONCore
import KernelTesting
import RemoteEngines
import Testing

@Suite("Logins by tokens")
struct TokenLoginTests {
  private func login(
    _ kind: String, _ changes: JSONObject = [:], _ environment: [String: String] = [:],
    in directory: TemporaryDirectory
  ) throws -> any EngineLogin {
    var metadata = RuntimeFiles.kubeflow
    metadata["auth_type"] = .init(kind)
    for change in changes { metadata["\(change.key)"] = change.value }
    return try EngineLogins.login(
      for: try RuntimeFiles(directory).write(metadata), environment)
  }

  @Test("none has no headers, and says so if the server wants a login")
  func none() async throws {
    try await TemporaryDirectory.with { directory in
      let login = try login("NO_AUTHENTICATION", in: directory)
      #expect(try await login.headers(afterRefusal: false).isEmpty)
      let error = await engineError { try await login.headers(afterRefusal: true) }
      #expect(
        error?.description == """
          http://kfp.example:8888/: the server asks for a login, and the runtime configuration has none; \
          set --auth-type, and what it needs, with `lyre runtimes edit`
          """)
    }
  }

  @Test("a token is found once, and again when it is refused")
  func token() async throws {
    try await TemporaryDirectory.with { directory in
      let path = try directory.write("one\n", to: "token")
      let login = try login(
        "EXISTING_BEARER_TOKEN", ["api_password": .init("file:\(path)")], in: directory)
      func value(_ afterRefusal: Bool) async throws -> [String] {
        try await login.headers(afterRefusal: afterRefusal).map { "\($0.name): \($0.value)" }
      }
      #expect(try await value(false) == ["authorization: Bearer one"])
      try directory.write("two\n", to: "token")
      #expect(try await value(false) == ["authorization: Bearer one"])
      #expect(try await value(true) == ["authorization: Bearer two"])
      let error = await engineError { try await value(true) }
      #expect(error?.kind == .denied)
      #expect(error?.message.contains("set a new one with `lyre runtimes edit`") == true)
      try directory.write("t w o", to: "token")
      let broken = await engineError { try await value(true) }
      #expect(broken?.kind == .unusable && broken?.description.contains("t w o") == false)
    }
  }

  @Test("the token of a service account is read again when Kubernetes has replaced it")
  func serviceAccount() async throws {
    try await TemporaryDirectory.with { directory in
      let path = try directory.write("first", to: "token")
      let login = try login(
        "KUBERNETES_SERVICE_ACCOUNT_TOKEN", [:], ["KF_PIPELINES_SA_TOKEN_PATH": path],
        in: directory)
      #expect(try await login.headers(afterRefusal: false)[0].value == "Bearer first")
      try directory.write("second\n", to: "token")
      #expect(try await login.headers(afterRefusal: false)[0].value == "Bearer second")
      let refused = await engineError { try await login.headers(afterRefusal: true) }
      #expect(refused?.message.contains("audience must be pipelines.kubeflow.org") == true)
      try directory.write("", to: "token")
      let empty = await engineError { try await login.headers(afterRefusal: false) }
      #expect(empty?.description == "\(path): the token of the service account is empty")
      let gone = try self.login(
        "KUBERNETES_SERVICE_ACCOUNT_TOKEN", [:], ["KF_PIPELINES_SA_TOKEN_PATH": "/nowhere/t"],
        in: directory)
      let missing = await engineError { try await gone.headers(afterRefusal: false) }
      #expect(missing?.kind == .unusable)
      #expect(
        missing?.description.hasPrefix("/nowhere/t: the token of the service account") == true)
    }
  }
}
