import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("lyre runtimes check")
struct RuntimesCheckTests {
  /// The servers of a test in one: that of the engine, that of git, and a storage.
  private func with(
    _ handler: @escaping @Sendable (TestServer.Request) -> TestServer.Reply?,
    _ body: (Lyre, TestServer) async throws -> Void
  ) async throws {
    let answer: TestServer.Handler = { request, _ in
      if let reply = handler(request) { return .reply(reply) }
      if request.method == "HEAD", request.target == "/runs" { return .reply(.init(200)) }
      guard request.target.hasPrefix("/runs/.lyre-check/") else { return .reply(.init(404)) }
      return .reply(.init(request.method == "DELETE" ? 204 : 200, "", [("ETag", "\"e\"")]))
    }
    try await TestServer.with(answer) { server in
      try await Lyre.with { lyre in try await body(lyre, server) }
    }
  }

  private func add(
    _ lyre: Lyre, _ server: TestServer, _ options: [String], api: String? = nil,
    bucket: String = "runs"
  ) async throws {
    let added = try await lyre.run(
      [
        "runtimes", "add", "c", "--api-endpoint", api ?? server.url, "--cos-endpoint", server.url,
        "--cos-bucket", bucket, "--cos-username", "me", "--cos-password", "env:STORAGE_PW",
      ] + options)
    #expect(added.code == 0, "\(added)")
  }

  private func check(_ lyre: Lyre, _ options: [String] = []) async throws -> Lyre.Outcome {
    try await lyre.run(
      ["runtimes", "check", "c"] + options,
      environment: ["STORAGE_PW": "s3cr3t-w0rd", "TOKEN": "t0k3n"])
  }

  private static let file = ".local/share/jupyter/metadata/runtimes/c.json"

  @Test("everything is there: a line for each, and the object is deleted again")
  func good() async throws {
    try await with { request in
      guard request["authorization"] == "Bearer t0k3n" else { return nil }
      if request.target == "/apis/v2beta1/healthz" {
        return .init(200, #"{"multi_user": true, "tag_name": "2.5.0"}"#)
      }
      return request.target == "/apis/v2beta1/experiments?page_size=1&namespace=team"
        ? .init(200, "{}") : nil
    } _: { lyre, server in
      try await add(
        lyre, server,
        [
          "--auth-type", "EXISTING_BEARER_TOKEN", "--api-password", "env:TOKEN",
          "--user-namespace", "team",
        ])
      let outcome = try await check(lyre)
      #expect(
        outcome
          == .init(
            0,
            output: """
              ok       file        \(lyre.directory.path)/\(RuntimesCheckTests.file) follows Elyra's rules
              ok       secret      api_password is found: env:TOKEN
              ok       secret      cos_password is found: env:STORAGE_PW
              ok       server      \(server.url): Kubeflow Pipelines 2 (2.5.0), for several users
              ok       login       EXISTING_BEARER_TOKEN is accepted
              ok       namespace   'team' can be used
              ok       bucket      s3://runs at \(server.url): an object was written and deleted

              """), "\(outcome)")
      let objects = server.requests.filter { $0.target.hasPrefix("/runs/") }
      #expect(objects.map(\.method) == ["PUT", "DELETE"])
      #expect(Set(objects.map(\.target)).count == 1)
      let json = try await check(lyre, ["--json"])
      let list = try JSONValue(parsing: Array(json.output.utf8)).array ?? []
      #expect(list.count == 7 && list.allSatisfy { $0["outcome"] == "ok" })
      #expect(list[3]["check"] == "server")
    }
  }

  @Test("what is missing is said with its remedy, and the exit code is 1")
  func bad() async throws {
    try await with { request in
      switch request.target {
      case "/many/apis/v2beta1/healthz": .init(200, #"{"multi_user": true}"#)
      case "/kubeflow/pipeline/apis/v2beta1/healthz": .init(200, "{}")
      case "/old/apis/v1beta1/healthz": .init(200, "{}")
      case "/closed/apis/v2beta1/healthz": .init(302, "", [("Location", "/dex/auth")])
      case "/forbidden/apis/v2beta1/healthz": .init(200, #"{"multi_user": true}"#)
      case "/forbidden/apis/v2beta1/experiments?page_size=1&namespace=team":
        .init(403, #"{"error":"x","message":"not authorized to\n list","code":7}"#)
      case "/broken/apis/v2beta1/healthz": .init(500, #"{"message":"no database"}"#)
      case _ where request.target.hasPrefix("/locked"):
        .init(403, "<Error><Code>AccessDenied</Code><Message>no</Message></Error>")
      default: nil
      }
    } _: { lyre, server in
      try await add(lyre, server, [])
      for (path, lines) in [
        (
          "/many",
          [
            "problem  namespace   the server is for several users, and user_namespace is missing; set it "
              + "with --user-namespace"
          ]
        ),
        (
          "/kubeflow",
          [
            "problem  server      \(server.url)/kubeflow: the interface of Kubeflow Pipelines is below this "
              + "address; run `lyre runtimes edit c --api-endpoint \(server.url)/kubeflow/pipeline`"
          ]
        ),
        (
          "/old",
          [
            "problem  server      \(server.url)/old: the server speaks version 1 of the interface only: "
              + "Lyre needs Kubeflow Pipelines 2, which runs pipelines of the newer format"
          ]
        ),
        (
          "/closed",
          [
            "problem  login       \(server.url)/closed: the server asks for a login, and the runtime "
              + "configuration has none; set --auth-type, and what it needs, with `lyre runtimes edit`"
          ]
        ),
        (
          "/nothing",
          [
            "problem  server      \(server.url)/nothing: could not ask for its state: there is no "
              + "interface of Kubeflow Pipelines 2 (status 404); check the address of the runtime "
              + "configuration: that of Kubeflow's page has to end in /pipeline"
          ]
        ),
        (
          "/broken",
          [
            "problem  server      \(server.url)/broken: could not ask for its state: the server failed: "
              + "no database (status 500)"
          ]
        ),
      ] {
        let edited = try await lyre.run(
          ["runtimes", "edit", "c", "--api-endpoint", server.url + path])
        #expect(edited.code == 0, "\(edited)")
        let outcome = try await check(lyre)
        #expect(outcome.code == 1, "\(outcome)")
        let problems = outcome.output.split(separator: "\n").map(String.init).filter {
          $0.hasPrefix("problem")
        }
        #expect(problems == lines)
      }
      _ = try await lyre.run([
        "runtimes", "edit", "c", "--api-endpoint", "\(server.url)/forbidden", "--user-namespace",
        "team", "--cos-bucket", "locked",
      ])
      let outcome = try await check(lyre)
      let problems = outcome.output.split(separator: "\n").map(String.init).filter {
        $0.hasPrefix("problem")
      }
      #expect(problems.count == 2, "\(outcome)")
      #expect(
        problems.first
          == "problem  namespace   \(server.url)/forbidden: could not use the namespace 'team': this is "
          + "not allowed: not authorized to list (status 403); ask the administrator for this right, "
          + "or check the namespace of the runtime configuration")
      #expect(problems.last?.contains("s3://locked/.lyre-check/") == true)
      #expect(!"\(outcome)".contains("s3cr3t-w0rd"))
      _ = try await lyre.run(["runtimes", "edit", "c", "--cos-bucket", "absent"])
      let absent = try await check(lyre)
      #expect(
        absent.output.hasSuffix(
          "problem  bucket      s3://absent: there is no such bucket. Create the bucket, or check "
            + "cos_bucket\n"), "\(absent)")
      #expect(!server.requests.contains { $0.target.hasPrefix("/absent/") })
      let without = try await lyre.run(["runtimes", "check", "c"])
      #expect(without.code == 1)
      #expect(
        without.output.contains(
          "problem  secret      cos_password is in the environment variable 'STORAGE_PW', which is not "
            + "set"))
      let none = try await lyre.run(["runtimes", "check", "none"])
      #expect(none.code == 2 && none.errors.contains("there is no runtime configuration 'none'"))
    }
  }

  @Test(
    "Airflow: the repository on each kind of server, and the server as a note",
    arguments: [
      (
        "GITHUB", "/repos/me/dags", "/branches/main", "authorization", "Bearer t0k3n",
        #"{"permissions": {"push": true}}"#, #"{"permissions": {"push": false}}"#
      ),
      (
        "GITEA", "/api/v1/repos/me/dags", "/branches/main", "authorization", "token t0k3n",
        #"{"permissions": {"push": true}}"#, #"{"permissions": {"push": false}}"#
      ),
      (
        "GITLAB", "/api/v4/projects/me%2Fdags", "/repository/branches/main", "private-token",
        "t0k3n",
        #"{"permissions": {"project_access": null, "group_access": {"access_level": 30}}}"#,
        #"{"permissions": {"project_access": {"access_level": 20}, "group_access": null}}"#
      ),
    ])
  func airflow(
    kind: String, repository: String, branch: String, header: String, value: String,
    allowed: String, refused: String
  ) async throws {
    try await with { request in
      if request.target == "/api/v1/version" { return .init(200, #"{"version": "2.11.2"}"#) }
      if request.target.hasPrefix("/runs/") { return nil }
      let isNew = request.target.hasPrefix("/new")
      let target = request.target.replacing("/readonly", with: "").replacing("/new", with: "")
      guard request[header] == value else { return .init(401, #"{"message": "Bad credentials"}"#) }
      if target == repository {
        return .init(200, request.target.hasPrefix("/readonly") ? refused : allowed)
      }
      return target == repository + branch && !isNew ? .init(200, "{}") : nil
    } _: { lyre, server in
      try await add(
        lyre, server,
        [
          "--engine", "airflow", "--git-type", kind, "--github-api-endpoint", server.url,
          "--github-repo", "me/dags", "--github-branch", "main", "--github-repo-token", "env:TOKEN",
        ])
      let good = try await check(lyre)
      #expect(good.code == 0, "\(good)")
      let name = "me/dags at \(server.url)"
      #expect(
        good.output.contains(
          "ok       repository  \(name): branch 'main' is there, and can be pushed to\n"
            + "ok       server      \(server.url): Airflow 2.11.2\n"), "\(good)")
      for (path, token, message) in [
        ("/readonly", "env:TOKEN", "the user of the token may not push to me/dags; ask"),
        (
          "/new", "env:TOKEN",
          "the repository me/dags has no branch 'main' (status 404); create it, or correct github_branch"
        ),
        ("", "env:STORAGE_PW", "does not accept the token: Bad credentials (status 401); it may"),
      ] {
        _ = try await lyre.run([
          "runtimes", "edit", "c", "--github-api-endpoint", server.url + path,
          "--github-repo-token", token, "--api-endpoint", "\(server.url)/elsewhere",
        ])
        let outcome = try await check(lyre)
        #expect(outcome.code == 1 && outcome.output.contains(message), "\(outcome)")
        #expect(
          outcome.output.contains(
            "note     server      \(server.url)/elsewhere: something before Airflow wants a login "
              + "(status 401); name the address that programs use; runs can be submitted, and not "
              + "followed\n"), "\(outcome)")
        #expect(!"\(outcome)".contains("s3cr3t-w0rd") && !"\(outcome)".contains("t0k3n"))
      }
    }
  }
}
