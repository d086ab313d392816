import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("Status and dry runs of pipelines")
struct PipelineStatusTests {
  /// A chain of three scripts, and one that no node depends on.
  private static func write(_ lyre: Lyre) throws {
    try lyre.directory.write("1\n", to: "in.txt")
    try lyre.script("a.sh", "echo a >> ran; cat in.txt > a.txt")
    try lyre.script("b.sh", "echo b >> ran; wc -l < a.txt > b.txt")
    try lyre.script("c.sh", "echo c >> ran")
    try lyre.script("d.sh", "echo d >> ran")
    try lyre.pipeline([
      .init(file: "a.sh", dependencies: ["in.txt"], outputs: ["a.txt"]),
      .init(file: "b.sh", parents: ["a.sh"], dependencies: ["a.txt"], outputs: ["b.txt"]),
      .init(file: "c.sh", parents: ["b.sh"]), .init(file: "d.sh"),
    ])
  }

  /// The output with the exit code, and whether the directory is unchanged.
  private static func ask(_ lyre: Lyre, _ arguments: [String]) async throws
    -> (code: Int32, output: String, errors: String)
  {
    let before = try await files(lyre)
    let outcome = try await lyre.run(["pipeline"] + arguments)
    #expect(try await files(lyre) == before, "something was written")
    return (outcome.code, outcome.output, outcome.errors)
  }

  /// All files with size and time, except those that SQLite creates for readers.
  private static func files(_ lyre: Lyre) async throws -> String {
    let command = try RunningCommand(
      "/usr/bin/find",
      [".", "-type", "f", "-not", "-name", "*.sqlite-*", "-printf", "%p %s %T@ %C@\n"],
      environment: ["PATH": "/usr/bin:/bin"], directory: lyre.directory.path, limit: .seconds(60))
    let lines = await command.result().outputText.split(separator: "\n")
    return lines.sorted().joined(separator: "\n")
  }

  @Test("a pipeline that never ran: everything would run, and no record is created")
  func neverRan() async throws {
    try await Lyre.with { lyre in
      try PipelineStatusTests.write(lyre)
      let status = try await PipelineStatusTests.ask(lyre, ["status", "p.pipeline"])
      #expect(status.code == 1)
      #expect(
        status.output == """
          p: 4 of 4 nodes would run
            would run   never ran                           a.sh  it never ran
            would run   never ran                           b.sh  it never ran
            would run   never ran                           c.sh  it never ran
            would run   never ran                           d.sh  it never ran

          """)
      let dry = try await PipelineStatusTests.ask(
        lyre, ["run", "p.pipeline", "--dry-run", "--only", "b.sh"])
      #expect(dry.code == 1)
      #expect(dry.output == "p: 1 of 1 node would run\n  would run   b.sh\n")
      #expect(access(lyre.directory.path(".local"), F_OK) != 0)
    }
  }

  @Test("after a good run everything is up to date, with code 0")
  func upToDate() async throws {
    try await Lyre.with { lyre in
      try PipelineStatusTests.write(lyre)
      #expect(try await lyre.statuses().code == 0)
      let dry = try await PipelineStatusTests.ask(
        lyre, ["run", "p.pipeline", "--cached", "--dry-run"])
      #expect(dry.code == 0)
      #expect(
        dry.output == """
          p: everything is up to date
            unchanged   a.sh  as in run 1
            unchanged   b.sh  as in run 1
            unchanged   c.sh  as in run 1
            unchanged   d.sh  as in run 1

          """)
      let status = try await PipelineStatusTests.ask(lyre, ["status", "p.pipeline", "--json"])
      #expect(status.code == 0)
      let json = try JSONValue(parsing: Array(status.output.utf8))
      #expect(json["up_to_date"] == true)
      #expect(json["nodes"]?.array?.map { $0["action"] } == Array(repeating: "unchanged", count: 4))
      #expect(json["nodes"]?[0]?["last"]?["status"] == "succeeded")
      // Without --cached everything runs.
      let all = try await PipelineStatusTests.ask(lyre, ["run", "p.pipeline", "--dry-run"])
      #expect(all.code == 1)
    }
  }

  @Test("a change: all nodes that then run were reported")
  func change() async throws {
    try await Lyre.with { lyre in
      try PipelineStatusTests.write(lyre)
      #expect(try await lyre.statuses().code == 0)
      try lyre.directory.write("2\n", to: "in.txt")
      let dry = try await PipelineStatusTests.ask(
        lyre, ["run", "p.pipeline", "--cached", "--dry-run"])
      #expect(dry.code == 1)
      #expect(
        dry.output == """
          p: 1 of 4 nodes would run, 2 may run
            would run   a.sh  file in.txt changed
            may run     b.sh  if 'a.sh' produces new outputs
            may run     c.sh  if 'b.sh' produces new outputs
            unchanged   d.sh  as in run 1

          """)
      let run = try await lyre.statuses(["--cached"])
      #expect(
        run.statuses
          == ["a.sh": "succeeded", "b.sh": "succeeded", "c.sh": "cached", "d.sh": "cached"])

      unlink(lyre.directory.path("a.txt"))
      let gone = try await PipelineStatusTests.ask(
        lyre, ["run", "p.pipeline", "--cached", "--dry-run"])
      #expect(gone.output.contains("would run   a.sh  output a.txt"))
      #expect(gone.output.contains("may run     b.sh"))

      // A node without declared outputs counts as having produced new ones whenever it runs.
      #expect(try await lyre.statuses(["--cached"]).code == 0)
      try lyre.script("b.sh", "echo b >> ran; echo other > b.txt")
      try lyre.pipeline([
        .init(file: "a.sh", dependencies: ["in.txt"], outputs: ["a.txt"]),
        .init(file: "b.sh", parents: ["a.sh"], dependencies: ["a.txt"]),
        .init(file: "c.sh", parents: ["b.sh"]), .init(file: "d.sh"),
      ])
      let certain = try await PipelineStatusTests.ask(lyre, ["status", "p.pipeline"])
      #expect(certain.output.contains("b.sh  its code changed\n"))
      #expect(certain.output.contains("c.sh  'b.sh' would run again\n"))
    }
  }

  @Test("--resume: reports the nodes that the last run did not finish")
  func resume() async throws {
    try await Lyre.with { lyre in
      try PipelineStatusTests.write(lyre)
      try lyre.script("b.sh", "exit 1")
      #expect(try await lyre.statuses(["-j", "1"]).code == 1)
      let dry = try await PipelineStatusTests.ask(
        lyre, ["run", "p.pipeline", "--resume", "--dry-run"])
      #expect(dry.code == 1)
      #expect(
        dry.output == """
          p: 3 of 4 nodes would run
            unchanged   a.sh  as in run 1
            would run   b.sh  it did not succeed in the last run
            would run   c.sh  'b.sh' would run again
            would run   d.sh  it did not succeed in the last run

          """)
      try lyre.script("b.sh", "wc -l < a.txt > b.txt")
      let run = try await lyre.statuses(["--resume"])
      #expect(run.statuses.filter { $0.value == "cached" }.keys.sorted() == ["a.sh"])
      let after = try await PipelineStatusTests.ask(
        lyre, ["run", "p.pipeline", "--resume", "--dry-run"])
      #expect(after.code == 0)
    }
  }

  @Test("an invalid pipeline: exit code 2 and the problems")
  func invalid() async throws {
    try await Lyre.with { lyre in
      try lyre.pipeline([.init(file: "none.sh")])
      let status = try await PipelineStatusTests.ask(lyre, ["status", "p.pipeline"])
      #expect(status.code == 2)
      #expect(status.errors.contains("there is no file 'none.sh'"))
    }
  }

  @Test("status and history report an active run, and a killed one")
  func goesOn() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "echo ready; sleep 600")
      try lyre.pipeline([.init(file: "a.sh")])
      let command = try lyre.start(["pipeline", "run", "p.pipeline"])
      #expect(await command.hasPrinted("ready"))
      let status = try await lyre.run(["pipeline", "status", "p.pipeline"])
      #expect(status.code == 1)
      #expect(status.output.hasPrefix("p: run 1 is still running, "))
      let history = try await lyre.run(["pipeline", "history"])
      #expect(history.output.contains("  running  "), "\(history)")
      command.send(signal: SIGKILL)
      #expect(await command.result().ending == .killed(signal: SIGKILL))
      let after = try await lyre.run(["pipeline", "history"])
      #expect(after.output.contains("  killed  "), "\(after)")
    }
  }

  @Test("a dry run of a large folder can be stopped", arguments: [SIGINT, SIGTERM])
  func stopped(signal: Int32) async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "true")
      try lyre.script("b.sh", "true")
      try lyre.pipeline([.init(file: "a.sh", dependencies: ["big"])])
      // A sparse file takes no space, and is read like other files.
      let file = open(lyre.directory.path("big"), O_CREAT | O_WRONLY, 0o600)
      #expect(ftruncate(file, 1 << 42) == 0)
      close(file)
      for arguments in [["run", "p.pipeline"], ["run", "p.pipeline", "--cached", "--dry-run"]] {
        let command = try lyre.start(["pipeline"] + arguments)
        #expect(await command.hasWritten("a.sh: comparing files: "))
        command.send(signal: signal)
        #expect(await command.result().ending == .exited(128 + signal))
      }
    }
  }
}
