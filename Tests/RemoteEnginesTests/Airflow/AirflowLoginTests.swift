import JSONCore
import KernelTesting
import ObjectStorage
import RealKernels
import Testing

@testable import RemoteEngines

@Suite("Logins of Airflow")
struct AirflowLoginTests {
  private func denied(_ version: RecordedAirflow.Version, _ credentials: AirflowCredentials)
    async throws -> EngineError
  {
    let recorded = try RecordedAirflow(version)
    return try await TestServer.with { request, _ in
      recorded.answer(request)
    } run: { server in
      let error = await AirflowAPITests.failure {
        _ = try await AirflowAPITests.api(server.url, credentials).dag("recorded")
      }
      return try #require(error)
    }
  }

  @Test("Airflow 3 makes a token for user and password, once")
  func tokens() async throws {
    let recorded = try RecordedAirflow(.third)
    try await TestServer.with { request, _ in
      recorded.answer(request)
    } run: { server in
      let api = try await AirflowAPITests.api(server.url)
      _ = try await api.dag("recorded")
      _ = try await api.dag("none")
      let logins = server.requests.filter { $0.target == "/auth/token" }
      #expect(logins.map(\.method) == ["POST"])
      #expect(
        logins.first?.body == Array(#"{"username":"ada","password":"lovelace"}"#.utf8))
    }
  }

  @Test("a token that has expired is replaced by a new one, once")
  func expiry() async throws {
    try await TestServer.with { request, _ in
      switch request.target {
      case "/api/v2/version": return .reply(TestServer.Reply(200, #"{"version": "3.3.2"}"#))
      case "/auth/token":
        return .reply(TestServer.Reply(201, #"{"access_token": "t"}"#))
      default: return .reply(TestServer.Reply(403, #"{"detail": "Invalid JWT token"}"#))
      }
    } run: { server in
      let api = try await AirflowAPITests.api(server.url)
      let error = await AirflowAPITests.failure { _ = try await api.dag("d") }
      #expect(error?.kind == .denied)
      #expect(error?.message.contains("the login is not accepted: Invalid JWT token") == true)
      #expect(server.requests.filter { $0.target == "/auth/token" }.count == 2)
      #expect(server.requests.filter { $0.target == "/api/v2/dags/d" }.count == 2)
    }
  }

  @Test("a missing right is no reason for a new login")
  func rights() async throws {
    try await TestServer.with { request, _ in
      request.target == "/api/v2/version"
        ? .reply(TestServer.Reply(200, #"{"version": "3.3.2"}"#))
        : .reply(TestServer.Reply(403, #"{"detail": "Forbidden"}"#))
    } run: { server in
      let api = try await AirflowAPITests.api(server.url, .token("secret"))
      let error = await AirflowAPITests.failure { _ = try await api.dag("d") }
      #expect(
        error?.message
          == "could not look for the DAG 'd': this is not allowed: Forbidden (status 403); "
          + "the user needs a role with this right")
      #expect(server.requests.filter { $0.target == "/api/v2/dags/d" }.count == 1)
    }
  }

  @Test("a wrong login is said to be one, without the password")
  func wrong() async throws {
    let third = try await denied(.third, .user("ada", password: "wrong"))
    #expect(third.kind == .denied && third.status == 401)
    #expect(third.message.contains("the user 'ada'"))
    #expect(!third.description.contains("wrong"))
    let second = try await denied(.second, .user("ada", password: "wrong"))
    #expect(second.kind == .denied && second.status == 403)
    #expect(second.message.contains("auth_backends"))
    #expect(!second.description.contains("wrong"))
  }

  @Test(
    "a server that wants a login says so to those without",
    arguments: RecordedAirflow.Version.allCases)
  func without(version: RecordedAirflow.Version) async throws {
    let error = try await denied(version, .none)
    #expect(error.kind == .denied)
    #expect(error.message.contains("user"))
  }

  @Test("Airflow 3 gives everyone a token where everyone is an administrator")
  func everyone() async throws {
    try await TestServer.with { request, _ in
      switch request.target {
      case "/api/v2/version": return .reply(TestServer.Reply(200, #"{"version": "3.3.2"}"#))
      case "/auth/token":
        return .reply(TestServer.Reply(201, #"{"access_token": "all"}"#))
      default:
        return request["authorization"] == "Bearer all"
          ? .reply(TestServer.Reply(200, #"{"dag_id": "d"}"#)) : .reply(TestServer.Reply(401))
      }
    } run: { server in
      let api = try await AirflowAPITests.api(server.url, .none)
      #expect(try await api.dag("d")?.id == "d")
      #expect(server.requests.first { $0.target == "/auth/token" }?.method == "GET")
    }
  }

  @Test("a kind of login without passwords wants a token")
  func others() async throws {
    try await TestServer.with { request, _ in
      request.target == "/api/v2/version"
        ? .reply(TestServer.Reply(200, #"{"version": "3.3.2"}"#)) : .reply(TestServer.Reply(404))
    } run: { server in
      let error = await AirflowAPITests.failure {
        _ = try await AirflowAPITests.api(server.url).dag("d")
      }
      #expect(error?.kind == .denied && error?.status == 404)
      #expect(error?.message.hasSuffix("give a token instead") == true)
    }
  }
}
