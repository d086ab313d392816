import Glibc
import JSONCore
import KernelTesting
import ObjectStorage
import RealKernels
import SystemSupport
import Testing

@Suite(
  "lyre pipeline run --storage, with a real SeaweedFS and dockerd", .serialized,
  .enabled(if: Services.has("seaweedfs"), Comment(rawValue: Services.missing)),
  .enabled(if: Elsewhere.has("docker"), Comment(rawValue: Elsewhere.missing)))
struct StorageRunServiceTests {
  private func arguments(_ bucket: ServiceBucket, _ more: [String] = []) -> [String] {
    [
      "pipeline", "run", "p.pipeline", "--containers", "--network", "host", "--state", "state",
      "--storage", "s3://\(bucket.name)/runs of/p",
    ] + more
  }

  private func run(_ lyre: Lyre, _ bucket: ServiceBucket, _ more: [String] = []) async throws
    -> Lyre.Outcome
  {
    try await lyre.runElsewhere(arguments(bucket, more), bucket.variables)
  }

  /// Lines of a script that wait until the test has written the file `go/on`.
  private let waiting = "while ! [ -e /mnt/go/on ]; do sleep 0.1; done"

  /// The node of such a script, `a.sh`; it runs with `--volume go=go`.
  private func waitingNode(in lyre: Lyre, outputs: [String] = []) throws -> PipelineFileNode {
    try lyre.directory.makeDirectory("go")
    let volume: JSONValue = ["path": "/mnt/go", "pvc_name": "go"]
    return PipelineFileNode(
      file: "a.sh", outputs: outputs, image: Elsewhere.shell,
      parameters: ["mounted_volumes": [volume]])
  }

  @Test("a pipeline gives the same files and notebooks through a bucket, and no secret is anywhere")
  func equal() async throws {
    try await Lyre.with { lyre in
      try await ServiceBucket.with { bucket in
        let storage = ["--storage", "s3://\(bucket.name)/shared/prefix", "--state", "state"]
        var ways = [["--containers", "--network", "host"] + storage]
        if Elsewhere.has("slurm") { ways.append(["--slurm"] + storage) }
        try await FiveNodes.expectEqual(lyre, ways, bucket.variables)
        #expect(try await lyre.containers() == [])
        let found = try await lyre.shell("grep -rl \(ServiceBucket.secret) . ; true")
        #expect(found.output == "")
        // Each run has a folder of its own; files with the same content are there once.
        let keys = try await bucket.keys("shared/prefix/")
        let runs = Set(keys.filter { $0.contains("/runs/") }.map { $0.split(separator: "/")[3] })
        #expect(runs.count == ways.count)
        for key in keys {
          let text = String(decoding: try await bucket.get(key), as: UTF8.self)
          #expect(!text.contains(ServiceBucket.secret), "\(key)")
        }
      }
    }
  }

  @Test("neither the engine nor the node's own program sees the credentials of the storage")
  func credentials() async throws {
    try await Lyre.with { lyre in
      try await ServiceBucket.with { bucket in
        try lyre.script("a.sh", "env; cat /proc/1/environ; echo; echo begun; \(waiting)")
        try lyre.pipeline([waitingNode(in: lyre)])
        let command = try lyre.start(
          arguments(bucket, ["--volume", "go=go"]),
          environment: Elsewhere.variables.merging(bucket.variables) { $1 })
        #expect(await command.hasPrinted("begun"))
        let names = try await lyre.containers().compactMap { $0.split(separator: " ").first }
        let inspection = try await lyre.docker(["inspect"] + names.map(String.init))
        #expect(inspection.code == 0 && inspection.output.contains("lyre.owner"))
        #expect(!inspection.output.contains(ServiceBucket.secret))
        let processes = try await lyre.shell("cat /proc/[0-9]*/cmdline | tr '\\0' ' '")
        #expect(!processes.output.contains(ServiceBucket.secret))
        let files = try await lyre.shell("grep -rl \(ServiceBucket.secret) . ; true")
        #expect(files.output == "")
        try lyre.directory.write("", to: "go/on")
        let outcome = Lyre.Outcome(await command.result())
        #expect(outcome.code == 0, "\(outcome)")
        #expect(!"\(outcome)".contains(ServiceBucket.secret))
        #expect(!outcome.output.contains("AWS_"), "\(outcome)")
      }
    }
  }

  @Test("a storage that cannot be used is an error with place and remedy before anything runs")
  func refusals() async throws {
    try await Lyre.with { lyre in
      try await ServiceBucket.with { bucket in
        try lyre.script("a.sh", "echo ran")
        try lyre.pipeline([.init(file: "a.sh", image: Elsewhere.shell)])
        let start = ["pipeline", "run", "p.pipeline", "--containers", "--storage"]
        func refused(_ storage: [String], _ more: [String: String] = [:]) async throws -> String {
          let outcome = try await lyre.runElsewhere(
            start + storage, bucket.variables.merging(more) { $1 })
          #expect(outcome.code == 2, "\(outcome)")
          #expect(outcome.output == "")
          #expect(!outcome.errors.contains("secret-of-nobody"))
          return outcome.errors
        }
        let place = "s3://\(bucket.name)/p"
        #expect(
          try await refused(["s3://lyre-never-there/p"])
            == "error: --storage: s3://lyre-never-there: there is no such bucket. Create it, with "
            + "--s3-create-bucket too, or check its name and the server's URL.\n")
        let wrong = try await refused([place], ["AWS_SECRET_ACCESS_KEY": "secret-of-nobody"])
        #expect(
          wrong.hasPrefix("error: --storage: \(place)/runs/p-")
            && wrong.contains("Check the secret key (AWS_SECRET_ACCESS_KEY)."), "\(wrong)")
        let reader = try await refused(
          [place],
          ["AWS_ACCESS_KEY_ID": "lyre-read-key", "AWS_SECRET_ACCESS_KEY": "lyre-read-secret"])
        #expect(reader.contains("Check that the credentials allow this"), "\(reader)")
        let away = try await refused([place, "--s3-endpoint", "http://127.0.0.1:9"])
        #expect(away.contains("Check the server's URL (AWS_ENDPOINT_URL_S3)"), "\(away)")
        #expect(try await refused(["/not/a/bucket"]).contains("expected s3://BUCKET/KEY"))
        #expect(try await bucket.keys() == [])
        let local = try await lyre.runElsewhere(
          ["pipeline", "run", "p.pipeline", "--storage", place], bucket.variables)
        #expect(local.code == 2)
        #expect(
          local.errors == "error: --storage: every node runs as a process of this machine; add "
            + "--containers or --slurm\n")
      }
    }
  }

  @Test("a bucket that is away in mid-run is waited for, and everything arrives")
  func away() async throws {
    try await Lyre.with { lyre in
      try await ServiceBucket.with { bucket in
        try await StorageProxy.with(bucket) { proxy, server, variables in
          try lyre.script("a.sh", "echo begun; \(waiting); echo made > out.txt")
          try lyre.pipeline([waitingNode(in: lyre, outputs: ["out.txt"])])
          let command = try lyre.start(
            arguments(bucket, ["--volume", "go=go"]),
            environment: Elsewhere.variables.merging(variables) { $1 }, limit: .seconds(120))
          #expect(await command.hasPrinted("begun"))
          proxy.isAway = true
          #expect(
            await eventually {
              command.errorsSoFar.contains("Lyre tries again, and the node goes on")
            })
          try lyre.directory.write("", to: "go/on")
          let before = server.requests.count
          // The node's own uploads fail now, too.
          #expect(await eventually { server.requests.count > before + 8 })
          proxy.isAway = false
          let outcome = Lyre.Outcome(await command.result())
          #expect(outcome.code == 0, "\(outcome)")
          #expect(outcome.errors.contains("can be read again"), "\(outcome)")
          #expect(try lyre.text(of: "out.txt") == "made\n")
        }
      }
    }
  }

  @Test(
    "while a bucket is away, signals end the run, and what the node made so far is said to be there"
  )
  func stopped() async throws {
    try await Lyre.with { lyre in
      try await ServiceBucket.with { bucket in
        try await StorageProxy.with(bucket) { proxy, _, variables in
          try lyre.pythonNotebook(
            ["print('before')", "print('now', flush=True)\nimport time; time.sleep(100)"],
            to: "a.ipynb")
          try lyre.pipeline([.init(file: "a.ipynb", image: Elsewhere.python)])
          let command = try lyre.start(
            arguments(bucket, ["-v"]), environment: Elsewhere.variables.merging(variables) { $1 },
            limit: .seconds(100))
          #expect(await command.hasPrinted("now"))
          proxy.isAway = true
          command.send(signal: SIGTERM)
          let outcome = Lyre.Outcome(await command.result())
          #expect(outcome.code == 143, "\(outcome)")
          // The results that could not be stored were taken over from the container's folder.
          #expect(try lyre.text(0, in: "a.ipynb") == "before\n")
          #expect(try await lyre.containers() == [])
        }
      }
    }
  }

  @Test("what is in the bucket is not sent again, by retries and other runs, and --resume goes on")
  func again() async throws {
    try await Lyre.with { lyre in
      try await ServiceBucket.with { bucket in
        try await StorageProxy.with(bucket) { _, server, variables in
          try lyre.directory.write([UInt8](repeating: 7, count: 5 << 20), to: "big.bin")
          try lyre.script("a.sh", "wc -c < big.bin > size.txt; head -c 5000000 big.bin > copy.bin")
          try lyre.script("b.sh", "cat size.txt; wc -c < copy.bin; test \"$again\" = yes")
          try lyre.pipeline([
            .init(
              file: "a.sh", dependencies: ["big.bin"], outputs: ["size.txt", "copy.bin"],
              image: Elsewhere.shell),
            .init(
              file: "b.sh", parents: ["a.sh"], dependencies: ["size.txt", "copy.bin"],
              properties: ["retries": 1], image: Elsewhere.shell),
          ])
          func run(_ more: [String]) async throws -> Lyre.Outcome {
            try await lyre.runElsewhere(arguments(bucket, more), variables)
          }
          /// The contents that were sent since a request.
          func sent(_ since: Int) -> Int {
            server.requests.dropFirst(since).count {
              $0.method == "PUT" && $0.target.contains("/p/files/")
            }
          }
          let first = try await run(["-p", "again", "no"])
          #expect(first.code == 1, "\(first)")
          #expect(first.output.contains("b.sh | 5242880\nb.sh | 5000000\n"), "\(first)")
          // The large file and two archives; what a node has left goes to the next one as it is.
          #expect(sent(0) == 3)
          let before = server.requests.count
          let second = try await run(["-p", "again", "yes", "--resume"])
          #expect(second.code == 0, "\(second)")
          #expect(!second.errors.contains("a.sh: started"), "\(second)")
          // The outputs of the other run.
          #expect(sent(before) <= 2)
          let third = server.requests.count
          #expect(try await run(["-p", "again", "yes"]).code == 0)
          #expect(sent(third) == 0)
        }
      }
    }
  }

  @Test(
    "an upload whose lyre was killed leaves nothing that looks complete, and the next run mends it")
  func killedUpload() async throws {
    try await Lyre.with { lyre in
      try await ServiceBucket.with { bucket in
        try await StorageProxy.with(bucket) { proxy, server, variables in
          try lyre.directory.write([UInt8](repeating: 7, count: 40 << 20), to: "big.bin")
          try lyre.script("a.sh", "wc -c < big.bin")
          try lyre.pipeline([
            .init(file: "a.sh", dependencies: ["big.bin"], image: Elsewhere.shell)
          ])
          proxy.refuse { $0.target.contains("partNumber=2") }
          let command = try lyre.start(
            arguments(bucket), environment: Elsewhere.variables.merging(variables) { $1 })
          #expect(
            await eventually {
              server.requests.contains { $0.target.contains("partNumber=2") }
            })
          command.send(signal: SIGKILL)
          _ = await command.result()
          let keys = try await bucket.keys("runs of/p/files/")
          #expect(keys.allSatisfy { $0.hasSuffix(".tar.gz") })
          proxy.refuse(nil)
          let outcome = try await lyre.runElsewhere(arguments(bucket), variables)
          #expect(outcome.code == 0, "\(outcome)")
          #expect(outcome.output == "a.sh | 41943040\n")
        }
      }
    }
  }
}
