import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite(
  "lyre pipeline submit, to a server whose runs are real", .serialized, .timeLimit(.minutes(5)),
  .enabled(if: Services.has("seaweedfs"), "needs SeaweedFS"),
  .enabled(if: RealKernels.has("python3"), Comment(rawValue: RealKernels.missing)))
struct SubmitServiceTests {
  @Test("only what has changed is uploaded, and --dry-run uploads nothing")
  func uploads() async throws {
    try await SubmittedPipeline.with { submitted in
      let lyre = submitted.lyre
      try lyre.script("a.sh", "echo $year")
      try lyre.pipeline([.init(file: "a.sh")])
      let preview = try await submitted.submit(["--dry-run"])
      #expect(
        preview
          == .init(
            0,
            output: "p.pipeline: 1 task for Kubeflow Pipelines\n"
              + "  1 archive: 1 would be uploaded to s3://\(submitted.bucket)/\n"
              + "  pipeline p: would be uploaded\n  nothing was uploaded or started\n"))
      #expect(try await submitted.keys() == [] && submitted.stub.versions == [])
      let first = try await submitted.submit(["--json"])
      #expect(first.code == 0, "\(first)")
      let json = try JSONValue(parsing: Array(first.output.utf8))
      #expect(json["platform"] == "KUBEFLOW_PIPELINES" && json["run_id"] == "run-0")
      #expect(json["object_storage_path"]?.string == "s3://\(submitted.bucket)/p/run-0")
      let again = try await submitted.submit()
      #expect(again.errors.contains("  1 archive: 0 uploaded, 1 there already\n"), "\(again)")
      #expect(again.errors.contains("  pipeline p: unchanged\n"))
      #expect(again.output.hasSuffix("  lyre pipeline follow 2\n"))
      try lyre.script("a.sh", "echo other")
      let third = try await submitted.submit()
      #expect(third.errors.contains("  1 archive: 1 uploaded, 0 there already\n"), "\(third)")
      #expect(third.errors.contains("  pipeline p: new version p-"))
      #expect(submitted.stub.versions.count == 2)
      let listed = try await submitted.run(["submitted", "p.pipeline"])
      let numbers = listed.output.split(separator: "\n").compactMap(\.first)
      #expect(numbers == ["3", "2", "1"], "\(listed)")
      #expect(try await submitted.run(["follow", "last", "-q"]).code == 0)
      let states = try await submitted.run(["submitted", "--states", "--limit", "1"])
      #expect(states.output.contains("  succeeded  team  run-2  "), "\(states)")
    }
  }

  @Test("a failed node: exit code 1 with its output; retry goes on where it failed")
  func failure() async throws {
    try await SubmittedPipeline.with { submitted in
      let lyre = submitted.lyre
      let fixed = lyre.directory.path("fixed")
      try lyre.script("a.sh", "echo a")
      try lyre.script("b.sh", "test -e '\(fixed)' || { echo broken >&2; exit 3; }")
      try lyre.script("c.sh", "echo c")
      try lyre.pipeline([
        .init(file: "a.sh"), .init(file: "b.sh", parents: ["a.sh"]),
        .init(file: "c.sh", parents: ["b.sh"]),
      ])
      let outcome = try await submitted.submit(["--follow"])
      #expect(outcome.code == 1, "\(outcome)")
      #expect(outcome.output == "a.sh | a\n")
      for text in [
        "b.sh | broken\n", "b.sh: failed after T: ", "1 of 3 nodes ok, 1 failed, 1 blocked",
        "it needs 'b.sh', which failed",
      ] {
        #expect(outcome.errors.contains(text), "\(text) in \(outcome)")
      }
      try lyre.directory.write("", to: "fixed")
      let retried = try await submitted.run(["retry", "1", "--follow", "--events", "e.ndjson"])
      #expect(retried.code == 0, "\(retried)")
      #expect(retried.output == "a.sh | a\nc.sh | c\n")
      #expect(submitted.kinds("e.ndjson").contains("node_retried"))
      #expect(
        retried.errors.contains("p: 3 nodes ok in T\n") && retried.errors.contains("2 attempts"))
    }
  }

  @Test("Ctrl-C leaves the run running; follow shows it again, and stop stops it")
  func stop() async throws {
    try await SubmittedPipeline.with { submitted in
      let lyre = submitted.lyre
      try lyre.script("a.sh", "echo begun; while :; do sleep 1; done")
      try lyre.script("b.sh", "echo b")
      try lyre.pipeline([.init(file: "a.sh"), .init(file: "b.sh", parents: ["a.sh"])])
      let first = try submitted.start([
        "submit", "p.pipeline", "--runtime-config", "team", "--follow",
      ])
      #expect(await first.hasPrinted("a.sh | begun\n"), "\(first.errorsSoFar)")
      first.send(signal: SIGINT)
      let left = Lyre.Outcome(await first.result())
      #expect(left.code == 130)
      #expect(
        left.errors.hasSuffix(
          "the run goes on: `lyre pipeline follow 1` shows it again, `lyre pipeline stop 1` stops it\n"
        ), "\(left)")
      let second = try submitted.start(["follow", "last"])
      #expect(await second.hasPrinted("a.sh | begun\n"))
      let stopped = try await submitted.run(["stop", "last"])
      #expect(
        stopped
          == .init(
            0, errors: "run 1 is being stopped; `lyre pipeline follow 1` shows its end\n"))
      let ended = Lyre.Outcome(await second.result())
      #expect(ended.code == 1, "\(ended)")
      #expect(ended.errors.contains("a.sh: interrupted after T\n"))
      #expect(ended.errors.contains("0 of 2 nodes ok, 1 interrupted"))
      let over = try await submitted.run(["stop", "1"])
      #expect(over == .init(0, errors: "run 1 has ended already (stopped)\n"))
    }
  }

  @Test("a broken connection is waited for, a deleted run is an error")
  func faults() async throws {
    try await SubmittedPipeline.with { submitted in
      let lyre = submitted.lyre
      let go = lyre.directory.path("go")
      try lyre.script("a.sh", "echo begun; until test -e '\(go)'; do sleep 0.02; done; echo done")
      try lyre.pipeline([.init(file: "a.sh")])
      let command = try submitted.start([
        "submit", "p.pipeline", "--runtime-config", "team", "--follow",
      ])
      #expect(await command.hasPrinted("a.sh | begun\n"), "\(command.errorsSoFar)")
      submitted.stub.setDown(true)
      #expect(await command.hasWritten("the run goes on, and Lyre tries again\n"))
      try lyre.directory.write("", to: "go")
      // The bucket is there nevertheless.
      #expect(await command.hasPrinted("a.sh | done\n"))
      submitted.stub.setDown(false)
      let outcome = Lyre.Outcome(await command.result())
      #expect(outcome.code == 0, "\(outcome)")
      #expect(outcome.errors.contains("warning: the engine answers again\n"))
      try lyre.script("a.sh", "true")
      submitted.stub.deleteRuns()
      let deleted = try await submitted.run(["follow", "1"])
      #expect(deleted.code == 2)
      #expect(deleted.errors.contains("could not read the run 'run-0': it is not there"))
      let listed = try await submitted.run(["submitted", "--states"])
      #expect(listed.output.contains("  deleted  "), "\(listed)")
    }
  }

  @Test("a run from elsewhere is followed by its states")
  func elsewhere() async throws {
    try await SubmittedPipeline.with { submitted in
      try submitted.lyre.script("a.sh", "echo a")
      try submitted.lyre.pipeline([.init(file: "a.sh")])
      #expect(try await submitted.submit().code == 0)
      let options = ["--state", "elsewhere"]
      let unknown = try await submitted.run(["follow", "run-0"] + options)
      #expect(unknown.code == 2 && unknown.errors.contains("--runtime-config"), "\(unknown)")
      let followed = try await submitted.run(
        ["follow", "run-0", "--runtime-config", "team", "--json"] + options)
      #expect(followed.code == 0 && followed.errors.contains("a.sh: ok in T\n"), "\(followed)")
      let json = try JSONValue(parsing: Array(followed.output.utf8))
      #expect(json["status"] == "succeeded" && json["run_id"] == "run-0")
      let results = try await submitted.run(
        ["results", "run-0", "--runtime-config", "team"] + options)
      #expect(results.code == 2 && results.errors.contains("was not submitted from this machine"))
    }
  }
}
