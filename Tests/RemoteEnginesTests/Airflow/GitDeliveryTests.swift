import JSONCore
import KernelTesting
import ObjectStorage
import RealKernels
import Testing

@testable import RemoteEngines

@Suite("Delivery of DAGs to servers of Git")
struct GitDeliveryTests {
  private static let ours = "# weather: made by Lyre from weather.pipeline\n"

  private func file(_ text: String) -> DAGFile {
    DAGFile(
      name: "weather.py", Array((GitDeliveryTests.ours + text).utf8), mark: ": made by Lyre from ")
  }

  private func repository(
    _ kind: GitServer, _ url: String, name: String = "acme/dags", branch: String = "main",
    folder: String? = nil, token: String = "secret-token"
  ) throws -> GitRepository {
    try GitRepository(
      kind, address: url + (kind == .gitLab ? "/api/v4/" : "/"), name: name, branch: branch,
      folder: folder, token: token)
  }

  private func delivery(_ repository: GitRepository) -> GitDelivery {
    GitDelivery(repository, exchange: WebExchange(environment: [:]))
  }

  private func failure(_ body: () async throws -> Void) async -> EngineError? {
    do {
      try await body()
      return nil
    } catch {
      return error as? EngineError
    }
  }

  @Test(
    "a new file is created, a changed one updated, and nothing is committed twice",
    arguments: GitServer.allCases)
  func commits(kind: GitServer) async throws {
    let stub = GitStub(kind)
    let path = kind == .gitea ? "dags/weather.py" : "weather.py"
    try await TestServer.with { request, _ in
      stub.answer(request)
    } run: { server in
      let delivery = delivery(try repository(kind, server.url))
      let first = try await delivery.deliver(file("1"), from: "weather.pipeline")
      #expect(first.change == .created)
      #expect(first.place == "\(path) on branch main of acme/dags")
      #expect(first.commit == (kind == .gitLab ? nil : "c0ffee"))
      let second = try await delivery.deliver(file("22"), from: "weather.pipeline")
      #expect(second.change == .updated)
      #expect(try await delivery.deliver(file("22"), from: "weather.pipeline").change == .unchanged)
      #expect(stub.content == [path: GitDeliveryTests.ours + "22"])
      let commits = server.requests.filter { $0.method != "GET" }
      #expect(
        commits.map(\.method) == (kind == .gitHub ? ["PUT", "PUT"] : ["POST", "PUT"]))
      let bodies = try commits.map { try JSONValue(parsing: $0.body) }
      let message = kind == .gitLab ? "commit_message" : "message"
      #expect(
        bodies.map { $0[message]?.string } == [
          "Add weather.py, made by Lyre from weather.pipeline",
          "Update weather.py, made by Lyre from weather.pipeline",
        ])
      for request in server.requests {
        #expect(!request.target.contains("secret-token"))
        #expect(request["user-agent"] == "lyre")
      }
      let read = try #require(server.requests.first { $0.target.contains("?ref=") })
      #expect(read.target.hasSuffix("?ref=main"))
    }
  }

  @Test("the page of a file is that of the server's site")
  func pages() throws {
    func page(_ kind: GitServer, _ url: String, _ folder: String?) throws -> String {
      try repository(kind, url, folder: folder).page("a b.py")
    }
    #expect(
      try page(.gitHub, "https://api.github.com", nil)
        == "https://github.com/acme/dags/blob/main/a%20b.py")
    #expect(
      try page(.gitHub, "https://ghe.acme.org/api/v3", "/etl/")
        == "https://ghe.acme.org/acme/dags/blob/main/etl/a%20b.py")
    #expect(
      try page(.gitLab, "https://gitlab.com", nil)
        == "https://gitlab.com/acme/dags/-/blob/main/a%20b.py")
    #expect(
      try page(.gitea, "https://git.acme.org/gitea", nil)
        == "https://git.acme.org/gitea/acme/dags/src/branch/main/dags/a%20b.py")
  }

  @Test("a file of somebody else is replaced only on demand", arguments: GitServer.allCases)
  func others(kind: GitServer) async throws {
    let stub = GitStub(kind, files: ["weather.py": "print('mine')\n"])
    try await TestServer.with { request, _ in
      stub.answer(request)
    } run: { server in
      let delivery = delivery(try repository(kind, server.url, folder: ""))
      let refused = await failure {
        _ = try await delivery.deliver(file("1"), from: "weather.pipeline")
      }
      #expect(refused?.kind == .conflict)
      #expect(refused?.message.contains("--overwrite") == true)
      #expect(server.requests.allSatisfy { $0.method == "GET" })
      let done = try await delivery.deliver(file("1"), overwrites: true, from: "weather.pipeline")
      #expect(done.change == .updated)
    }
  }

  @Test("a large file of GitHub is read by its own request")
  func large() async throws {
    let text = String(repeating: "x = 1\n", count: 300)
    let stub = GitStub(.gitHub, files: ["weather.py": GitDeliveryTests.ours + text])
    try await TestServer.with { request, _ in
      stub.answer(request)
    } run: { server in
      let done = try await delivery(repository(.gitHub, server.url)).deliver(file(text), from: "p")
      #expect(done.change == .unchanged)
      #expect(server.requests.count == 3)
    }
  }

  @Test("a file that changes in the meantime is read again, three times at most")
  func races() async throws {
    let stale = GitStub.json(409, ["message": "weather.py does not match 123"])
    for count in [1, 3] {
      let stub = GitStub(.gitHub, refusals: Array(repeating: stale, count: count))
      try await TestServer.with { request, _ in
        stub.answer(request)
      } run: { server in
        let delivery = delivery(try repository(.gitHub, server.url))
        let error = await failure { _ = try await delivery.deliver(file("1"), from: "p") }
        #expect(error?.kind == (count == 1 ? nil : .conflict))
        #expect(server.requests.filter { $0.method == "PUT" }.count == (count == 1 ? 2 : 3))
      }
    }
  }

  @Test("what the configuration names and is not there is named", arguments: GitServer.allCases)
  func missing(kind: GitServer) async throws {
    let stub = GitStub(kind)
    try await TestServer.with { request, _ in
      stub.answer(request)
    } run: { server in
      let branch = await failure {
        try await delivery(repository(kind, server.url, branch: "no")).check()
      }
      #expect(branch?.kind == .missing && branch?.status == 404)
      #expect(branch?.message.hasPrefix("the repository acme/dags has no branch 'no': ") == true)
      let name = await failure {
        try await delivery(repository(kind, server.url, name: "acme/other")).check()
      }
      #expect(name?.message.hasPrefix("there is no repository acme/other, or the token") == true)
      let token = await failure {
        try await delivery(repository(kind, server.url, token: "wrong-token")).check()
      }
      #expect(token?.kind == .denied && token?.status == 401)
      #expect(token?.message.contains("github_repo_token") == true)
      #expect(token?.description.contains("wrong-token") == false)
    }
  }

  @Test(
    "refusals of a commit say what to do",
    arguments: [
      (
        403, "Resource not accessible by personal access token", EngineError.Kind.denied,
        "token needs"
      ),
      (404, "Not Found", .denied, "token must not write"),
      (409, "Changes must be made through a pull request.", .conflict, "may be protected"),
      (422, "Repository rule violations found", .conflict, "may be protected"),
      (500, "oops", .unreachable, "try again later"),
    ])
  func refusals(status: Int, words: String, kind: EngineError.Kind, remedy: String) async throws {
    let stub = GitStub(.gitHub, refusals: [GitStub.json(status, ["message": .init(words)])])
    try await TestServer.with { request, _ in
      stub.answer(request)
    } run: { server in
      let delivery = delivery(try repository(.gitHub, server.url))
      let error = await failure { _ = try await delivery.deliver(file("1"), from: "p") }
      #expect(error?.kind == kind && error?.status == status && error?.place == server.url)
      #expect(error?.message.contains(remedy) == true && error?.message.contains(words) == true)
    }
  }

  @Test("a limit of requests is no missing right")
  func limits() async throws {
    try await TestServer.with { _, _ in
      .reply(
        TestServer.Reply(
          403, #"{"message": "API rate limit exceeded"}"#, [("x-ratelimit-remaining", "0")]))
    } run: { server in
      let error = await failure {
        try await delivery(repository(.gitHub, server.url)).check()
      }
      #expect(error?.kind == .unreachable)
      #expect(error?.message.hasSuffix("try again later") == true)
    }
  }

  @Test(
    "values that no request can be made of are refused, without the token in the message",
    arguments: [
      ("ftp://x", "a/b", "main", "t", "github_api_endpoint"),
      ("http://x", "b", "main", "t", "github_repo"),
      ("http://x", "a/b/c", "main", "t", "github_repo"),
      ("http://x", "a/b", "", "t", "github_branch"),
      ("http://x", "a/b", "main", "", "github_repo_token"),
      ("http://x", "a/b", "main", "se\ncret", "copy it again"),
    ])
  func values(address: String, name: String, branch: String, token: String, words: String) {
    let error = #expect(throws: EngineError.self) {
      try GitRepository(.gitHub, address: address, name: name, branch: branch, token: token)
    }
    #expect(error?.kind == .unusable)
    #expect(error?.message.contains(words) == true)
    #expect(error?.message.contains("cret") == false)
  }
}
