import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite(
  "lyre pipeline run --slurm, with a real slurmctld and two slurmd", .serialized,
  .enabled(if: Elsewhere.has("slurm"), Comment(rawValue: Elsewhere.missing)))
struct SlurmServiceTests {
  private func slurm(_ lyre: Lyre, _ options: [String] = [], _ more: [String: String] = [:])
    async throws -> Lyre.Outcome
  {
    try await lyre.runElsewhere(["pipeline", "run", "p.pipeline", "--slurm"] + options, more)
  }

  /// The numbers of this user's jobs in the folder of a test.
  private func jobs(_ lyre: Lyre) async throws -> [String] {
    let outcome = try await tool(lyre, "squeue --noheader --format='%i %Z'")
    return outcome.output.split(separator: "\n").filter { $0.contains(lyre.directory.path) }
      .compactMap { $0.split(separator: " ").first.map(String.init) }
  }

  /// Whether the jobs of a test end within ten seconds.
  private func hasNoJobs(_ lyre: Lyre) async throws -> Bool {
    let list = "squeue --noheader --format=%Z | grep -qF '\(lyre.directory.path)'"
    return try await tool(
      lyre, "for i in $(seq 50); do \(list) || exit 0; sleep 0.2; done; exit 1"
    ).code == 0
  }

  private func tool(_ lyre: Lyre, _ line: String) async throws -> Lyre.Outcome {
    let command = try RunningCommand(
      "/bin/sh", ["-c", line], environment: Elsewhere.variables, directory: lyre.directory.path,
      limit: .seconds(60))
    return Lyre.Outcome(await command.result())
  }

  private func start(_ lyre: Lyre, _ options: [String] = []) throws -> RunningCommand {
    try lyre.start(
      ["pipeline", "run", "p.pipeline", "--slurm"] + options, environment: Elsewhere.variables)
  }

  @Test("a pipeline gives the same files and notebooks as jobs as in processes")
  func fiveNodes() async throws {
    try await Lyre.with { lyre in
      try await FiveNodes.expectEqual(lyre, [["--slurm"]])
      #expect(!lyre.directory.entries.contains(".lyre"))
      #expect(access(lyre.directory.path("way-0/.lyre"), F_OK) != 0)
    }
  }

  @Test("exit codes, errors and retries are those of a local run")
  func failures() async throws {
    try await Lyre.with { lyre in
      try lyre.script("bad.sh", "echo oops >&2; exit 7")
      try lyre.script("flaky.sh", "test -e again || { echo > again; exit 3; }")
      try lyre.pythonNotebook(["1/0"], to: "a.ipynb")
      try lyre.pipeline([
        .init(file: "bad.sh"), .init(file: "flaky.sh", properties: ["retries": 1]),
        .init(file: "a.ipynb"),
      ])
      let outcome = try await slurm(lyre, ["--keep-going"])
      #expect(outcome.code == 1, "\(outcome)")
      #expect(outcome.errors.contains("bad.sh | oops"), "\(outcome)")
      #expect(outcome.errors.contains("bad.sh: the script exited with code 7"), "\(outcome)")
      #expect(
        outcome.errors.contains("cell 1 (In [1]) '1/0' failed: ZeroDivisionError"), "\(outcome)")
      #expect(outcome.errors.contains(/flaky.sh: ok/), "\(outcome)")
    }
  }

  @Test("a job gets what its node asks for, and the node's own options win")
  func resources() async throws {
    try await Lyre.with { lyre in
      try lyre.script(
        "a.sh", "echo $SLURM_JOB_PARTITION $SLURM_CPUS_PER_TASK $SLURM_MEM_PER_NODE $WHO")
      try lyre.pipeline([
        .init(
          file: "a.sh", environment: ["WHO": "me"], properties: ["slurm": ["--partition=all"]],
          parameters: ["cpu": 2, "memory": 1])
      ])
      let outcome = try await slurm(lyre, ["--slurm-partition", "short", "--slurm-time", "1"])
      #expect(outcome.output == "a.sh | all 2 954 me\n", "\(outcome)")
    }
  }

  @Test(
    "a job that cannot be, or never will, is an error with Slurm's reason",
    arguments: [
      (["--slurm-partition", "none"], "invalid partition"),
      (["--slurm-option=--mem=900G"], "not available"),
      (["--slurm-partition", "short", "--slurm-time", "5"], "PartitionTimeLimit"),
    ])
  func impossible(options: [String], reason: String) async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "true")
      try lyre.pipeline([.init(file: "a.sh")])
      let outcome = try await slurm(lyre, options)
      #expect(outcome.code == 1, "\(outcome)")
      #expect(outcome.errors.lowercased().contains(reason.lowercased()), "\(outcome)")
      #expect(try await hasNoJobs(lyre))
    }
  }

  @Test("Ctrl-C saves the notebook and ends the job, and cancels one that waits")
  func interrupt() async throws {
    try await Lyre.with { lyre in
      try lyre.pythonNotebook(
        ["print('before')", "open('now', 'w').close()\nimport time; time.sleep(100)"], to: "a.ipynb"
      )
      try lyre.script("b.sh", "true")
      try lyre.pipeline([
        .init(file: "a.ipynb"),
        .init(file: "b.sh", properties: ["slurm": ["--begin=now+1hour"]]),
      ])
      let command = try start(lyre)
      #expect(await eventually { access("\(lyre.directory.path)/now", F_OK) == 0 })
      command.send(signal: SIGINT)
      let outcome = Lyre.Outcome(await command.result())
      #expect(outcome.code == 130, "\(outcome)")
      #expect(try lyre.text(0, in: "a.ipynb") == "before\n")
      #expect(try await hasNoJobs(lyre))
    }
  }

  @Test("a job that somebody cancels has failed, with what it reached")
  func cancelled() async throws {
    try await Lyre.with { lyre in
      try lyre.pythonNotebook(
        ["print('before')", "open('now', 'w').close()\nimport time; time.sleep(100)"], to: "a.ipynb"
      )
      try lyre.pipeline([.init(file: "a.ipynb")])
      let command = try start(lyre)
      #expect(await eventually { access("\(lyre.directory.path)/now", F_OK) == 0 })
      for job in try await jobs(lyre) { _ = try await tool(lyre, "scancel \(job)") }
      let outcome = Lyre.Outcome(await command.result())
      #expect(outcome.code == 1, "\(outcome)")
      #expect(outcome.errors.contains("was cancelled by somebody else"), "\(outcome)")
      #expect(try lyre.text(0, in: "a.ipynb") == "before\n")
    }
  }

  @Test("a job whose lyre was killed is cancelled by cleanup")
  func killed() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "echo > now; sleep 1000")
      try lyre.pipeline([.init(file: "a.sh")])
      let command = try start(lyre)
      #expect(await eventually { access("\(lyre.directory.path)/now", F_OK) == 0 })
      command.send(signal: SIGKILL)
      _ = await command.result()
      #expect(try await jobs(lyre).count == 1)
      let cleanup = try await lyre.runElsewhere(["pipeline", "cleanup"])
      #expect(cleanup.output.contains(/removed the job \d+/), "\(cleanup)")
      #expect(try await hasNoJobs(lyre))
    }
  }

  @Test("a result counts even if the scheduler has forgotten its job")
  func forgotten() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "echo done")
      try lyre.pipeline([.init(file: "a.sh")])
      // A scheduler that knows no job any more, in front of the real one.
      try lyre.script(
        "bin/scontrol", "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1")
      _ = try await lyre.shell("chmod +x bin/scontrol")
      let path = "\(lyre.directory.path)/bin:\(Elsewhere.variables["PATH"] ?? "")"
      let outcome = try await slurm(lyre, [], ["PATH": path])
      #expect(outcome.code == 0 || outcome.errors.contains("no longer knows its job"), "\(outcome)")
    }
  }
}
