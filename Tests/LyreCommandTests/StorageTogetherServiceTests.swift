import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite(
  "Several runs with one --storage at the same time, with a real SeaweedFS and dockerd",
  .serialized, .enabled(if: Services.has("seaweedfs"), Comment(rawValue: Services.missing)),
  .enabled(if: Elsewhere.has("docker"), Comment(rawValue: Elsewhere.missing)))
struct StorageTogetherServiceTests {
  private func start(_ lyre: Lyre, _ bucket: ServiceBucket) throws -> RunningCommand {
    try lyre.start(
      [
        "pipeline", "run", "p.pipeline", "--containers", "--network", "host", "--state", "state",
        "--storage", "s3://\(bucket.name)/shared", "--volume", "go=go",
      ], environment: Elsewhere.variables.merging(bucket.variables) { $1 }, limit: .seconds(120))
  }

  /// A pipeline whose first node waits for the file `go/on`, and whose second one gets its output.
  private func make(_ lyre: Lyre, _ text: String) throws {
    try lyre.directory.makeDirectory("go")
    try lyre.directory.write("\(text)\n", to: "in.txt")
    try lyre.directory.write([UInt8](repeating: 7, count: 5 << 20), to: "big.bin")
    try lyre.script(
      "a.sh",
      "echo begun; while ! [ -e /mnt/go/on ]; do sleep 0.1; done; cat in.txt > out.txt")
    try lyre.script("b.sh", "cat out.txt; wc -c < big.bin")
    let volume: JSONValue = ["path": "/mnt/go", "pvc_name": "go"]
    try lyre.pipeline([
      .init(
        file: "a.sh", dependencies: ["in.txt"], outputs: ["out.txt"], image: Elsewhere.shell,
        parameters: ["mounted_volumes": [volume]]),
      .init(
        file: "b.sh", parents: ["a.sh"], dependencies: ["out.txt", "big.bin"],
        image: Elsewhere.shell),
    ])
  }

  @Test("each run has a place of its own below the prefix, and gets its own files and results")
  func together() async throws {
    try await ServiceBucket.with { bucket in
      try await Lyre.with { one in
        try await Lyre.with { two in
          let runs = [(one, "one"), (two, "two")]
          for (lyre, text) in runs { try make(lyre, text) }
          let commands = try runs.map { try start($0.0, bucket) }
          // Both are in the middle of the same node.
          for command in commands { #expect(await command.hasPrinted("begun")) }
          // The same pipeline is not run twice at once: both would write its files here.
          let again = Lyre.Outcome(await (try start(one, bucket)).result())
          #expect(again.code == 2, "\(again)")
          #expect(again.errors.contains("another run of this pipeline is still running"))
          for (lyre, _) in runs { try lyre.directory.write("", to: "go/on") }
          for ((lyre, text), command) in zip(runs, commands) {
            let outcome = Lyre.Outcome(await command.result())
            #expect(outcome.code == 0, "\(outcome)")
            #expect(outcome.output == "a.sh | begun\nb.sh | \(text)\nb.sh | 5242880\n")
            #expect(try lyre.text(of: "out.txt") == "\(text)\n")
          }
          let keys = try await bucket.keys("shared/")
          let claims = keys.filter { $0.hasPrefix("shared/runs/") && $0.hasSuffix("/started.json") }
            .filter { $0.split(separator: "/").count == 4 }
          #expect(claims.count == 2, "\(keys)")
          // The same content is there once.
          let large = keys.filter { $0.hasPrefix("shared/files/") && !$0.hasSuffix(".tar.gz") }
          #expect(large.count == 1, "\(keys)")
        }
      }
    }
  }
}
