import Glibc
import Hashing
import JSONCore
import KernelTesting
import ObjectStorage
import RealKernels
import SystemSupport
import Testing

@Suite(
  "Notebooks in object storage", .serialized,
  .enabled(if: Services.has("seaweedfs"), Comment(rawValue: Services.missing)))
struct RemoteRunServiceTests {
  /// The environment with which the command finds the storage.
  private static let environment = [
    "AWS_ENDPOINT_URL_S3": Services.variable("LYRE_S3_SEAWEEDFS"),
    "AWS_ACCESS_KEY_ID": "lyre-test-key", "AWS_SECRET_ACCESS_KEY": "lyre-test-secret",
  ]

  /// Runs a test with a bucket of its own, and checks that no copy is left on this machine.
  private func withBucket(
    _ body: (Lyre, ObjectStore, (String) throws -> ObjectLocation) async throws -> Void
  ) async throws {
    let store = try ObjectStore(environment: RemoteRunServiceTests.environment)
    let name = "lyre-" + hexadecimal(randomBytes(count: 8))
    try await store.createBucket(name)
    // A parameter called `print` is a command of the scripted kernel, too.
    try await Lyre.with(members: ["language": "python"]) { lyre in
      try await body(lyre, store) { try ObjectLocation("s3://\(name)/\($0)") }
      #expect(lyre.directory.entries.filter { $0.hasPrefix("lyre-") } == [])
    }
    var objects: [ObjectLocation] = []
    for try await object in store.list(try ObjectLocation("s3://\(name)")) {
      objects.append(object.location)
    }
    try await store.delete(objects)
  }

  private func run(_ lyre: Lyre, _ arguments: String..., more: [String: String] = [:]) async throws
    -> Lyre.Outcome
  {
    let environment = RemoteRunServiceTests.environment.merging(more) { $1 }
    return try await lyre.run(["run", "--no-record-timing"] + arguments, environment: environment)
  }

  /// The text that the cells of a notebook have printed.
  private func printed(_ store: ObjectStore, _ location: ObjectLocation) async throws -> [String] {
    let notebook = try JSONValue(parsing: try await store.get(location))
    return (notebook["cells"]?.array ?? []).map { cell in
      (cell["outputs"]?.array ?? []).flatMap { $0["text"]?.array ?? [] }.compactMap(\.string)
        .joined()
    }
  }

  @Test(
    "notebook, parameters, result, report, page and events are objects, named as they were given")
  func objects() async throws {
    try await withBucket { lyre, store, at in
      let source = try lyre.notebook(["print from afar"])
      try await store.put(source, to: at("in/a b+é.ipynb"))
      try await store.put(Array("{\"print\": 1}".utf8), to: at("in/p.json"))
      let outcome = try await run(
        lyre, "\(try at("in/a b+é.ipynb"))", "-f", "\(try at("in/p.json"))", "-o",
        "\(try at("out/{name}-{print}.ipynb"))", "--report", "\(try at("out/report.xml"))",
        "--html",
        "\(try at("out/page.html"))", "--events", "\(try at("out/events.ndjson"))",
        "--papermill-metadata")
      #expect(outcome.code == 0, "\(outcome)")
      #expect(outcome.output == "= 1\nfrom afar\n")
      #expect(outcome.errors.contains("\(try at("in/a b+é.ipynb")): 2 cells in T\n"), "\(outcome)")
      let result = try at("out/a b+é-1.ipynb")
      #expect(try await printed(store, result).contains("from afar\n"))
      let notebook = try JSONValue(parsing: try await store.get(result))
      #expect(
        notebook["metadata"]?["papermill"]?["input_path"]?.string == "\(try at("in/a b+é.ipynb"))")
      #expect(notebook["metadata"]?["papermill"]?["output_path"]?.string == "\(result)")
      #expect(try await store.get(at("in/a b+é.ipynb")) == source)
      let report = String(decoding: try await store.get(at("out/report.xml")), as: UTF8.self)
      #expect(report.contains("in/a b+é.ipynb"))
      let events = String(decoding: try await store.get(at("out/events.ndjson")), as: UTF8.self)
      #expect(events.contains("\"run_finished\""), "\(events)")
      #expect(!(events + report + outcome.errors).contains(lyre.directory.path + "/lyre-"))
      let page = String(decoding: try await store.get(at("out/page.html")), as: UTF8.self)
      #expect(page.contains("from afar"))
      // The history names the object.
      let history = try await lyre.run(["history"])
      #expect(history.output.contains("a b+é.ipynb"), "\(history)")
    }
  }

  @Test(
    "without -o the object gets its outputs; a run elsewhere in the meantime is not overwritten")
  func inPlace() async throws {
    try await withBucket { lyre, store, at in
      let place = try at("nb.ipynb")
      try await store.put(try lyre.notebook(["print one"]), to: place)
      let outcome = try await run(lyre, "\(place)")
      #expect(outcome.code == 0, "\(outcome)")
      #expect(try await printed(store, place) == ["one\n"])

      try await store.put(try lyre.notebook(["print two\nsleep 3000"]), to: place)
      let command = try lyre.start(
        ["run", "--save-every", "0", "\(place)"], environment: RemoteRunServiceTests.environment)
      #expect(await command.hasPrinted("two"))
      try await store.put(Array("someone else's".utf8), to: place)
      let refused = Lyre.Outcome(await command.result())
      #expect(refused.code == 6)
      #expect(
        refused.errors.contains(
          "error: \(place) was replaced by another program during the run and is left as it is; the "
            + "result is in \(lyre.directory.path)/lyre-"), "\(refused)")
      #expect(try await store.get(place) == Array("someone else's".utf8))
      for name in lyre.directory.entries where name.hasPrefix("lyre-") {
        #expect(FilePath.exists(lyre.directory.path("\(name)/0/nb.ipynb")))
        FilePath.removeTree(lyre.directory.path(name))
      }
    }
  }

  @Test("outputs are in storage while the notebook runs, and all of them after SIGTERM")
  func intervals() async throws {
    try await withBucket { lyre, store, at in
      try await store.put(
        try lyre.notebook(["print first", "print second\nhang"]), to: at("nb.ipynb"))
      let command = try lyre.start(
        [
          "run", "\(try at("nb.ipynb"))", "-o", "\(try at("out.ipynb"))", "--events",
          "\(try at("events"))", "--save-every", "0.1",
        ], environment: RemoteRunServiceTests.environment)
      #expect(await command.hasPrinted("second"))
      // Each look is a request, so that this waits for nothing.
      let deadline = ContinuousClock.now + .seconds(30)
      while ContinuousClock.now < deadline, try await store.head(at("out.ipynb")) == nil {}
      #expect(try await printed(store, at("out.ipynb")).first == "first\n")
      command.send(signal: SIGTERM)
      #expect(Lyre.Outcome(await command.result()).code == 143)
      #expect(try await printed(store, at("out.ipynb")) == ["first\n", "second\n"])
      let events = String(decoding: try await store.get(at("events")), as: UTF8.self)
      #expect(events.contains("\"run_finished\""))
    }
  }

  @Test("missing objects, buckets and rights are reported before anything runs, without a secret")
  func refusals() async throws {
    try await withBucket { lyre, store, at in
      let missing = try await run(lyre, "\(try at("none.ipynb"))", "-o", "out.ipynb")
      #expect(missing.code == 2)
      #expect(
        missing.errors.hasPrefix(
          "error: \(try at("none.ipynb")): could not be read: there is no such object (server "),
        "\(missing)")
      try lyre.notebook(["print never"])
      let bucket = try await run(lyre, "nb.ipynb", "-o", "s3://lyre-never-there/out.ipynb")
      #expect(bucket.code == 2)
      #expect(bucket.output == "")
      #expect(
        bucket.errors
          == "error: s3://lyre-never-there: there is no such bucket. Create it, with "
          + "--s3-create-bucket too, or check its name and the server's URL.\n")
      let secret = ["AWS_SECRET_ACCESS_KEY": "this-is-not-the-secret"]
      let denied = try await run(lyre, "\(try at("nb.ipynb"))", "-o", "out.ipynb", more: secret)
      #expect(denied.code == 2)
      #expect(denied.errors.contains("code SignatureDoesNotMatch"), "\(denied)")
      #expect(!denied.errors.contains("this-is-not-the-secret"))
      let nobody = try await run(
        lyre, "\(try at("nb.ipynb"))", "-o", "out.ipynb", more: ["AWS_ACCESS_KEY_ID": ""])
      #expect(nobody.errors.contains("AWS_SECRET_ACCESS_KEY is set, and AWS_ACCESS_KEY_ID is not"))
      #expect(lyre.directory.entries.contains("out.ipynb") == false)
    }
  }

  @Test("the bucket of a result is created when that is asked for")
  func creates() async throws {
    try await withBucket { lyre, store, at in
      try lyre.notebook(["print new"])
      let name = "lyre-" + hexadecimal(randomBytes(count: 8))
      let outcome = try await run(
        lyre, "nb.ipynb", "--output-dir", "s3://\(name)/deep/er/", "--s3-create-bucket")
      #expect(outcome.code == 0, "\(outcome)")
      let place = try ObjectLocation("s3://\(name)/deep/er/nb.ipynb")
      #expect(try await printed(store, place) == ["new\n"])
      try await store.delete(place)
    }
  }

  @Test("a notebook that is no notebook is named as it was given")
  func noNotebook() async throws {
    try await withBucket { lyre, store, at in
      try await store.put(Array("{".utf8), to: at("nb.ipynb"))
      let outcome = try await run(lyre, "\(try at("nb.ipynb"))")
      #expect(outcome.code == 2)
      #expect(outcome.errors.contains("\(try at("nb.ipynb"))"), "\(outcome)")
      #expect(!outcome.errors.contains("/lyre-test-"), "\(outcome)")
    }
  }
}
