import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite(
  "Results in a bucket that cannot be read, with a real SeaweedFS and dockerd", .serialized,
  .enabled(if: Services.has("seaweedfs"), Comment(rawValue: Services.missing)),
  .enabled(if: Elsewhere.has("docker"), Comment(rawValue: Elsewhere.missing)))
struct UnreadableResultsServiceTests {
  /// Runs `p.pipeline` with a bucket in which nodes may write, and from which nobody may read what
  /// they leave.
  private func run(_ lyre: Lyre, _ more: [String] = []) async throws -> Lyre.Outcome {
    var outcome: Lyre.Outcome?
    try await ServiceBucket.with { bucket in
      try await StorageProxy.with(bucket) { proxy, _, variables in
        proxy.deny { request in
          request.method == "GET"
            && ["/events/", "/log/", "ending.json"].contains { request.target.contains($0) }
        }
        outcome = try await lyre.runElsewhere(
          [
            "pipeline", "run", "p.pipeline", "--containers", "--network", "host", "--state",
            "state", "--storage", "s3://\(bucket.name)/p",
          ] + more, variables)
      }
    }
    return try #require(outcome)
  }

  @Test("a node that used up its memory is said to have done that, and then where its results are")
  func memory() async throws {
    try await Lyre.with { lyre in
      try lyre.pythonNotebook(["x = 'a' * 400_000_000"], to: "a.ipynb")
      try lyre.pipeline([
        .init(file: "a.ipynb", image: Elsewhere.python, parameters: ["memory_limit": 0.2])
      ])
      let outcome = try await run(lyre)
      #expect(outcome.code == 4, "\(outcome)")
      #expect(
        outcome.errors.contains(
          "a.ipynb: ran out of memory: its limit is 200 MB (memory_limit in the node's properties); "
            + "its results in 's3://"), "\(outcome)")
      #expect(outcome.errors.contains("Check that the credentials allow this"), "\(outcome)")
    }
  }

  @Test("a node whose time was up is said to have taken too long, and may be tried again")
  func limit() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "sleep 100")
      try lyre.pipeline([
        .init(file: "a.sh", properties: ["timeout": 1, "retries": 1], image: Elsewhere.shell)
      ])
      let outcome = try await run(lyre)
      #expect(outcome.code == 3, "\(outcome)")
      #expect(
        outcome.errors.contains("a.sh: took longer than its limit; its results in 's3://"),
        "\(outcome)")
      #expect(outcome.errors.contains("attempt 2"), "\(outcome)")
    }
  }

  @Test("a node that may have done its work is not run again")
  func done() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "true")
      try lyre.pipeline([
        .init(file: "a.sh", properties: ["retries": 1], image: Elsewhere.shell)
      ])
      let outcome = try await run(lyre)
      #expect(outcome.code == 6, "\(outcome)")
      #expect(
        outcome.errors.contains(
          "a.sh: its container ended with exit code 0 and without a result; its results in 's3://"),
        "\(outcome)")
      #expect(!outcome.errors.contains("attempt 2"), "\(outcome)")
    }
  }
}
