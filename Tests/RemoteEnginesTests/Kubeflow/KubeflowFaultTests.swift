import RealKernels
import RemoteEngines
import Synchronization
import Testing

@Suite("Kubeflow Pipelines: servers with faults, and logins")
struct KubeflowFaultTests {
  private typealias Reply = TestServer.Reply

  private func api(_ server: TestServer, _ login: any EngineLogin = NoLogin()) -> KubeflowAPI {
    KubeflowAPI(server.url, login: login, firstDelay: .milliseconds(1), limit: .seconds(10))
  }

  private func failure(_ body: () async throws -> Void) async -> EngineError? {
    do {
      try await body()
      return nil
    } catch {
      return error as? EngineError
    }
  }

  /// Asks for a run of a server that always gives one answer.
  private func failure(_ reply: TestServer.Reply) async throws -> EngineError? {
    try await TestServer.with { _, _ in
      .reply(reply)
    } run: { server in
      let error = await failure { _ = try await api(server).run("r1") }
      #expect(error?.place == server.url)
      return error
    }
  }

  @Test("the server's words and what to do are in the message, and the kind is right")
  func words() async throws {
    let denied = try await failure(
      Reply(
        403,
        #"{"error": "x", "code": 7, "message": "User 'ann' is not authorized with reason: (request: {verb: get resource: runs namespace: team})"}"#
      ))
    #expect(denied?.kind == .denied && denied?.status == 403)
    #expect(
      denied?.message
        == "could not read the run 'r1': this is not allowed: User 'ann' is not authorized with reason: "
        + "(request: {verb: get resource: runs namespace: team}) (status 403); ask the administrator "
        + "for this right, or check the namespace of the runtime configuration")
    let gone = try await failure(
      Reply(404, #"{"error":"","code":5,"message":"Run r1 not found","details":[]}"#))
    #expect(gone?.kind == .missing)
    #expect(
      gone?.message
        == "could not read the run 'r1': it is not there: Run r1 not found (status 404)")
    let conflict = try await failure(
      Reply(409, #"{"error_message":"Already exist","error_details":"Already exist"}"#))
    #expect(conflict?.kind == .conflict && conflict?.message.contains("Already exist") == true)
    let bad = try await failure(Reply(400, #"{"code": 3, "message": "Invalid\ninput"}"#))
    #expect(bad?.kind == .rejected && bad?.message.contains(": Invalid input (status 400)") == true)
    let none = try await failure(Reply(404, "404 page not found"))
    #expect(none?.kind == .version && none?.message.contains("has to end in /pipeline") == true)
    let text = try await failure(Reply(200, "hello"))
    #expect(text?.kind == .version && text?.message.contains("the answer is not JSON") == true)
    let other = try await failure(Reply(200, #"{"id": "of version 1"}"#))
    #expect(other?.kind == .version && other?.message.contains("no 'run_id'") == true)
  }

  @Test(
    "a login page is not taken for an answer",
    arguments: [
      Reply(302, "", [("location", "/dex/auth?client_id=x")]),
      Reply(200, "<!DOCTYPE html><title>Log in</title>", [("content-type", "text/html")]),
      Reply(200, "  <html><body>Sign in</body></html>"),
    ])
  func loginPage(_ reply: TestServer.Reply) async throws {
    let error = try await failure(reply)
    #expect(error?.kind == .denied)
    #expect(error?.message.contains("the server shows a login page instead") == true)
  }

  @Test("reading is tried again while the server fails; what changes something is not")
  func again() async throws {
    let busy = Reply(503, "upstream connect error")
    try await TestServer.with { request, number in
      switch (request.method, number) {
      case ("GET", 0): .reply(busy)
      case ("GET", 1): .close
      case ("GET", _): .reply(Reply(200, #"{"run_id": "r1", "state": "RUNNING"}"#))
      default: .reply(busy)
      }
    } run: { server in
      let run = try await api(server).run("r1")
      #expect(run.state == .running)
      #expect(server.requests.count == 3)
      let error = await failure { try await api(server).perform(.terminate, onRun: "r1") }
      #expect(error?.kind == .unreachable && server.requests.count == 4)
      #expect(
        error?.message
          == "could not stop the run 'r1': the server is busy or down: upstream connect error (status 503)"
      )
    }
  }

  @Test("a server that is not there, or does not answer in time")
  func away() async throws {
    let api = KubeflowAPI("http://127.0.0.1:9", firstDelay: .milliseconds(1))
    let none = await failure { _ = try await api.health() }
    #expect(none?.kind == .unreachable && none?.place == "http://127.0.0.1:9")
    #expect(none?.message.contains("check the address of the runtime configuration") == true)
    try await TestServer.with { _, _ in
      .silence
    } run: { server in
      let api = KubeflowAPI(server.url, firstDelay: .milliseconds(1), limit: .milliseconds(50))
      #expect(await failure { _ = try await api.health() }?.kind == .timeLimit)
    }
  }

  @Test("a server of version 1 only is named as such")
  func version1() async throws {
    try await TestServer.with { request, _ in
      request.target.hasPrefix("/apis/v1beta1/")
        ? .reply(Reply(200, #"{"multi_user": false}"#)) : .reply(Reply(404, "404 page not found"))
    } run: { server in
      let error = await failure { _ = try await api(server).health() }
      #expect(error?.kind == .version)
      #expect(error?.message.hasPrefix("the server speaks version 1 of the interface only") == true)
    }
  }

  @Test("a list is read to its end, also a long one, and one that never ends is an error")
  func lists() async throws {
    let last = Mutex(30)
    try await TestServer.with { request, _ in
      let page =
        request.target.split(separator: "=").compactMap { part in
          part.hasPrefix("p") ? Int(part.dropFirst().prefix { $0.isNumber }) : nil
        }.first ?? 0
      let runs = (0..<100).map { #"{"recurring_run_id": "\#(page * 100 + $0)"}"# }
      let isLast = page >= last.withLock(\.self)
      let next = isLast ? "" : #", "next_page_token": "p\#(page + 1)""#
      return .reply(Reply(200, #"{"recurringRuns": [\#(runs.joined(separator: ","))]\#(next)}"#))
    } run: { server in
      let api = api(server)
      let all = try await api.recurringRuns()
      #expect(all.map(\.id) == (0..<3100).map(String.init))
      last.withLock { $0 = .max }
      let error = await failure { _ = try await api.recurringRuns() }
      #expect(error?.kind == .rejected)
      #expect(
        error?.message == "could not list the schedules: the list does not end after 1000 pages")
    }
  }

  /// A login whose first token has expired.
  private final class ExpiringLogin: EngineLogin {
    let refusals = Mutex<[Bool]>([])

    func headers(afterRefusal: Bool) async throws(EngineError) -> [(name: String, value: String)] {
      refusals.withLock { $0.append(afterRefusal) }
      return [("authorization", afterRefusal ? "Bearer new" : "Bearer old")]
    }
  }

  @Test("after a refusal the login is done anew, once", arguments: [401, 302])
  func anew(_ status: Int) async throws {
    try await TestServer.with { request, _ in
      request["authorization"] == "Bearer new"
        ? .reply(Reply(200, #"{"run_id": "r1"}"#)) : .reply(Reply(status, "no"))
    } run: { server in
      let login = ExpiringLogin()
      _ = try await api(server, login).run("r1")
      #expect(login.refusals.withLock(\.self) == [false, true])
    }
    try await TestServer.with { _, _ in
      .reply(Reply(401, #"{"code": 16, "message": "token expired"}"#))
    } run: { server in
      let error = await failure { _ = try await api(server, ExpiringLogin()).run("r1") }
      #expect(error?.kind == .denied && server.requests.count == 2)
      #expect(error?.message.contains("not accepted: token expired (status 401)") == true)
      #expect(error.map { "\($0)" }?.contains("Bearer") == false)
    }
  }

  @Test("two pipelines with one name are not guessed about")
  func several() async throws {
    let reply = Reply(
      200,
      #"{"pipelines": [{"pipeline_id": "a", "display_name": "w"}, {"pipeline_id": "b", "display_name": "w"}]}"#
    )
    try await TestServer.with { _, _ in
      .reply(reply)
    } run: { server in
      let error = await failure { _ = try await api(server).pipeline(named: "w") }
      #expect(error?.kind == .conflict && error?.message.contains("2 pipelines 'w'") == true)
    }
  }
}
