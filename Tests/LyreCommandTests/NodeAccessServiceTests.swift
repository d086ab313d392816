import JSONCore
import KernelTesting
import ObjectStorage
import RealKernels
import RunEvents
import Testing

@Suite(
  "Nodes with signed URLs instead of credentials",
  .enabled(if: Services.has("seaweedfs"), "needs SeaweedFS"))
struct NodeAccessServiceTests {
  /// A node with a script, whose files are in a bucket.
  private func description(_ bucket: ServiceBucket, inputs: Bool = false) -> String {
    var json: JSONObject = [
      "version": 1, "subject": ["node": "n", "run": "${RUN}"],
      "files": [["object": bucket.place("in/a.sh"), "to": "a.sh"]], "node": ["file": "a.sh"],
      "outputs": [
        "to": bucket.place("${FOLDER}"), "patterns": ["*.csv"], "elyra": true,
        "archives": [bucket.place("${FOLDER}/.lyre/n/outputs.tar.gz")],
      ], "results": ["to": bucket.place("${FOLDER}/.lyre/n")],
    ]
    if inputs {
      json["inputs"] = [
        "from": bucket.place("${FOLDER}"), "patterns": ["*.csv"], "elyra": true,
        "archives": [bucket.place("${FOLDER}/.lyre/m/outputs.tar.gz")],
      ]
    }
    return String(decoding: JSONValue.object(json).serialized(), as: UTF8.self)
  }

  /// A URL of a list of signed URLs.
  private func access(_ bucket: ServiceBucket, seconds: Int = 600) async throws -> String {
    func at(_ key: String) -> ObjectLocation { ObjectLocation(bucket: bucket.name, key: key) }
    let grant = try await bucket.store.grant(
      folder: "f7", below: at("f7/"),
      reads: [at("in/a.sh"), at("f7/.lyre/n/started.json"), at("f7/.lyre/m/outputs.tar.gz")],
      lists: [at("f7/.lyre/n/")], seconds: seconds)
    try await bucket.store.put(grant.json.serialized(), to: at("f7/.lyre/access.json"))
    return try await bucket.store.presignedGet(at("f7/.lyre/access.json"), seconds: seconds)
  }

  private func run(_ lyre: Lyre, _ text: String, _ access: String, run: String = "r1") async throws
    -> Lyre.Outcome
  {
    try await lyre.run(
      ["node", "--json", text, "--set", "RUN=\(run)"], environment: ["LYRE_ACCESS": access])
  }

  private func with(_ script: String, _ body: (Lyre, ServiceBucket) async throws -> Void)
    async throws
  {
    try await Lyre.with { lyre in
      try await ServiceBucket.with { bucket in
        try lyre.script("a.sh", script)
        try await bucket.put(lyre.directory.path("a.sh"), to: "in/a.sh")
        try await body(lyre, bucket)
      }
    }
  }

  @Test(
    "outputs are there one by one and together; a second start of the run goes beside the first")
  func starts() async throws {
    try await with("echo 1 > a.csv; echo $LYRE_ACCESS") { lyre, bucket in
      let (text, access) = (description(bucket), try await access(bucket))
      for _ in 0..<2 {
        let outcome = try await run(lyre, text, access)
        #expect(outcome.code == 0 && outcome.output == "\n", "\(outcome)")
      }
      let keys = try await bucket.keys("f7/")
      for name in [
        "a.csv", "a.log", ".lyre/n/outputs.tar.gz", ".lyre/n/started.json", ".lyre/n/ending.json",
        ".lyre/n/attempt-2/started.json", ".lyre/n/attempt-2/ending.json",
      ] {
        #expect(keys.contains("f7/\(name)"), "\(name) in \(keys)")
      }
      #expect(try await bucket.events("f7/.lyre/n/attempt-2").last?.subject.node?.attempt == 2)
      // A run that somebody has copied on the server has the same parameters.
      let copied = try await run(lyre, text, access, run: "r2")
      #expect(copied.code == 2, "\(copied)")
      #expect(copied.errors.contains("the presigned URLs were made for another run"))
    }
  }

  @Test("an input that no node has left is missing by name")
  func missing() async throws {
    try await with("true") { lyre, bucket in
      let outcome = try await run(lyre, description(bucket, inputs: true), try await access(bucket))
      #expect(outcome.code == 1, "\(outcome)")
      #expect(
        outcome.errors.contains(
          "missing input: *.csv; no earlier node has left it in 's3://\(bucket.name)/f7'"),
        "\(outcome)")
    }
  }

  @Test("a URL that is over, wrong or of something else is said without its signature")
  func faults() async throws {
    try await with("true") { lyre, bucket in
      let text = description(bucket)
      let good = try await access(bucket)
      let place = good.prefix { $0 != "?" }
      let over = try await access(bucket, seconds: 1)
      #expect(
        await eventually {
          (try? await run(lyre, text, over))?.errors.contains("held until 20") == true
        })
      // The URL may have been good at first.
      let before = try await bucket.keys("f7/")
      let last = try await run(lyre, text, over)
      #expect(last.code == 6 && last.errors.contains("--presigned-for"), "\(last)")
      let wrong = try await run(lyre, text, good.dropLast(4) + "0000")
      #expect(wrong.code == 6 && wrong.errors.contains("\(place): the access to the storage"))
      let other = try await bucket.store.presignedGet(
        ObjectLocation(bucket: bucket.name, key: "in/a.sh"))
      let notOne = try await run(lyre, text, other)
      #expect(notOne.code == 6 && notOne.errors.contains("it is not JSON"), "\(notOne)")
      let plain = try await run(lyre, text, "s3cr3t")
      #expect(plain.code == 6 && !plain.errors.contains("s3cr3t"), "\(plain)")
      for outcome in [last, wrong, notOne] { #expect(!"\(outcome)".contains("X-Amz")) }
      #expect(try await bucket.keys("f7/") == before)
    }
  }
}
