import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite(
  "Faults around lyre pipeline run --slurm --detach --storage, with real services", .serialized,
  .enabled(if: Services.has("seaweedfs"), Comment(rawValue: Services.missing)),
  .enabled(if: Elsewhere.has("slurm"), Comment(rawValue: Elsewhere.missing)))
struct SlurmStorageFaultServiceTests {
  private func detach(
    _ lyre: Lyre, _ bucket: ServiceBucket, _ options: [String] = [],
    _ variables: [String: String]? = nil
  ) async throws -> Lyre.Outcome {
    try await lyre.detach(
      ["--storage", "s3://\(bucket.name)/p"] + options, variables ?? bucket.variables)
  }

  @Test("a storage that cannot be used is an error before anything is submitted")
  func refusals() async throws {
    try await Lyre.with { lyre in
      try await ServiceBucket.with { bucket in
        try lyre.script("a.sh", "true")
        try lyre.pipeline([.init(file: "a.sh")])
        let none = try await lyre.detach(
          ["--storage", "s3://lyre-never-there/p"], bucket.variables)
        #expect(
          none
            == .init(
              2,
              errors:
                "error: --storage: s3://lyre-never-there: there is no such bucket. Create it, "
                + "with --s3-create-bucket too, or check its name and the server's URL.\n"))
        let wrong = try await detach(
          lyre, bucket, [],
          bucket.variables.merging(["AWS_SECRET_ACCESS_KEY": "secret-of-nobody"]) { $1 })
        #expect(wrong.code == 2, "\(wrong)")
        #expect(wrong.errors.contains("Check the secret key (AWS_SECRET_ACCESS_KEY)"), "\(wrong)")
        #expect(!wrong.errors.contains("secret-of-nobody"))
        #expect(try await lyre.hasNoJobs())
        #expect(!lyre.has(".lyre"))
        #expect(
          try await lyre.detached("submitted").errors == "nothing was submitted from this machine\n"
        )
      }
    }
  }

  @Test("a signal while the storage does not answer ends the submission before any job")
  func signal() async throws {
    try await Lyre.with { lyre in
      try await ServiceBucket.with { bucket in
        try await StorageProxy.with(bucket) { proxy, server, variables in
          try lyre.script("a.sh", "true")
          try lyre.pipeline([.init(file: "a.sh")])
          proxy.refuse { $0.method == "PUT" && $0.target.contains("/files/") }
          let command = try lyre.startDetached(
            [
              "run", "p.pipeline", "--slurm", "--detach", "--storage", "s3://\(bucket.name)/p",
            ], variables)
          #expect(await eventually { server.requests.contains { $0.target.contains("/files/") } })
          command.send(signal: SIGINT)
          let outcome = Lyre.Outcome(await command.result())
          #expect(
            outcome
              == .init(130, errors: "error: p.pipeline: stopped before any job was submitted\n"))
          #expect(try await lyre.hasNoJobs())
          #expect(!lyre.has(".lyre"))
        }
      }
    }
  }

  @Test("if sbatch refuses a job in the middle, nothing runs and nothing is left")
  func refusedInTheMiddle() async throws {
    try await Lyre.with { lyre in
      try await ServiceBucket.with { bucket in
        try lyre.script("a.sh", "touch '\(lyre.directory.path)/ran'")
        try lyre.script("b.sh", "true")
        try lyre.pipeline([
          .init(file: "a.sh"),
          .init(file: "b.sh", parents: ["a.sh"], properties: ["slurm": ["--partition=none"]]),
        ])
        let outcome = try await detach(lyre, bucket)
        #expect(outcome.code == 2, "\(outcome)")
        #expect(
          outcome.errors.contains("error: p.pipeline: 'b.sh': sbatch refused its job: "),
          "\(outcome)")
        #expect(try await lyre.hasNoJobs())
        #expect(!lyre.has("ran") && !lyre.has(".lyre"))
      }
    }
  }

  @Test("a bucket that is away while a run is followed is waited for, and everything arrives")
  func away() async throws {
    try await Lyre.with { lyre in
      try await ServiceBucket.with { bucket in
        try await StorageProxy.with(bucket) { proxy, _, variables in
          try lyre.script("a.sh", "echo begun; \(lyre.waiting); echo made > out.txt; echo done")
          try lyre.pipeline([.init(file: "a.sh", outputs: ["out.txt"])])
          #expect(try await detach(lyre, bucket, [], variables).code == 0)
          let command = try lyre.startDetached(["follow", "last"], variables)
          #expect(await command.hasPrinted("a.sh | begun"))
          proxy.isAway = true
          #expect(await command.hasWritten("the nodes' events are unreadable now"))
          try lyre.directory.write("", to: "go")
          // Without the bucket nothing can be fetched, and the message says from where.
          let results = try await lyre.detached("results", ["1", "--to", "out"], variables)
          #expect(results.code == 2, "\(results)")
          #expect(results.errors.hasPrefix("error: s3://\(bucket.name)/"), "\(results)")
          #expect(!lyre.has("out"))
          proxy.isAway = false
          let outcome = Lyre.Outcome(await command.result())
          #expect(outcome.code == 0, "\(outcome)")
          #expect(outcome.output == "a.sh | begun\na.sh | done\n", "\(outcome)")
          #expect(outcome.errors.contains("the nodes' events can be read again"), "\(outcome)")
          #expect(try await lyre.detached("results", ["1", "--to", "out"], variables).code == 0)
          #expect(try lyre.text(of: "out/out.txt") == "made\n")
        }
      }
    }
  }

  @Test("a run is stopped also while its bucket is away")
  func stopsWithout() async throws {
    try await Lyre.with { lyre in
      try await ServiceBucket.with { bucket in
        try await StorageProxy.with(bucket) { proxy, _, variables in
          try lyre.script("a.sh", "true")
          try lyre.pipeline([.init(file: "a.sh", properties: ["slurm": ["--begin=now+1hour"]])])
          #expect(try await detach(lyre, bucket, [], variables).code == 0)
          proxy.isAway = true
          let outcome = try await lyre.detached("stop", ["last"], variables)
          #expect(outcome.code == 0, "\(outcome)")
          #expect(try await lyre.hasNoJobs())
        }
      }
    }
  }

  @Test("credentials that are refused while a run is followed end the following with the reason")
  func denied() async throws {
    try await Lyre.with { lyre in
      try await ServiceBucket.with { bucket in
        try lyre.script("a.sh", "true")
        try lyre.pipeline([.init(file: "a.sh")])
        #expect(try await detach(lyre, bucket).code == 0)
        let outcome = try await lyre.detached(
          "follow", ["last"],
          bucket.variables.merging(["AWS_SECRET_ACCESS_KEY": "secret-of-nobody"]) { $1 })
        #expect(outcome.code == 2, "\(outcome)")
        #expect(outcome.errors.contains("Check the secret key"), "\(outcome)")
        #expect(try await lyre.detached("follow", ["last"], bucket.variables).code == 0)
      }
    }
  }
}
