import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("Pipelines under faults")
struct PipelineFaultTests {
  @Test("A program of a relative PATH entry is found for a script in another folder")
  func relativePath() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write("#!/bin/sh\nbasename \"$1\" > ran", to: "tools/tool", mode: 0o755)
      try lyre.directory.write("#!tool\n", to: "sub/a.sh")
      try lyre.pipeline([.init(file: "sub/a.sh", outputs: ["ran"])])
      let run = try lyre.start(
        ["pipeline", "run", "p.pipeline"], environment: ["PATH": "tools:/usr/bin:/bin"])
      let outcome = Lyre.Outcome(await run.result())
      #expect(outcome.code == 0, "\(outcome)")
      #expect(try lyre.text(of: "sub/ran") == "a.sh\n")
    }
  }

  @Test("without /dev a script runs, and its standard input is empty")
  func withoutDevices() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "cat > input; echo done > output")
      try lyre.pipeline([.init(file: "a.sh")])
      let outcome = try await lyre.shell(
        "unshare -m true 2>/dev/null || exit 77; exec unshare -m /bin/sh -c "
          + "'mount -t tmpfs none /dev && exec \"$LYRE\" pipeline run -q p.pipeline'")
      // On a machine where nothing can be mounted, the test shows nothing.
      if outcome.code == 77 { return }
      #expect(outcome == .init(0), "\(outcome)")
      #expect(try lyre.text(of: "input") == "")
      #expect(try lyre.text(of: "output") == "done\n")
    }
  }

  @Test("Lyre is killed while a notebook runs: nothing is left, and --resume continues there")
  func killedWithNotebook() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "echo x >> ran; echo done > a.txt")
      try lyre.notebook(["print first", "sleep 600000"])
      try lyre.pipeline([
        .init(file: "a.sh", outputs: ["a.txt"]), .init(file: "nb.ipynb", parents: ["a.sh"]),
      ])
      let command = try lyre.start(["pipeline", "run", "p.pipeline", "-v"])
      #expect(await command.hasPrinted("nb.ipynb | first"))
      command.send(signal: SIGKILL)
      #expect(await command.result().ending == .killed(signal: SIGKILL))
      #expect(await lyre.kernel.leftovers() == [])

      // Its status is correct at once, not only after the next run.
      let history = try await lyre.run(["pipeline", "history", "p.pipeline", "--json"])
      let run = try JSONValue(parsing: Array(history.output.utf8))[0]
      #expect(run?["status"] == "killed")
      #expect(run?["nodes"]?.array?.map { $0["status"]?.string } == ["succeeded", "killed"])
      let told = try await lyre.run(["pipeline", "history", "p.pipeline"])
      #expect(told.output.contains("  killed  -  1 ok, 1 killed\n"), "\(told)")
      let log = try await lyre.run(["pipeline", "logs", "last", "nb.ipynb"])
      #expect(log.output == "first\n", "\(log)")

      try lyre.notebook(["print first", "print second"])
      let second = try await lyre.statuses(["--resume"])
      #expect(second.code == 0)
      #expect(second.statuses == ["a.sh": "cached", "nb.ipynb": "succeeded"])
      let later = try await lyre.run(["pipeline", "history", "p.pipeline"])
      #expect(later.output.contains("  killed  -  1 ok, 1 killed\n"), "\(later)")
      #expect(try lyre.text(of: "ran") == "x\n")
      #expect(try lyre.text(1) == "second\n")
    }
  }

  @Test("a kernel is killed from outside: its node reports it, and other results are correct")
  func killedKernel() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print before", "sleep 600000"])
      try lyre.script("after.sh", "echo never > after")
      try lyre.script("beside.sh", "echo beside > beside")
      try lyre.pipeline([
        .init(file: "nb.ipynb"), .init(file: "after.sh", parents: ["nb.ipynb"]),
        .init(file: "beside.sh"),
      ])
      let command = try lyre.start([
        "pipeline", "run", "p.pipeline", "-v", "-j", "1", "--keep-going", "--json",
      ])
      #expect(await command.hasWritten("nb.ipynb | before"))
      let number = try #require(command.errorsSoFar.firstMatch(of: /\(process (\d+)\)/)?.1)
      kill(try #require(Int32(number)), SIGKILL)
      let result = await command.result()
      #expect(result.ending == .exited(4), "\(result.errorText)")
      let nodes = try JSONValue(parsing: result.output)["nodes"]?.array ?? []
      #expect(
        nodes.compactMap { $0["status"]?.string } == ["kernel_died", "blocked", "succeeded"])
      #expect(try lyre.text(0) == "before\n")
      #expect(try lyre.text(of: "beside") == "beside\n")
      #expect(access(lyre.directory.path("after"), F_OK) != 0)
    }
  }

  @Test(
    "a full disk: exit code 6 for a notebook, whose result is kept; a full record stops nothing",
    .enabled(if: SmallDisk.canMount, SmallDisk.missing))
  func fullDisk() async throws {
    try await SmallDisk.with { lyre in
      // In few messages, so that no save in between finds room.
      let before = try lyre.notebook(["flood 2 200000"], to: "disk/nb.ipynb")
      try lyre.script("after.sh", "echo never > after")
      try lyre.pipeline([
        .init(file: "disk/nb.ipynb"), .init(file: "after.sh", parents: ["disk/nb.ipynb"]),
      ])
      let outcome = try await lyre.run(["pipeline", "run", "p.pipeline"])
      #expect(outcome.code == 6, "\(outcome)")
      let message = outcome.errors.firstMatch(
        of: /error: disk\/nb.ipynb: .*No space left on device; the result is in '(.+)'/)
      #expect(access(String(message?.1 ?? ""), R_OK) == 0, "\(outcome)")
      #expect(try lyre.directory.read("disk/nb.ipynb") == before)
      #expect(access(lyre.directory.path("after"), F_OK) != 0)

      try lyre.script("loud.sh", "head -c 400000 /dev/zero; echo end > end")
      try lyre.pipeline([.init(file: "loud.sh")])
      let full = try await lyre.run(["pipeline", "run", "p.pipeline", "--state", "disk/state"])
      #expect(full.code == 0, "\(full)")
      #expect(full.errors.contains(/warning: .*No space left on device|disk is full/))
      #expect(try lyre.text(of: "end") == "end\n")
    }
  }

  @Test("standard output on a full disk is reported, with exit code 6")
  func fullOutput() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "true")
      try lyre.pipeline([.init(file: "a.sh")])
      let result = try await RunningCommand(
        "/bin/sh",
        [
          "-c", #"exec "$0" pipeline run p.pipeline --json >/dev/full"#,
          try BuiltProduct.path("lyre"),
        ], environment: ["PATH": "/usr/bin:/bin", "HOME": lyre.directory.path],
        directory: lyre.directory.path
      ).result()
      #expect(result.ending == .exited(6))
      #expect(
        result.errorText.contains("standard output cannot be written: No space left on device"))
    }
  }

  @Test("runs of two pipelines at once share the record")
  func together() async throws {
    try await Lyre.with { lyre in
      for name in ["a", "b"] {
        // Each waits for the other one, so that they run at the same time.
        let other = name == "a" ? "b" : "a"
        try lyre.script("\(name).sh", "echo > \(name); until test -e \(other); do sleep 0.02; done")
        let nodes =
          [PipelineFileNode(file: "\(name).sh")]
          + (0..<20).map { PipelineFileNode(file: "\(name)\($0).sh", parents: ["\(name).sh"]) }
        for node in nodes.dropFirst() { try lyre.script(node.file, "true") }
        try lyre.pipeline(nodes, to: "\(name).pipeline")
      }
      let first = try lyre.start(["pipeline", "run", "-q", "a.pipeline"])
      let second = try lyre.start(["pipeline", "run", "-q", "b.pipeline"])
      for command in [first, second] {
        let result = await command.result()
        #expect(result.ending == .exited(0), "\(result.errorText)")
        #expect(result.errorText == "")
      }
      let history = try await lyre.run(["pipeline", "history", "--json"])
      let runs = try JSONValue(parsing: Array(history.output.utf8)).array ?? []
      #expect(runs.count == 2)
      for run in runs {
        #expect(run["status"] == "succeeded")
        #expect(run["nodes"]?.array?.allSatisfy { $0["status"] == "succeeded" } == true)
      }
    }
  }

  @Test("a script that ignores signals and forks is ended with all its processes")
  func stubborn() async throws {
    try await Lyre.with { lyre in
      try lyre.script(
        "a.sh",
        """
        trap '' TERM INT HUP
        setsid sh -c 'trap "" TERM INT HUP; echo $$ > daemon; sleep 600' </dev/null >/dev/null 2>&1 &
        until test -s daemon; do sleep 0.02; done
        while :; do sleep 600; done
        """)
      try lyre.pipeline([.init(file: "a.sh", properties: ["timeout": 0.5])])
      let outcome = try await lyre.run(["pipeline", "run", "p.pipeline"])
      #expect(outcome.code == 3, "\(outcome)")
      #expect(await isGone(try lyre.text(of: "daemon")))
    }
  }

  @Test("labels from a file cannot control the terminal")
  func hostileLabels() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "echo hello; test -e fine")
      try lyre.pipeline([.init(file: "a.sh")])
      let changed = try lyre.text(of: "p.pipeline").replacing(
        #""label": "a.sh""#, with: #""label": "x\u001b[2J\u009b2J\nerror: y""#)
      #expect(changed.contains("u001b"))
      try lyre.directory.write(changed, to: "p.pipeline")
      for arguments in [
        ["validate", "p.pipeline"], ["describe", "p.pipeline"], ["run", "p.pipeline"],
        ["run", "p.pipeline", "--cached"], ["logs", "last"],
      ] {
        let outcome = try await lyre.run(["pipeline"] + arguments)
        for shown in [outcome.output, outcome.errors] {
          #expect(!shown.unicodeScalars.contains("\u{1B}"), "\(arguments)")
          #expect(!shown.unicodeScalars.contains("\u{9B}"), "\(arguments)")
          #expect(!shown.contains("\nerror: y"), "\(arguments): \(shown)")
        }
      }
    }
  }
}

/// Whether a process has ended, or ends within some seconds.
func isGone(_ text: String) async -> Bool {
  guard let process = Int32(text.filter(\.isNumber)), process > 1 else { return false }
  return await eventually(within: .seconds(10)) { kill(process, 0) != 0 }
}
