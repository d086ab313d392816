import Glibc
import JSONCore
import KernelTesting
import ObjectStorage
import RealKernels
import RunEvents
import SystemSupport
import Testing

@Suite(
  "Nodes with their files in a bucket", .enabled(if: Services.has("seaweedfs"), "needs SeaweedFS"),
  .enabled(if: RealKernels.has("python3"), Comment(rawValue: RealKernels.missing)))
struct NodeServiceTests {
  private var environment: [String: String] {
    RealKernels.environment.merging(ServiceBucket.credentials) { $1 }
  }

  /// The description of a node whose files, inputs, outputs and results are in the bucket.
  private func description(_ node: PipelineFileNode, place: Int, _ bucket: ServiceBucket)
    -> JSONValue
  {
    func list(_ texts: [String]) -> JSONValue { .array(texts.map { .init($0) }) }
    var variables: JSONObject = ["year": "2026"]
    for (name, value) in node.environment { variables[name] = .init(value) }
    return [
      "version": 1, "subject": ["node": .init(node.file), "place": .init(place)],
      "files": [["archive": bucket.place("run/project.tar.gz")]],
      "inputs": ["from": bucket.place("run"), "patterns": list(node.dependencies)],
      "node": [
        "file": .init(node.file), "parameters": .object(FiveNodes.parameters),
        "environment": .object(variables),
      ],
      "outputs": ["to": bucket.place("run"), "patterns": list(node.outputs)],
      "results": ["to": bucket.place("results/\(place)")], "storage": bucket.storage,
    ]
  }

  @Test("a pipeline of five nodes leaves the same files and notebooks as lyre pipeline run")
  func equal() async throws {
    try await Lyre.with { lyre in
      try await ServiceBucket.with { bucket in
        try FiveNodes.write(to: "project", of: lyre)
        try FiveNodes.write(to: "local", of: lyre)
        let local = try await lyre.run(
          ["pipeline", "run", "-q", "local/p.pipeline", "-p", "year", "2026"],
          environment: RealKernels.environment)
        try #require(local.code == 0, "\(local)")
        let made = try await lyre.shell("tar -C project -czf project.tar.gz .")
        try #require(made.code == 0)
        try await bucket.put(lyre.directory.path("project.tar.gz"), to: "run/project.tar.gz")
        for (place, node) in FiveNodes.nodes.enumerated() {
          let json = description(node, place: place, bucket)
          try lyre.directory.write(json.serialized(.pretty), to: "node.json")
          let outcome = try await lyre.run(["node", "node.json"], environment: environment)
          try #require(outcome.code == 0, "\(node.file): \(outcome)")
          #expect(!"\(outcome)".contains(ServiceBucket.secret))
        }
        for key in try await bucket.keys("run/steps/") {
          try lyre.directory.write(
            try await bucket.get(key), to: "project/\(key.dropFirst("run/".count))")
        }
        for (place, name) in [(2, "fit"), (3, "plot")] {
          try lyre.directory.write(
            try await bucket.get("results/\(place)/notebook.ipynb"),
            to: "project/steps/\(name).ipynb")
        }
        let expected = try FiveNodes.content(of: lyre.directory.path("local"))
        let found = try FiveNodes.content(of: lyre.directory.path("project"))
        #expect(Set(found.keys) == Set(expected.keys))
        for (name, content) in expected { #expect(found[name] == content, "\(name)") }
        let results = try await bucket.keys("results/2/")
        for name in ["ending.json", "executed.ipynb", "notebook.ipynb", "started.json"] {
          #expect(results.contains("results/2/\(name)"))
        }
        let events = try await bucket.events("results/2")
        #expect(events.map(\.sequence) == Array(1...events.count))
        #expect(events.last?.kind.name == "node_finished")
        // No secret went anywhere.
        for key in try await bucket.keys() {
          let text = String(decoding: try await bucket.get(key), as: UTF8.self)
          #expect(!text.contains(ServiceBucket.secret), "\(key)")
        }
      }
    }
  }

  @Test("events and log are there while the node runs, and after SIGTERM everything in time")
  func live() async throws {
    try await Lyre.with { lyre in
      try await ServiceBucket.with { bucket in
        try lyre.directory.write(
          "#!/bin/sh\necho begun\necho x > made.csv\nwhile :; do sleep 1; done\n", to: "a.sh")
        try await bucket.put(lyre.directory.path("a.sh"), to: "in/a.sh")
        let json: JSONValue = [
          "version": 1, "subject": ["node": "n"],
          "files": [["object": bucket.place("in/a.sh"), "to": "a.sh"]], "node": ["file": "a.sh"],
          "outputs": ["to": bucket.place("out"), "patterns": ["*.csv"]],
          "results": ["to": bucket.place("results")], "storage": bucket.storage,
        ]
        try lyre.directory.write(json.serialized(.pretty), to: "node.json")
        let command = try lyre.start(["node", "node.json"], environment: environment)
        #expect(await command.hasPrinted("begun"))
        let printed = ContinuousClock.now
        #expect(
          await eventually {
            let events = try? await bucket.events("results")
            return events?.contains { $0.kind.name == "line" } == true
          })
        #expect(ContinuousClock.now - printed < .seconds(5))
        #expect(try await bucket.get("results/log/000001.log") == Array("begun\n".utf8))
        #expect(try await !bucket.keys("results/").contains("results/ending.json"))
        command.send(signal: SIGTERM)
        let outcome = Lyre.Outcome(await command.result())
        #expect(outcome.code == 143, "\(outcome)")
        #expect(try await bucket.get("out/made.csv") == Array("x\n".utf8))
        let ending = try JSONValue(parsing: try await bucket.get("results/ending.json"))
        #expect(ending["status"] == "interrupted")
        // The same place is not used by another run.
        let second = try await lyre.run(["node", "node.json"], environment: environment)
        #expect(second.code == 2)
        #expect(second.errors.contains("has the results of another run"))
      }
    }
  }

  @Test("an engine's retry has its results beside those of the first attempt")
  func retry() async throws {
    try await Lyre.with { lyre in
      try await ServiceBucket.with { bucket in
        try lyre.directory.write(
          "#!/bin/sh\necho $year; [ \"$year\" = 2027 ]\n", to: "a.sh")
        try await bucket.put(lyre.directory.path("a.sh"), to: "in/a.sh")
        let json: JSONValue = [
          "version": 1, "subject": ["node": "n", "run": "${RUN}"],
          "files": [["object": bucket.place("in/a.sh"), "to": "a.sh"]],
          "node": ["file": "a.sh", "parameters": ["year": 2025]],
          "results": ["to": bucket.place("runs/${RUN}/n")], "storage": bucket.storage,
        ]
        let text = String(decoding: json.serialized(), as: UTF8.self)
        for (year, code) in [("2026", Int32(1)), ("2027", 0)] {
          let outcome = try await lyre.run(
            ["node", "--json", text, "--set", "RUN=r7", "--parameter", "year=\(year)"],
            environment: environment)
          #expect(outcome.code == code, "\(outcome)")
        }
        #expect(try await bucket.get("runs/r7/n/log/000001.log") == Array("2026\n".utf8))
        #expect(try await bucket.get("runs/r7/n/attempt-2/log/000001.log") == Array("2027\n".utf8))
        let events = try await bucket.events("runs/r7/n/attempt-2")
        #expect(events.last?.subject.node?.attempt == 2)
        #expect(events.last?.subject.run == .name("r7"))
        // A place without the run's name is another's.
        let other = try await lyre.run(
          ["node", "--json", text.replacing("\"n\"", with: "\"m\""), "--set", "RUN=r7"],
          environment: environment)
        #expect(other.code == 2, "\(other)")
      }
    }
  }

  @Test("wrong credentials, a missing bucket or object: said with the place, and without a secret")
  func faults() async throws {
    try await Lyre.with { lyre in
      try await ServiceBucket.with { bucket in
        var json: JSONObject = [
          "version": 1, "subject": ["node": "n"],
          "files": [["object": bucket.place("none.sh"), "to": "a.sh"]], "node": ["file": "a.sh"],
          "results": ["to": .init(lyre.directory.path("r1"))], "storage": bucket.storage,
        ]
        func run(_ environment: [String: String]) async throws -> Lyre.Outcome {
          try lyre.directory.write(JSONValue.object(json).serialized(), to: "node.json")
          return try await lyre.run(["node", "node.json"], environment: environment)
        }
        let missing = try await run(environment)
        #expect(missing.code == 1)
        #expect(missing.errors.contains("s3://\(bucket.name)/none.sh"))
        var wrong = environment
        wrong["AWS_SECRET_ACCESS_KEY"] = "wrong-secret"
        json["results"] = ["to": bucket.place("r2")]
        let denied = try await run(wrong)
        #expect(denied.code == 6, "\(denied)")
        #expect(denied.errors.contains("s3://\(bucket.name)/"))
        #expect(!"\(denied)".contains("wrong-secret"))
        json["results"] = ["to": "s3://no-such-bucket-here/r"]
        let none = try await run(environment)
        #expect(none.code == 6, "\(none)")
        #expect(none.errors.contains("s3://no-such-bucket-here/"))
        json["storage"] = ["endpoint": .init(bucket.endpoint), "secret_key": "s3cret"]
        let usage = try await run(environment)
        #expect(usage.code == 2, "\(usage)")
        #expect(!"\(usage)".contains("s3cret"))
      }
    }
  }
}
