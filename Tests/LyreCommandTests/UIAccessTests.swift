import Glibc
import JSONCore
import KernelTesting
import RealKernels
import SystemSupport
import Testing

@Suite("lyre ui: access", .timeLimit(.minutes(5)))
struct UIAccessTests {
  @Test("the token in the address becomes a cookie of the page, and nothing is answered without it")
  func entry() async throws {
    try await UIServer.with { _, server in
      let none: [String: String?] = ["Authorization": nil]
      let entry = try await server.send("GET", "/?token=\(UIServer.token)", nil, none)
      #expect(entry.status == 303 && entry.headers["location"] == "./" && entry.body.isEmpty)
      let cookie = try #require(entry.headers["set-cookie"])
      let name = "lyre-\(server.port)=\(UIServer.token)"
      #expect(cookie == "\(name); HttpOnly; SameSite=Strict; Path=/")
      let page = try await server.send(
        "GET", "/", nil, none.merging(["Cookie": name]) { $1 })
      #expect(page.status == 200 && page.headers["content-type"] == "text/html; charset=utf-8")
      let policy = page.headers["content-security-policy"] ?? ""
      for rule in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"] {
        #expect(policy.contains(rule), "\(policy)")
      }
      #expect(page.headers["x-content-type-options"] == "nosniff")
      #expect(page.headers["referrer-policy"] == "no-referrer")
      for target in ["/", "/app.js", "/api/session", "/api/files", "/?token=wrong"] {
        let refused = try await server.send("GET", target, nil, none)
        #expect(refused.status == 403 && refused.text.contains("that lyre ui shows"), "\(refused)")
      }
      let again = try await server.send("GET", "/", nil, ["If-None-Match": page.headers["etag"]])
      #expect(again.status == 304 && again.body.isEmpty)
      // Neither the log nor the errors contain the token.
      #expect(!server.command.errorsSoFar.contains(UIServer.token))
    }
  }

  @Test("another host, another site and a form are refused")
  func otherSites() async throws {
    try await UIServer.with { lyre, server in
      let post: JSONValue = ["path": "new.pipeline"]
      let cases: [([String: String?], String)] = [
        (["Host": "evil.example:\(server.port)"], "wrong_host"),
        (["Host": nil], "wrong_host"),
        (["Origin": "http://evil.example"], "foreign_site"),
        (["Sec-Fetch-Site": "cross-site"], "foreign_site"),
        (["X-Lyre": nil], "no_header"), (["Content-Type": "text/plain"], "wrong_type"),
        (["Authorization": "Bearer wrong"], "no_token"),
      ]
      for (changes, code) in cases {
        let refused = try await server.send("POST", "/api/files", post, changes)
        #expect(refused.code == code || code == "wrong_host" && refused.status == 400, "\(refused)")
      }
      #expect(!lyre.directory.entries.contains("new.pipeline"))
      #expect(try await server.send("POST", "/api/files", post).status == 201)
      #expect(lyre.directory.entries.contains("new.pipeline"))
    }
  }

  @Test(
    "files outside of the folder, and hidden ones, are not served",
    arguments: [
      "..%2Fsecret.pipeline", "%2Fetc%2Fpasswd", "out%2Fsecret.pipeline", "link.pipeline",
      ".hidden.pipeline", "a%00b.pipeline", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/secret.pipeline",
    ])
  func outside(path: String) async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write("{}", to: "secret.pipeline")
      try lyre.directory.write("{}", to: "served/.hidden.pipeline")
      symlink("..", lyre.directory.path("served/out"))
      symlink("../secret.pipeline", lyre.directory.path("served/link.pipeline"))
      let server = try await UIServer.start(lyre, ["served"])
      for target in ["pipeline?path=\(path)", "files?folder=\(path)", "files/view?path=\(path)"] {
        let answer = try await server.send("GET", "/api/\(target)")
        #expect([400, 403].contains(answer.status), "\(target): \(answer)")
      }
      let put = try await server.send(
        "PUT", "/api/pipeline?path=\(path)", ["text": "x"], ["If-None-Match": "*"])
      #expect([400, 403].contains(put.status), "\(put)")
      #expect(try lyre.text(of: "secret.pipeline") == "{}")
      server.command.send(signal: SIGTERM)
      #expect(await server.command.result().ending == .exited(0))
    }
  }

  @Test("a head and a content that are too large are refused, and the server goes on")
  func tooLarge() async throws {
    try await UIServer.with { _, server in
      let long = String(repeating: "x", count: 40_000)
      let heads: [[String: String?]] = [["A": long], ["Cookie": long]]
      for changes in heads {
        let raw = try await server.exchange(
          server.request("GET", "/api/session", nil, changes)
        ) { _ in false }
        let first = String(decoding: raw.prefix(12), as: UTF8.self)
        #expect(raw.isEmpty || first == "HTTP/1.1 400", "\(first)")
      }
      let headers: [String: String?] = [
        "Content-Length": "34000000", "Content-Type": "application/json", "X-Lyre": "1",
      ]
      let claimed = try await server.send("PUT", "/api/pipeline?path=a.pipeline", nil, headers)
      #expect(claimed.code == "too_large" && claimed.status == 413, "\(claimed)")
      #expect(try await server.send("GET", "/api/session").status == 200)
    }
  }

  @Test(
    "64 connections without a request do not keep the page out for longer than the limit of time")
  func slowHeads() async throws {
    try await UIServer.with { _, server in
      var connections: [Int32] = []
      for _ in 0..<64 {
        let connection = try server.connect()
        try writeAll(connection, Array("GET / HT".utf8)[...])
        connections.append(connection)
      }
      defer { for connection in connections { close(connection) } }
      let begin = ContinuousClock.now
      #expect(try await server.send("GET", "/api/session").status == 200)
      #expect(ContinuousClock.now - begin < .seconds(60))
    }
  }

  @Test("a 17th stream of events ends the oldest one")
  func streams() async throws {
    try await UIServer.with { _, server in
      var connections: [Int32] = []
      defer { for connection in connections { close(connection) } }
      func open() throws -> Int32 {
        let connection = try server.connect()
        try writeAll(connection, server.request("GET", "/api/watch", nil, ["Connection": nil])[...])
        connections.append(connection)
        // The first piece of the stream.
        var chunk = [UInt8](repeating: 0, count: 65_536)
        var text = ""
        while !text.contains(": \n") {
          let count = read(connection, &chunk, chunk.count)
          try #require(count > 0)
          text += String(decoding: chunk[..<count], as: UTF8.self)
        }
        #expect(text.hasPrefix("HTTP/1.1 200"))
        return connection
      }
      let first = try open()
      for _ in 0..<16 { _ = try open() }
      let rest = await onOwnThread { () -> String in
        var chunk = [UInt8](repeating: 0, count: 65_536)
        var text = ""
        while !text.contains("0\r\n\r\n") {
          let count = read(first, &chunk, chunk.count)
          if count <= 0 { break }
          text += String(decoding: chunk[..<count], as: UTF8.self)
        }
        return text
      }
      #expect(rest.contains("0\r\n\r\n"), "the end of the stream: \(rest)")
    }
  }

  @Test("a socket is for this user only: its folder must be closed to others, its mode is 0600")
  func socket() async throws {
    try await Lyre.with { lyre in
      let folder = lyre.directory.path("open")
      mkdir(folder, 0o755)
      chmod(folder, 0o755)
      let refused = try await lyre.run(["ui", "--socket", "open/s", "--no-token"])
      #expect(refused.code == 2 && refused.errors.contains("open to other users"), "\(refused)")
      let command = try lyre.start(
        ["ui", "--socket", "private/s", "--no-token", "--state", "state"], limit: .seconds(60))
      #expect(await command.hasWritten("on the socket"), "\(command.errorsSoFar)")
      let path = lyre.directory.path("private/s")
      var status = stat()
      #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
      #expect(stat(lyre.directory.path("private"), &status) == 0 && status.st_mode & 0o777 == 0o700)
      let server = UIServer(command: command, port: 0, socket: path)
      let session = try await server.send("GET", "/api/session")
      #expect(session.status == 200 && session.json["version"] == 1)
      let framed = try await server.send("GET", "/")
      #expect(
        framed.headers["content-security-policy"]?.contains("frame-ancestors 'self'") == true)
      let second = try await lyre.run(["ui", "--socket", "private/s", "--no-token"])
      #expect(second.code == 2 && second.errors.contains("another program listens"), "\(second)")
      #expect(access(lyre.directory.path("private/s"), F_OK) == 0)
      command.send(signal: SIGTERM)
      #expect(await command.result().ending == .exited(0))
      // What a killed server leaves behind is replaced.
      let again = try lyre.start(
        ["ui", "--socket", "private/s", "--no-token", "--state", "state"], limit: .seconds(60))
      #expect(await again.hasWritten("on the socket"), "\(again.errorsSoFar)")
      again.send(signal: SIGTERM)
      #expect(await again.result().ending == .exited(0))
    }
  }

  @Test(
    "options that do not fit are refused",
    arguments: [
      (["--no-token"], "--no-token requires --socket"),
      (["--port", "1", "--socket", "s"], "only one"),
      (["--token", "short"], "at least 16"), (["--port", "99999"], "0 to 65535"),
      (["missing.pipeline"], "there is no file"), (["--assets", "missing"], "no index.html"),
      (["12345"], "there is no run '12345'"),
      (["--open", "--socket", "s"], "--open requires a port"),
    ])
  func options(arguments: [String], message: String) async throws {
    try await Lyre.with { lyre in
      let outcome = try await lyre.run(["ui"] + arguments)
      #expect(outcome.code == 2 && outcome.errors.contains(message), "\(outcome)")
    }
  }

  @Test("a port that is in use ends with exit code 2 and the remedy")
  func usedPort() async throws {
    try await UIServer.with { lyre, server in
      let outcome = try await lyre.run(["ui", "--port", "\(server.port)"])
      #expect(outcome.code == 2 && outcome.errors.contains("cannot be used"), "\(outcome)")
    }
  }
}
