import Glibc
import JSONCore
import KernelTesting
import ObjectStorage
import RealKernels
import Testing

@Suite(
  "lyre pipeline run --slurm --detach --storage, with a real slurmctld, two slurmd and SeaweedFS",
  .serialized,
  .enabled(if: Services.has("seaweedfs"), Comment(rawValue: Services.missing)),
  .enabled(if: Elsewhere.has("slurm"), Comment(rawValue: Elsewhere.missing)))
struct SlurmStorageServiceTests {
  private func storage(_ bucket: ServiceBucket) -> [String] {
    ["--storage", "s3://\(bucket.name)/runs of/p"]
  }

  /// Gives Slurm the pipeline.
  private func detach(
    _ lyre: Lyre, _ bucket: ServiceBucket, _ options: [String] = [],
    _ more: [String: String] = [:]
  ) async throws -> Lyre.Outcome {
    try await lyre.detach(storage(bucket) + options, bucket.variables.merging(more) { $1 })
  }

  @Test("five nodes give a local run's files and notebooks while the project's folder is away")
  func fiveNodes() async throws {
    try await Lyre.with { lyre in
      try await ServiceBucket.with { bucket in
        try FiveNodes.write(to: "local", of: lyre)
        let local = try await lyre.runElsewhere(
          ["pipeline", "run", "local/p.pipeline", "-p", "year", "2026", "-j", "1"])
        try #require(local.code == 0, "\(local)")
        try FiveNodes.write(to: "way", of: lyre)
        let folder = lyre.directory.path
        let submitted = try await lyre.detached(
          "run",
          ["way/p.pipeline", "-p", "year", "2026", "--slurm", "--detach", "--slurm-folder", "jobs"]
            + storage(bucket), bucket.variables)
        try #require(submitted.code == 0 && submitted.errors == "", "\(submitted)")
        let id = try #require(submitted.output.firstMatch(of: /run (p-[^)]+)\)/)?.1)
        let place = try #require(submitted.output.firstMatch(of: /files: (s3:.*)\/\n/)?.1)
        #expect(place.hasPrefix("s3://\(bucket.name)/runs of/p/runs/p-"))
        #expect(
          submitted.output == """
            p: submitted as 1 (run \(id))
              jobs: 5, in \(folder)/jobs/\(id)
              files: \(place)/
              lyre pipeline follow 1

            """)
        _ = try await lyre.shell("mv way away")
        let live = try await lyre.detached(
          "follow", ["last", "--events", "way.ndjson"], bucket.variables)
        try #require(live.code == 0, "\(live)")
        #expect(live.errors.contains("p: 5 nodes ok in T\n"), "\(live)")
        let events = try lyre.text(of: "way.ndjson")
        for kind in [
          "kernel_ready", "cell_started", "cell_finished", "\"line\"", "node_finished",
        ] {
          #expect(events.contains(kind), "\(kind)")
        }
        #expect(!lyre.has("way"))
        _ = try await lyre.shell("mv away way")
        try await compare(lyre, bucket, local, live)
      }
    }
  }

  /// Fetches the results of the five nodes, and compares them with those of the local run.
  private func compare(
    _ lyre: Lyre, _ bucket: ServiceBucket, _ local: Lyre.Outcome, _ live: Lyre.Outcome
  ) async throws {
    let results = try await lyre.detached(
      "results", ["1", "--to", "out", "--into-notebooks"], bucket.variables)
    #expect(results.code == 0 && results.errors == "", "\(results)")
    let expected = try FiveNodes.content(of: lyre.directory.path("local"))
    let found = try FiveNodes.content(of: lyre.directory.path("way")).merging(
      FiveNodes.content(of: lyre.directory.path("out")).filter { $0.key.first?.isNumber != true }
    ) { $1 }
    #expect(Set(found.keys) == Set(expected.keys))
    for (name, content) in expected { #expect(found[name] == content, "\(name)") }
    #expect(try lyre.text(of: "out/1-steps_load.sh/output.log") == "loading 2026\n")
    #expect(try lyre.text(of: "out/3-steps_fit.ipynb/executed.ipynb").contains("year = 2026"))
    // What is there already is the same.
    #expect(
      try await lyre.detached("results", ["1", "--to", "out"], bucket.variables) == .init(0))
    // Another program, when Slurm has forgotten the jobs.
    #expect(try await lyre.hasNoJobs())
    let later = try await lyre.detached("follow", ["1", "--report", "way.xml"], bucket.variables)
    #expect(later.code == 0, "\(later)")
    func sorted(_ text: String) -> [Substring] { text.split(separator: "\n").sorted() }
    #expect(sorted(live.output) == sorted(local.output))
    #expect(sorted(later.output) == sorted(local.output))
    #expect(try lyre.text(of: "way.xml").contains("tests=\"5\" failures=\"0\""))
    let list = try await lyre.detached("submitted", ["--states"], bucket.variables)
    #expect(list.output.contains("  succeeded  slurm  p-"), "\(list)")
  }

  @Test("codes and words of failures are a local run's, and so is what is not run behind them")
  func failing() async throws {
    try await Lyre.with { lyre in
      try await ServiceBucket.with { bucket in
        try lyre.script("good.sh", "echo fine")
        try lyre.script("bad.sh", "echo oops >&2; exit 7")
        try lyre.script("forgetful.sh", "true")
        try lyre.script("behind.sh", "echo never")
        try lyre.pythonNotebook(["1/0"], to: "a.ipynb")
        try lyre.pipeline([
          .init(file: "bad.sh"), .init(file: "good.sh"),
          .init(file: "a.ipynb", parents: ["good.sh"]),
          .init(file: "behind.sh", parents: ["bad.sh"]),
          .init(file: "forgetful.sh", outputs: ["never.csv"]),
        ])
        #expect(try await detach(lyre, bucket).code == 0)
        let outcome = try await lyre.detached("follow", ["last"], bucket.variables)
        #expect(outcome.code == 1, "\(outcome)")
        for line in [
          "bad.sh | oops", "bad.sh: the script exited with code 7",
          "cell 1 (In [1]) '1/0' failed: ZeroDivisionError",
          "did not create the declared output: never.csv",
          "1 of 5 nodes ok, 3 failed, 1 blocked",
        ] {
          #expect(outcome.errors.contains(line), "\(line) in \(outcome)")
        }
        #expect(!outcome.output.contains("never"))
        #expect(try await lyre.hasNoJobs())
      }
    }
  }

  @Test("an earlier node's output that is not in the bucket is named, with the place")
  func missing() async throws {
    try await Lyre.with { lyre in
      try await ServiceBucket.with { bucket in
        try lyre.script("a.sh", "echo 1 > x.csv")
        try lyre.script("b.sh", "cat x.csv")
        try lyre.pipeline([
          .init(file: "a.sh", outputs: ["x.csv"]),
          .init(
            file: "b.sh", parents: ["a.sh"], dependencies: ["x.csv"],
            properties: ["slurm": ["--hold"]]),
        ])
        #expect(try await detach(lyre, bucket).code == 0)
        let command = try lyre.startDetached(["follow", "last"], bucket.variables)
        #expect(await command.hasWritten("a.sh: ok"))
        let keys = try await bucket.keys().filter { $0.hasSuffix("/files/x.csv") }
        try #require(keys.count == 1, "\(keys)")
        try await bucket.store.delete(ObjectLocation(bucket: bucket.name, key: keys[0]))
        for job in try await lyre.jobs() {
          _ = try await lyre.tool("scontrol release \(job.split(separator: " ")[0])")
        }
        let outcome = Lyre.Outcome(await command.result())
        #expect(outcome.code == 1, "\(outcome)")
        let place = keys[0].dropLast("/x.csv".count)
        #expect(
          outcome.errors.contains(
            "b.sh: missing input: x.csv; no earlier node has left it in "
              + "'s3://\(bucket.name)/\(place)'"), "\(outcome)")
      }
    }
  }

  @Test("credentials are in no job, command line or record, and gone once they are of no use")
  func secrets() async throws {
    try await Lyre.with { lyre in
      try await ServiceBucket.with { bucket in
        try lyre.script("a.sh", "touch '\(lyre.directory.path)/now'; \(lyre.waiting); exit 1")
        try lyre.script("b.sh", "true")
        try lyre.pipeline([.init(file: "a.sh"), .init(file: "b.sh", parents: ["a.sh"])])
        #expect(try await detach(lyre, bucket).code == 0)
        #expect(await eventually { lyre.has("now") })
        let shown = try await lyre.tool(
          "scontrol show job; squeue --format='%all'; cat /proc/[0-9]*/cmdline | tr '\\0' ' '")
        #expect(!shown.output.contains(ServiceBucket.secret))
        // Only the node that waits has them, in a private file.
        let found = try await lyre.shell(
          "grep -rl \(ServiceBucket.secret) . | xargs stat -c '%a %n'")
        let lines = found.output.split(separator: "\n")
        #expect(lines.count == 1 && found.output.hasPrefix("600 "), "\(found)")
        #expect(found.output.hasSuffix("/2-b.sh/credentials\n"), "\(found)")
        try lyre.directory.write("", to: "go")
        #expect(try await lyre.detached("follow", ["last"], bucket.variables).code == 1)
        #expect(try await lyre.shell("grep -rl \(ServiceBucket.secret) . ; true").output == "")
        for key in try await bucket.keys() {
          let text = String(decoding: try await bucket.get(key), as: UTF8.self)
          #expect(!text.contains(ServiceBucket.secret), "\(key)")
        }
      }
    }
  }

  @Test("stop lets running nodes save, cancels the others, and removes their credentials")
  func stop() async throws {
    try await Lyre.with { lyre in
      try await ServiceBucket.with { bucket in
        let now = lyre.directory.path("now")
        try lyre.pythonNotebook(
          ["print('before')", "open('\(now)', 'w').close()\nimport time; time.sleep(100)"],
          to: "a.ipynb")
        try lyre.script("b.sh", "true")
        try lyre.pipeline([.init(file: "a.ipynb"), .init(file: "b.sh", parents: ["a.ipynb"])])
        #expect(try await detach(lyre, bucket).code == 0)
        #expect(await eventually { lyre.has("now") })
        let outcome = try await lyre.detached("stop", ["last"], bucket.variables)
        #expect(outcome.code == 0, "\(outcome)")
        #expect(try await lyre.hasNoJobs())
        #expect(try await lyre.shell("find .lyre -name credentials").output == "")
        let end = try await lyre.detached("follow", ["1"], bucket.variables)
        #expect(end.code == 1, "\(end)")
        #expect(
          end.errors.contains("p: 0 of 2 nodes ok, 1 interrupted, 1 not run"), "\(end)")
        let into = try await lyre.detached("results", ["1", "--into-notebooks"], bucket.variables)
        #expect(into.code == 0, "\(into)")
        #expect(try lyre.text(0, in: "a.ipynb") == "before\n")
      }
    }
  }

  @Test("nodes get what was made here before, and another run meanwhile is no conflict")
  func part() async throws {
    try await Lyre.with { lyre in
      try await ServiceBucket.with { bucket in
        try lyre.script("a.sh", "echo from-a > x.csv")
        try lyre.script("sub/b.sh", "cat ../x.csv > y.csv")
        try lyre.script("c.sh", "\(lyre.waiting); cat sub/y.csv")
        try lyre.pipeline([
          .init(file: "a.sh", outputs: ["x.csv"]),
          .init(file: "sub/b.sh", parents: ["a.sh"], outputs: ["y.csv"]),
          .init(file: "c.sh", parents: ["sub/b.sh"]),
        ])
        #expect(try await lyre.detached("run", ["p.pipeline", "--only", "a.sh"]).code == 0)
        #expect(try await detach(lyre, bucket, ["--from", "sub/b.sh"]).code == 0)
        #expect(!lyre.has("sub/y.csv"))
        let second = try await detach(lyre, bucket, ["--only", "a.sh"])
        #expect(second.code == 0, "\(second)")
        try lyre.directory.write("", to: "go")
        let outcome = try await lyre.detached("follow", ["1"], bucket.variables)
        #expect(outcome.code == 0 && outcome.output == "c.sh | from-a\n", "\(outcome)")
        let results = try await lyre.detached("results", ["1", "--to", "."], bucket.variables)
        #expect(results.code == 0, "\(results)")
        #expect(try lyre.text(of: "sub/y.csv") == "from-a\n")
      }
    }
  }
}
