import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite(
  "lyre pipeline run --slurm --detach, with a real slurmctld and two slurmd", .serialized,
  .enabled(if: Elsewhere.has("slurm"), Comment(rawValue: Elsewhere.missing)))
struct SlurmDetachServiceTests {
  @Test("five nodes give the same files and notebooks as in processes, live and afterwards")
  func fiveNodes() async throws {
    try await Lyre.with { lyre in
      try FiveNodes.write(to: "local", of: lyre)
      let local = try await lyre.runElsewhere(
        ["pipeline", "run", "local/p.pipeline", "-p", "year", "2026", "-j", "1"])
      try #require(local.code == 0, "\(local)")
      try FiveNodes.write(to: "way", of: lyre)
      let submitted = try await lyre.detached(
        "run", ["way/p.pipeline", "-p", "year", "2026", "--slurm", "--detach"])
      try #require(submitted.code == 0 && submitted.errors == "", "\(submitted)")
      let id = try #require(submitted.output.firstMatch(of: /run (p-[^)]+)\)/)?.1)
      #expect(
        submitted.output == """
          p: submitted as 1 (run \(id))
            jobs: 5, in \(lyre.directory.path)/way/.lyre/\(id)
            lyre pipeline follow 1

          """)
      let live = try await lyre.detached("follow", ["last", "--events", "way.ndjson"])
      try #require(live.code == 0, "\(live)")
      #expect(live.errors.contains("p: 5 nodes ok in T\n"), "\(live)")
      let git = try await lyre.shell("cd way && git init -q . && git status --porcelain .lyre")
      #expect(git.code == 0 && git.output == "", "\(git)")
      _ = try await lyre.shell("rm -rf way/.git")
      let expected = try FiveNodes.content(of: lyre.directory.path("local"))
      let found = try FiveNodes.content(of: lyre.directory.path("way"))
      #expect(Set(found.keys) == Set(expected.keys))
      for (name, content) in expected { #expect(found[name] == content, "\(name)") }
      let events = try lyre.text(of: "way.ndjson")
      for kind in ["kernel_ready", "cell_started", "cell_finished", "\"line\"", "node_finished"] {
        #expect(events.contains(kind), "\(kind)")
      }
      // Another program, when Slurm has forgotten the jobs, or is not there.
      #expect(try await lyre.hasNoJobs())
      let later = try await lyre.detached("follow", [String(id), "--report", "way.xml"])
      #expect(later.code == 0, "\(later)")
      func sorted(_ text: String) -> [Substring] { text.split(separator: "\n").sorted() }
      #expect(sorted(live.output) == sorted(local.output))
      #expect(sorted(later.output) == sorted(local.output))
      #expect(try lyre.text(of: "way.xml").contains("tests=\"5\" failures=\"0\""))
      let list = try await lyre.detached("submitted", ["--states"])
      #expect(list.output.contains("  succeeded  slurm  \(id)"), "\(list)")
      let results = try await lyre.detached("results", ["1", "--to", "out"])
      #expect(results.code == 0, "\(results)")
      #expect(try lyre.text(of: "out/1-steps_load.sh/output.log") == "loading 2026\n")
      #expect(results.output.contains("out/3-steps_fit.ipynb/executed.ipynb"), "\(results)")
    }
  }

  @Test("output appears while a node runs, and Ctrl-C ends the following, not the run")
  func live() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "echo begun; \(lyre.waiting); echo done")
      try lyre.pipeline([.init(file: "a.sh")])
      #expect(try await lyre.detach().code == 0)
      let first = try lyre.startDetached(["follow", "last"])
      #expect(await first.hasPrinted("a.sh | begun"))
      first.send(signal: SIGINT)
      let left = Lyre.Outcome(await first.result())
      #expect(left.code == 130 && left.errors.contains("the run goes on"), "\(left)")
      // The pipeline is in use meanwhile.
      let second = try await lyre.detach()
      #expect(second.code == 2, "\(second)")
      #expect(
        second.errors.contains("p.pipeline: run 1 of this pipeline is going on in Slurm; wait"))
      let local = try await lyre.detached("run", ["p.pipeline"])
      #expect(local.code == 2 && local.errors.contains("run 1 of this pipeline"), "\(local)")
      try lyre.directory.write("", to: "go")
      let again = try await lyre.detached("follow", ["1"])
      #expect(again.code == 0 && again.output == "a.sh | begun\na.sh | done\n", "\(again)")
      #expect(try await lyre.detached("run", ["p.pipeline"]).code == 0)
    }
  }

  @Test("a node that fails keeps those behind it from running; codes and words are a local run's")
  func failing() async throws {
    try await Lyre.with { lyre in
      try lyre.script("good.sh", "touch good")
      try lyre.script("bad.sh", "echo oops >&2; exit 7")
      try lyre.script("forgetful.sh", "true")
      try lyre.pythonNotebook(["1/0"], to: "a.ipynb")
      try lyre.pipeline([
        .init(file: "bad.sh"), .init(file: "good.sh"),
        .init(file: "a.ipynb", parents: ["good.sh"]),
        .init(file: "behind.sh", parents: ["bad.sh"]),
        .init(file: "last.sh", parents: ["behind.sh", "good.sh"]),
        .init(file: "forgetful.sh", outputs: ["never.csv"]),
      ])
      try lyre.script("behind.sh", "touch behind")
      try lyre.script("last.sh", "touch last")
      let local = try await lyre.runElsewhere(
        ["pipeline", "run", "p.pipeline", "--keep-going", "-j", "1", "--state", "local"])
      #expect(try await lyre.detach().code == 0)
      let outcome = try await lyre.detached("follow", ["last"])
      #expect(outcome.code == 1 && local.code == 1, "\(outcome)")
      for line in [
        "bad.sh | oops", "bad.sh: the script exited with code 7",
        "cell 1 (In [1]) '1/0' failed: ZeroDivisionError",
        "did not create the declared output: never.csv",
        "1 of 6 nodes ok, 3 failed, 2 blocked",
      ] {
        #expect(outcome.errors.contains(line), "\(line) in \(outcome)")
        #expect(local.errors.contains(line), "\(line) in \(local)")
      }
      #expect(!lyre.has("behind") && !lyre.has("last"))
      #expect(try await lyre.hasNoJobs())
      // Without the scheduler the same.
      let later = try await lyre.detached("follow", ["1"])
      #expect(later.code == 1, "\(later)")
      #expect(later.errors.contains("p: 1 of 6 nodes ok, 3 failed, 2 blocked"), "\(later)")
    }
  }

  @Test("stop lets running nodes save, and cancels the others")
  func stop() async throws {
    try await Lyre.with { lyre in
      try lyre.pythonNotebook(
        ["print('before')", "open('now', 'w').close()\nimport time; time.sleep(100)"], to: "a.ipynb"
      )
      try lyre.script("b.sh", "touch b")
      try lyre.pipeline([
        .init(file: "a.ipynb"), .init(file: "b.sh", parents: ["a.ipynb"]),
        .init(file: "c.sh", properties: ["slurm": ["--begin=now+1hour"]]),
      ])
      try lyre.script("c.sh", "touch c")
      #expect(try await lyre.detach().code == 0)
      #expect(await eventually { lyre.has("now") })
      let outcome = try await lyre.detached("stop", ["last"])
      #expect(outcome.code == 0, "\(outcome)")
      #expect(
        outcome.errors == "run 1 is being stopped; `lyre pipeline follow 1` shows its end\n")
      #expect(try await lyre.hasNoJobs())
      #expect(try lyre.text(0, in: "a.ipynb") == "before\n")
      let end = try await lyre.detached("follow", ["1"])
      #expect(end.code == 1, "\(end)")
      #expect(
        end.errors.contains("p: 0 of 3 nodes ok, 1 interrupted, 2 not run"), "\(end)")
      #expect(!lyre.has("b") && !lyre.has("c"))
      let again = try await lyre.detached("stop", ["1"])
      #expect(again == .init(0, errors: "run 1 has ended already (stopped)\n"))
    }
  }

  @Test("a node's time limit ends it with code 3")
  func timeLimit() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "echo begun; sleep 100")
      try lyre.pipeline([.init(file: "a.sh")])
      #expect(try await lyre.detach(["--timeout", "1"]).code == 0)
      let outcome = try await lyre.detached("follow", ["last"])
      #expect(outcome.code == 3, "\(outcome)")
      #expect(outcome.errors.contains("p: 0 of 1 nodes ok, 1 timed out"), "\(outcome)")
    }
  }

  @Test("a job that somebody cancels, or that can never start, has failed with the reason")
  func cancelled() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "touch now; sleep 100")
      try lyre.script("b.sh", "true")
      try lyre.pipeline([
        .init(file: "a.sh"),
        .init(file: "b.sh", properties: ["slurm": ["--partition=short", "--time=5"]]),
      ])
      #expect(try await lyre.detach().code == 0)
      // Before: this Slurm forgets jobs two seconds after their end.
      let command = try lyre.startDetached(["follow", "last"])
      #expect(await command.hasWritten("a.sh: started\n"))
      #expect(await eventually { lyre.has("now") })
      for job in try await lyre.jobs() where job.hasSuffix("RUNNING") {
        _ = try await lyre.tool("scancel \(job.split(separator: " ")[0])")
      }
      let outcome = Lyre.Outcome(await command.result())
      #expect(outcome.code == 1, "\(outcome)")
      #expect(outcome.errors.contains("was cancelled by somebody else"), "\(outcome)")
      #expect(outcome.errors.contains("will never start: PartitionTimeLimit"), "\(outcome)")
      #expect(try await lyre.hasNoJobs())
    }
  }

  @Test("nodes that write the same file run one after another")
  func oneAfterAnother() async throws {
    try await Lyre.with { lyre in
      let lines = "mkdir lock || exit 1; sleep 1; echo \"$NAME\" >> out.txt; rmdir lock"
      try lyre.script("a.sh", lines)
      try lyre.script("b.sh", lines)
      try lyre.pipeline([
        .init(file: "a.sh", outputs: ["out.txt"], environment: ["NAME": "a"]),
        .init(file: "b.sh", outputs: ["out.txt"], environment: ["NAME": "b"]),
      ])
      #expect(try await lyre.detach().code == 0)
      let outcome = try await lyre.detached("follow", ["last"])
      #expect(outcome.code == 0, "\(outcome)")
      #expect(try lyre.text(of: "out.txt") == "a\nb\n")
    }
  }

  @Test("variables are on no command line and in no record, and gone when the run has ended")
  func secrets() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "echo ${#TOKEN}; touch now; \(lyre.waiting); exit 1")
      try lyre.script("b.sh", "true")
      try lyre.pipeline([
        .init(file: "a.sh", environment: ["TOKEN": "sesame-1f2e"]),
        .init(file: "b.sh", parents: ["a.sh"], environment: ["TOKEN": "sesame-1f2e"]),
      ])
      #expect(try await lyre.detach().code == 0)
      #expect(await eventually { lyre.has("now") })
      let shown = try await lyre.tool(
        "scontrol show job; squeue --format='%all'; cat /proc/[0-9]*/cmdline | tr '\\0' ' '")
      #expect(!shown.output.contains("sesame"))
      // Beside the pipeline itself, the node that waits has its variables in a private file.
      let found = try await lyre.shell("grep -rl sesame . | sort; stat -c %a .lyre")
      #expect(
        found.output.split(separator: "\n").map { $0.split(separator: "/").last } == [
          "environment", "p.pipeline", "700",
        ], "\(found)")
      try lyre.directory.write("", to: "go")
      #expect(try await lyre.detached("follow", ["last"]).code == 1)
      #expect(try await lyre.shell("grep -rl sesame .").output == "./p.pipeline\n")
    }
  }
}
