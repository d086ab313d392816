import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("lyre pipeline run --detach, before Slurm is asked")
struct DetachOptionTests {
  private func detach(
    _ lyre: Lyre, _ options: [String], _ environment: [String: String] = [:]
  ) async throws -> Lyre.Outcome {
    try await lyre.run(
      ["pipeline", "run", "p.pipeline", "--detach", "-q", "--state", "state"] + options,
      environment: environment)
  }

  @Test(
    "what needs Lyre while the run goes on is refused",
    arguments: [
      (["--cached"], "--cached do not go together: nobody compares files"),
      (["--resume"], "--resume do not go together: a run on Slurm is not in the record"),
      (["-j", "3"], "--jobs do not go together: Slurm decides how many jobs run at once"),
      (["--fail-fast"], "--fail-fast do not go together: Slurm goes on with nodes"),
      (["--retries", "1"], "--retries do not go together: Slurm does not run a node again"),
      (
        ["--storage", "s3://b/p", "--output-dir", "x"],
        "--output-dir do not go together: with --storage the executed notebooks stay there"
      ),
      (["--events", "x"], "--events do not go together: give it to lyre pipeline follow"),
      (["--report", "x"], "--report do not go together: give it to lyre pipeline follow"),
      (["--html", "x.html"], "--html do not go together: lyre pipeline follow has --report"),
    ])
  func refused(options: [String], reason: String) async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "true")
      try lyre.pipeline([.init(file: "a.sh")])
      let outcome = try await detach(lyre, ["--slurm"] + options)
      #expect(outcome.code == 2, "\(outcome)")
      #expect(
        outcome.errors.replacing("\n", with: " ").contains("--detach and \(reason)"), "\(outcome)")
    }
  }

  @Test("a node that Slurm would not run is named, and so is a missing Slurm")
  func places() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "true")
      try lyre.script("b.sh", "true")
      try lyre.pipeline([
        .init(file: "a.sh"), .init(file: "b.sh", properties: ["on": "process"]),
      ])
      // A program that looks static; nothing runs it.
      var bytes = [UInt8](repeating: 0, count: 120)
      bytes.replaceSubrange(0..<6, with: [0x7F, 0x45, 0x4C, 0x46, 2, 1])
      (bytes[16], bytes[32], bytes[54], bytes[56], bytes[64]) = (2, 64, 56, 1, 1)
      try lyre.directory.write(bytes, to: "lyre-static", mode: 0o755)
      let program = ["LYRE_NODE_PROGRAM": lyre.directory.path("lyre-static")]
      let mixed = try await detach(lyre, ["--slurm"], program)
      #expect(
        mixed
          == .init(
            2,
            errors:
              "error: p.pipeline: 'b.sh' would run as a process of this machine, which has to "
              + "wait for it; add --slurm, or leave the node out with --only, --from or --until\n"))
      try lyre.directory.makeDirectory("empty")
      let without = try await detach(
        lyre, ["--slurm", "--only", "a.sh"],
        program.merging(["PATH": lyre.directory.path("empty")]) { $1 })
      #expect(
        without
          == .init(
            2,
            errors:
              "error: p.pipeline: Slurm's program sbatch is not on PATH; run lyre on a machine "
              + "that submits jobs\n"))
      #expect(access(lyre.directory.path(".lyre"), F_OK) != 0)
      let dry = try await detach(lyre, ["--slurm", "--only", "a.sh", "--dry-run"], program)
      #expect(dry.code == 1 && dry.output.contains("a.sh"), "\(dry)")
    }
  }
}
