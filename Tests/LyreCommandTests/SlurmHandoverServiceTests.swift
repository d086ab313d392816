import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite(
  "Faults around lyre pipeline run --slurm --detach, with a real slurmctld and two slurmd",
  .serialized,
  .enabled(if: Elsewhere.has("slurm"), Comment(rawValue: Elsewhere.missing)))
struct SlurmHandoverServiceTests {
  @Test("a scheduler that is away while a run is followed is reported once, and so is its return")
  func away() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "echo begun; \(lyre.waiting); echo done; exit 4")
      try lyre.pipeline([.init(file: "a.sh")])
      #expect(try await lyre.detach().code == 0)
      let variables = try await lyre.wrap(
        "squeue",
        "if [ -e down ]; then echo 'slurm_load_jobs error: Unable to contact slurm controller' >&2; "
          + "exit 1; fi\nexec $real \"$@\"")
      let command = try lyre.startDetached(["follow", "last"], variables)
      #expect(await command.hasPrinted("a.sh | begun"))
      try lyre.directory.write("", to: "down")
      #expect(
        await command.hasWritten(
          "warning: Slurm does not answer: squeue: Unable to contact slurm controller; the run goes on, "
            + "and Lyre tries again"))
      try lyre.directory.write("", to: "go")
      #expect(await command.hasPrinted("a.sh | done"))
      _ = try await lyre.shell("rm down")
      let outcome = Lyre.Outcome(await command.result())
      #expect(outcome.code == 1, "\(outcome)")
      #expect(outcome.errors.contains("warning: the engine answers again"), "\(outcome)")
      let stopped = try await lyre.detached("stop", ["last"], variables)
      #expect(stopped.errors == "run 1 has ended already (failed)\n", "\(stopped)")
    }
  }

  @Test("if sbatch refuses a job in the middle, nothing runs and nothing is left")
  func refusedInTheMiddle() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "touch ran")
      try lyre.pipeline([
        .init(file: "a.sh"),
        .init(file: "b.sh", parents: ["a.sh"], properties: ["slurm": ["--partition=none"]]),
      ])
      try lyre.script("b.sh", "true")
      let outcome = try await lyre.detach()
      #expect(outcome.code == 2, "\(outcome)")
      #expect(
        outcome.errors.contains("error: p.pipeline: 'b.sh': sbatch refused its job: "), "\(outcome)"
      )
      #expect(try await lyre.hasNoJobs())
      #expect(!lyre.has("ran") && !lyre.has(".lyre"))
      #expect(
        try await lyre.detached("submitted").errors == "nothing was submitted from this machine\n")
    }
  }

  @Test("if lyre is killed in the middle, no job starts, and the next commands know what to do")
  func killedInTheMiddle() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "touch ran")
      try lyre.script("b.sh", "true")
      try lyre.pipeline([.init(file: "a.sh"), .init(file: "b.sh", parents: ["a.sh"])])
      let variables = try await lyre.wrap(
        "sbatch",
        "if [ -e one ]; then touch two; exec sleep 100; fi\ntouch one\nexec $real \"$@\"")
      let command = try lyre.startDetached(["run", "p.pipeline", "--slurm", "--detach"], variables)
      #expect(await eventually { lyre.has("two") })
      // The first job is held.
      #expect(try await lyre.jobs().map { $0.split(separator: " ").last } == ["PENDING"])
      command.send(signal: SIGKILL)
      _ = await command.result()
      let follow = try await lyre.detached("follow", ["last"])
      #expect(
        follow
          == .init(
            2,
            errors:
              "error: lyre was ended before all jobs of this run were submitted; none of them "
              + "has started; `lyre pipeline stop 1` cancels what there is, and then submit it again\n"
          ))
      let cleanup = try await lyre.runElsewhere(["pipeline", "cleanup"])
      #expect(cleanup.output.contains(/removed the job \d+/), "\(cleanup)")
      #expect(try await lyre.hasNoJobs())
      #expect(!lyre.has("ran"))
      #expect(try await lyre.detach().code == 0)
      #expect(try await lyre.detached("follow", ["last"]).code == 0)
      #expect(lyre.has("ran"))
      let gone = try await lyre.detached("follow", ["1"])
      #expect(gone.code == 2 && gone.errors.contains("is not there; it was removed"), "\(gone)")
      #expect(try await lyre.shell("ls .lyre | wc -l").output == "1\n")
    }
  }

  /// Starts a submission of two jobs, of which `sbatch` holds back the second one.
  private func stopInTheMiddle(
    _ lyre: Lyre, _ signal: Int32, sbatch: String
  ) async throws -> Lyre.Outcome {
    try lyre.script("a.sh", "touch ran")
    try lyre.script("b.sh", "true")
    try lyre.pipeline([.init(file: "a.sh"), .init(file: "b.sh", parents: ["a.sh"])])
    let variables = try await lyre.wrap(
      "sbatch", "if [ -e one ]; then touch two; \(sbatch); fi\ntouch one\nexec $real \"$@\"")
    let command = try lyre.startDetached(["run", "p.pipeline", "--slurm", "--detach"], variables)
    #expect(await eventually { lyre.has("two") })
    #expect(try await lyre.jobs().map { $0.split(separator: " ").last } == ["PENDING"])
    command.send(signal: signal)
    try lyre.directory.write("", to: "go")
    let outcome = Lyre.Outcome(await command.result())
    #expect(try await lyre.hasNoJobs())
    #expect(!lyre.has("ran") && !lyre.has(".lyre"))
    #expect(
      try await lyre.detached("submitted").errors == "nothing was submitted from this machine\n")
    return outcome
  }

  @Test(
    "a signal in the middle cancels what was submitted, and says so",
    arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func signalInTheMiddle(signal: Int32, code: Int32) async throws {
    try await Lyre.with { lyre in
      let outcome = try await stopInTheMiddle(lyre, signal, sbatch: lyre.waiting)
      #expect(
        outcome
          == .init(
            code,
            errors: "error: p.pipeline: stopped before all jobs were submitted; no job is left\n"))
    }
  }

  @Test("an sbatch that does not answer after Ctrl-C is not waited for, and its job is named")
  func silentInTheMiddle() async throws {
    try await Lyre.with { lyre in
      let outcome = try await stopInTheMiddle(lyre, SIGINT, sbatch: "exec sleep 100")
      #expect(
        outcome
          == .init(
            130,
            errors: "error: p.pipeline: stopped before all jobs were submitted, and sbatch did not "
              + "answer about 'b.sh': its job may come later, but will not start, and `lyre pipeline "
              + "cleanup` cancels it; no other one is left\n"))
    }
  }

  @Test("what was left of a submission is cancelled by stop, and the run was not run")
  func stoppedInTheMiddle() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "touch ran")
      try lyre.pipeline([.init(file: "a.sh"), .init(file: "b.sh", parents: ["a.sh"])])
      try lyre.script("b.sh", "true")
      let variables = try await lyre.wrap(
        "sbatch",
        "if [ -e one ]; then touch two; exec sleep 100; fi\ntouch one\nexec $real \"$@\"")
      let command = try lyre.startDetached(["run", "p.pipeline", "--slurm", "--detach"], variables)
      #expect(await eventually { lyre.has("two") })
      command.send(signal: SIGKILL)
      _ = await command.result()
      #expect(try await lyre.detached("stop", ["last"]).code == 0)
      #expect(try await lyre.hasNoJobs())
      let end = try await lyre.detached("follow", ["last"])
      #expect(end.code == 1 && end.errors.contains("p: 0 of 2 nodes ok, 2 not run"), "\(end)")
      #expect(try await lyre.shell("find .lyre -name environment").output == "")
      #expect(!lyre.has("ran"))
    }
  }

  @Test("jobs that were submitted but not released are released by whoever looks at the run")
  func notReleased() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "echo ran")
      try lyre.pipeline([.init(file: "a.sh")])
      let variables = try await lyre.wrap(
        "scontrol",
        "[ $1 = release ] && { echo 'Unable to contact' >&2; exit 1; }\n"
          + "exec $real \"$@\"")
      let outcome = try await lyre.detach([], variables)
      #expect(outcome.code == 0, "\(outcome)")
      #expect(
        outcome.errors == "warning: all jobs are submitted, but the first ones are held: scontrol "
          + "release: Unable to contact; `lyre pipeline follow 1` lets them start\n")
      let follow = try await lyre.detached("follow", ["1"])
      #expect(follow.code == 0 && follow.output == "a.sh | ran\n", "\(follow)")
    }
  }
}
