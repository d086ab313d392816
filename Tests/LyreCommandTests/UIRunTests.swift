import Glibc
import JSONCore
import KernelTesting
import RealKernels
import SystemSupport
import Testing

@Suite("lyre ui: runs", .timeLimit(.minutes(5)))
struct UIRunTests {
  private func start(_ server: UIServer, _ members: JSONObject = [:]) async throws
    -> UIServer.Answer
  {
    var order: JSONObject = ["pipeline": "p.pipeline"]
    for member in members { order[member.key.string] = member.value }
    return try await server.send("POST", "/api/runs", .object(order))
  }

  @Test(
    "a run is started, its states and its log are streamed, and both continue where they stopped")
  func streamed() async throws {
    try await UIServer.with { lyre, server in
      try lyre.script("a.sh", "echo one; until [ -e go ]; do sleep 0.02; done; echo two >&2")
      try lyre.script("b.sh", "echo b")
      try lyre.pipeline([.init(file: "a.sh"), .init(file: "b.sh", parents: ["a.sh"])])
      let started = try await start(server)
      #expect(started.status == 202 && started.json["run"] == "1", "\(started)")
      let live = try await server.stream("/api/runs/1/nodes/0/log", until: "one")
      #expect(live.contains("data: {\"text\":\"one\\n\",\"from\":0,\"to\":4}"), "\(live)")
      let run = try await server.send("GET", "/api/runs/1")
      #expect(run.json["running"] == true && run.json["stoppable"] == true, "\(run)")
      #expect(run.json["nodes"]?[1]?["parents"] == [0])
      #expect(run.json["view"]?["flows"]?[0]?["nodes"]?.array?.count == 2)
      let second = try await start(server)
      #expect(second.status == 409 && second.json["run"] == "1", "\(second)")
      try lyre.directory.write("", to: "go")
      let states = try await server.stream("/api/runs/1/events?kinds=states", until: "event: end")
      #expect(states.contains("data: {\"status\":\"succeeded\"}"), "\(states)")
      #expect(
        states.contains("\"event\":\"node_finished\"") && !states.contains("\"event\":\"line\""))
      let all = try await server.stream("/api/runs/1/events", until: "event: end")
      #expect(all.contains("\"event\":\"line\""))
      let ids = all.matches(of: /\nid: (\d+)\n/.matchingSemantics(.unicodeScalar)).compactMap {
        Int($0.1)
      }
      #expect(ids == Array(1...max(1, ids.last ?? 1)))
      let rest = try await server.stream(
        "/api/runs/1/events", until: "event: end", ["Last-Event-ID": "\(ids.count - 2)"])
      #expect(
        rest.matches(of: /\nid: (\d+)\n/.matchingSemantics(.unicodeScalar)).compactMap { Int($0.1) }
          == ids.suffix(2))
      let node = try await server.stream("/api/runs/1/events?node=1", until: "event: end")
      #expect(!node.contains("\"place\":0") && node.contains("\"place\":1"))
      let more = try await server.stream(
        "/api/runs/1/nodes/0/log", until: "event: end", ["Last-Event-ID": "4"])
      #expect(
        more.contains("data: {\"text\":\"two\\n\",\"from\":4,\"to\":8}") && !more.contains("one"))
      let tail = try await server.stream("/api/runs/1/nodes/0/log?tail=5", until: "event: end")
      #expect(tail.contains("\"text\":\"two\\n\"") && !tail.contains("one"), "\(tail)")
      let download = try await server.send("GET", "/api/runs/1/nodes/0/log?download=1")
      #expect(download.text == "one\ntwo\n")
      #expect(download.headers["content-disposition"]?.contains("a-run-1.log") == true)
      let list = try await server.send("GET", "/api/runs?pipeline=p.pipeline")
      #expect(list.json["runs"]?[0]?["counts"] == ["succeeded": 2], "\(list)")
      #expect(list.json["runs"]?[0]?["file"] == "p.pipeline")
      let report = try await server.send("GET", "/api/runs/1/report")
      #expect(report.status == 200 && report.text.contains("2 of 2 nodes ok"))
    }
  }

  @Test("runs of a terminal are there, live, too, and can be stopped", arguments: [false, true])
  func elsewhere(isPipeline: Bool) async throws {
    try await UIServer.with { lyre, server in
      try lyre.notebook(["print first", "hang"])
      try lyre.pipeline([.init(file: "nb.ipynb")])
      let command = try lyre.start(
        (isPipeline ? ["pipeline", "run", "p.pipeline", "-v"] : ["run", "nb.ipynb"])
          + ["--state", "state"])
      #expect(await command.hasPrinted("first"))
      #expect(
        try await eventually {
          try server.now("/api/runs").json["runs"]?[0]?["status"] == "running"
        })
      let list = try await server.send("GET", "/api/runs")
      let name = try #require(list.json["runs"]?[0]?["run"]?.string)
      let text = try await server.stream("/api/runs/\(name)/nodes/0/log", until: "first")
      #expect(text.contains("first"))
      let notebook = "/api/runs/\(name)/nodes/0/notebook"
      #expect(try await eventually { try server.now(notebook).text.contains("first") })
      let page = try await server.send("GET", notebook)
      #expect(page.headers["content-security-policy"]?.hasPrefix("sandbox allow-scripts") == true)
      let stopped = try await server.send("POST", "/api/runs/\(name)/stop", [:])
      #expect(stopped.status == 202, "\(stopped)")
      #expect(await command.result().ending == .exited(130))
      let end = try await server.stream(
        "/api/runs/\(name)/events?kinds=states", until: "event: end")
      #expect(end.contains("data: {\"status\":\"interrupted\"}"), "\(end)")
      let again = try await server.send("POST", "/api/runs/\(name)/stop", [:])
      #expect(again.status == 409 && again.code == "not_running")
      let after = try await server.send("GET", "/api/runs/\(name)/nodes/0/notebook?download=1")
      #expect(after.json["cells"]?[0]?["outputs"]?[0]?["name"] == "stdout", "\(after)")
    }
  }

  @Test("a run whose process was killed ends as killed")
  func killed() async throws {
    try await UIServer.with { lyre, server in
      try lyre.script("a.sh", "echo begun; sleep 600")
      try lyre.pipeline([.init(file: "a.sh")])
      let command = try lyre.start(["pipeline", "run", "p.pipeline", "--state", "state"])
      #expect(await command.hasPrinted("begun"))
      async let end = server.stream("/api/runs/1/events?kinds=states", until: "event: end")
      command.send(signal: SIGKILL)
      #expect(try await end.contains("data: {\"status\":\"killed\"}"))
      let run = try await server.send("GET", "/api/runs/1")
      #expect(run.json["status"] == "killed" && run.json["stoppable"] == false, "\(run)")
    }
  }

  @Test("Ctrl-C stops the runs of the page, waits for them, and ends the server")
  func ending() async throws {
    try await Lyre.with { lyre in
      let server = try await UIServer.start(lyre)
      try lyre.notebook(["print first", "hang"])
      try lyre.pipeline([.init(file: "nb.ipynb")])
      #expect(try await start(server).status == 202)
      _ = try await server.stream("/api/runs/1/nodes/0/log", until: "first")
      server.command.send(signal: SIGINT)
      #expect(await server.command.result().ending == .exited(0))
      let history = try await lyre.run(["history", "--state", "state"])
      #expect(history.output.contains("  interrupted  "), "\(history)")
      #expect(try lyre.text(0).contains("first"))
    }
  }

  @Test(
    "a run of the page goes on when its streams are closed, and its parameters have their types")
  func parameters() async throws {
    try await UIServer.with { lyre, server in
      try lyre.script("a.sh", "echo \"<$TEXT> <$NUMBER> <$OWN>\"")
      try lyre.pipeline([.init(file: "a.sh")])
      let started = try await start(
        server,
        [
          "parameters": ["TEXT": "- 5: 'x' \"y\" \u{E9}\n#", "NUMBER": 7],
          "environment": ["OWN": "a=b c"], "jobs": 1, "fail_fast": false,
        ])
      #expect(started.status == 202, "\(started)")
      let log = try await server.stream("/api/runs/1/nodes/0/log", until: "event: end")
      #expect(
        log.contains("<- 5: 'x' \\\"y\\\" \u{E9}\\n#> <7> <a=b c>"), "\(log)")
    }
  }

  @Test("the selections are those of the command line; a plan runs nothing")
  func selections() async throws {
    try await UIServer.with { lyre, server in
      for name in ["a", "b", "c"] { try lyre.script("\(name).sh", "echo \(name) >> order") }
      try lyre.pipeline([
        .init(file: "a.sh"), .init(file: "b.sh", parents: ["a.sh"]),
        .init(file: "c.sh", parents: ["b.sh"]),
      ])
      let plan = try await server.send(
        "POST", "/api/plan", ["pipeline": "p.pipeline", "mode": "from", "nodes": ["b.sh"]])
      #expect(
        plan.json["nodes"]?.array?.map { $0["action"] } == ["skipped", "run", "run"], "\(plan)")
      #expect(!lyre.directory.entries.contains("order"))
      let cases: [(String, [JSONValue], String)] = [
        ("all", [], "a\nb\nc\n"), ("from", ["b.sh"], "b\nc\n"), ("only", ["b.sh"], "b\n"),
        ("until", ["b.sh"], "a\nb\n"), ("changed", [], "c\n"), ("resume", [], ""),
      ]
      for (number, (mode, nodes, order)) in cases.enumerated() {
        try lyre.directory.write("", to: "order")
        let started = try await start(server, ["mode": .init(mode), "nodes": .array(nodes)])
        #expect(started.json["run"]?.string == "\(number + 1)", "\(started)")
        _ = try await server.stream(
          "/api/runs/\(number + 1)/events?kinds=states", until: "event: end")
        #expect(try lyre.text(of: "order") == order, "\(mode)")
      }
    }
  }

  @Test("a pipeline that is not valid is not run: 422 with the findings")
  func invalid() async throws {
    try await UIServer.with { lyre, server in
      try lyre.pipeline([.init(file: "missing.sh")])
      let refused = try await start(server)
      #expect(refused.status == 422 && refused.code == "not_started", "\(refused)")
      #expect(refused.json["findings"]?[0]?["node_id"] == "missing.sh")
      let plan = try await server.send("POST", "/api/plan", ["pipeline": "p.pipeline"])
      #expect(plan.status == 422 && plan.json["findings"]?.array?.isEmpty == false)
      #expect(try await server.send("GET", "/api/runs").json["runs"] == [])
    }
  }

  @Test(
    "orders that make no sense are refused",
    arguments: [
      #"{}"#, #"{"pipeline":"p.pipeline","mode":"sideways"}"#,
      #"{"pipeline":"p.pipeline","mode":"from"}"#, #"{"pipeline":"p.pipeline","jobs":0}"#,
      #"{"pipeline":"p.pipeline","parameters":[]}"#, #"{"pipeline":"p.pipeline","nodes":"a"}"#,
      #"{"pipeline":"p.pipeline","environment":{"A=B":"x"}}"#, #"{"pipeline":"../p.pipeline"}"#,
      #"{"pipeline":"--help"}"#, #"{"pipeline":"missing.pipeline"}"#,
    ])
  func senseless(order: String) async throws {
    try await UIServer.with { lyre, server in
      try lyre.pipeline([.init(file: "a.sh")])
      let answer = try await server.send(
        "POST", "/api/runs", try JSONValue(parsing: Array(order.utf8)))
      #expect([400, 403, 404].contains(answer.status), "\(answer)")
      #expect(answer.json["error"]?["message"]?.string?.isEmpty == false)
    }
  }

  @Test("runs and nodes that do not exist are not found")
  func missing() async throws {
    try await UIServer.with { lyre, server in
      try lyre.script("a.sh", "echo a")
      try lyre.pipeline([.init(file: "a.sh")])
      #expect(try await lyre.run(["pipeline", "run", "p.pipeline", "--state", "state"]).code == 0)
      for target in [
        "runs/9", "runs/x", "runs/9/events", "runs/1/nodes/5/log", "runs/1/nodes/0/notebook",
        "runs/9/report", "nothing", "runs/1/nodes/-1/log", "runs/1/nodes/x/log",
      ] {
        let answer = try await server.send("GET", "/api/\(target)")
        #expect([400, 404].contains(answer.status), "\(target): \(answer)")
      }
    }
  }

  @Test("a killed server is started again at its port, and goes on with the run of a terminal")
  func killedServer() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "echo begun; until [ -e go ]; do sleep 0.02; done")
      try lyre.pipeline([.init(file: "a.sh")])
      let first = try await UIServer.start(lyre)
      let command = try lyre.start(["pipeline", "run", "p.pipeline", "--state", "state"])
      #expect(await command.hasPrinted("begun"))
      let text = try await first.stream("/api/runs/1/events", until: "\"begun\"")
      let last = try #require(
        text.matches(of: /\nid: (\d+)\n/.matchingSemantics(.unicodeScalar)).last?.1)
      first.command.send(signal: SIGKILL)
      #expect(await first.command.result().ending == .killed(signal: SIGKILL))
      let second = try await UIServer.start(lyre, ["--port", "\(first.port)"])
      #expect(second.port == first.port)
      try lyre.directory.write("", to: "go")
      let rest = try await second.stream(
        "/api/runs/1/events", until: "event: end", ["Last-Event-ID": String(last)])
      #expect(rest.contains("\"status\":\"succeeded\"") && !rest.contains("\nid: \(last)\n"))
      #expect(await command.result().ending == .exited(0))
      second.command.send(signal: SIGTERM)
      #expect(await second.command.result().ending == .exited(0))
    }
  }
}
