import Glibc
import JSONCore
import KernelTesting
import ObjectStorage
import RealKernels
import Testing

/// A pipeline that a test submits: a server whose runs are real, a bucket, and a runtime configuration for both.
struct SubmittedPipeline {
  static let secret = "lyre-test-secret"
  static let credentials = [
    "AWS_ACCESS_KEY_ID": "lyre-test-key", "AWS_SECRET_ACCESS_KEY": secret,
  ]

  let lyre: Lyre
  let stub: KubeflowStub
  let server: TestServer
  let bucket: String
  let store: ObjectStore

  /// Runs a test with all of it.
  ///
  /// - Parameters:
  ///   - starter: starts the containers; nil for processes of this machine.
  ///   - hasCredentials: whether those processes have credentials for the bucket.
  ///   - server: the storage's URL in the runtime configuration; nil for that of the storage.
  static func with(
    starter: ((Lyre) throws -> KubeflowStub.Starter)? = nil, hasCredentials: Bool = true,
    storage server: String? = nil,
    _ body: (SubmittedPipeline) async throws -> Void
  ) async throws {
    let endpoint = Services.variable("LYRE_S3_SEAWEEDFS")
    var settings = ObjectStorageSettings()
    settings.endpoint = endpoint
    let store = try ObjectStore(settings, environment: credentials)
    let bucket = "submit-\(UInt32.random(in: 0 ... .max))"
    try await store.createBucket(bucket)
    try await Lyre.with { lyre in
      let start = try starter?(lyre) ?? processes(lyre, hasCredentials)
      try await KubeflowStub.with(start) { [storage = server ?? endpoint] stub, server in
        let submitted = SubmittedPipeline(
          lyre: lyre, stub: stub, server: server, bucket: bucket, store: store)
        try submitted.configure(storage)
        try await body(submitted)
      }
    }
    var keys: [ObjectLocation] = []
    for try await object in store.list(ObjectLocation(bucket: bucket, key: "")) {
      keys.append(object.location)
    }
    try await store.delete(keys)
  }

  /// Starts containers with the static `lyre` in them.
  ///
  /// - Parameter options: further options of `docker run`.
  static func containers(_ lyre: Lyre, _ options: [String] = []) throws -> KubeflowStub.Starter {
    let variables = Elsewhere.variables
    let program = try #require(variables["LYRE_NODE_PROGRAM"])
    let folder = lyre.directory.path
    let words =
      ["docker", "run", "--rm", "--network", "host", "-v", "\(program):/bin/lyre:ro"] + options
    return { image, command in
      try RunningCommand(
        "/usr/bin/env", words + [image] + command, environment: variables, directory: folder,
        limit: .seconds(100))
    }
  }

  private func configure(_ endpoint: String) throws {
    let runtime: JSONValue = [
      "display_name": "Team", "schema_name": "kfp",
      "metadata": [
        "runtime_type": "KUBEFLOW_PIPELINES", "api_endpoint": .init(server.url), "engine": "Argo",
        "auth_type": "NO_AUTHENTICATION", "cos_endpoint": .init(endpoint),
        "cos_bucket": .init(bucket), "cos_auth_type": "KUBERNETES_SECRET", "cos_secret": "vault",
        "cos_username": "lyre-test-key", "cos_password": .init(SubmittedPipeline.secret),
      ],
    ]
    try lyre.directory.write(runtime.serialized(), to: "meta/metadata/runtimes/team.json")
  }

  /// Starts containers as processes that find `lyre` on the path.
  private static func processes(_ lyre: Lyre, _ hasCredentials: Bool) throws
    -> KubeflowStub.Starter
  {
    let folder = lyre.directory.path("bin")
    _ = mkdir(folder, 0o755)
    guard symlink(try BuiltProduct.path("lyre"), "\(folder)/lyre") == 0 else {
      throw RunningCommand.StartError(description: "no link to lyre")
    }
    var environment = RealKernels.environment
    if hasCredentials { environment.merge(credentials) { $1 } }
    environment["PATH"] = "\(folder):\(environment["PATH"] ?? "/usr/bin:/bin")"
    environment["TMPDIR"] = lyre.directory.path
    let directory = lyre.directory.path
    return { [environment] _, command in
      try RunningCommand(
        "/usr/bin/env", command, environment: environment, directory: directory,
        limit: .seconds(100))
    }
  }

  /// The variables of whoever submits.
  var environment: [String: String] { ["ELYRA_METADATA_PATH": lyre.directory.path("meta")] }

  /// Runs a command of `lyre pipeline` to its end.
  func run(_ arguments: [String]) async throws -> Lyre.Outcome {
    try await lyre.run(["pipeline"] + arguments, environment: environment)
  }

  /// Starts a command of `lyre pipeline`.
  func start(_ arguments: [String]) throws -> RunningCommand {
    try lyre.start(["pipeline"] + arguments, environment: environment, limit: .seconds(100))
  }

  /// Submits the pipeline.
  func submit(_ more: [String] = []) async throws -> Lyre.Outcome {
    try await run(["submit", "p.pipeline", "--runtime-config", "team"] + more)
  }

  /// The keys in the bucket.
  func keys(_ prefix: String = "") async throws -> [String] {
    var keys: [String] = []
    for try await object in store.list(ObjectLocation(bucket: bucket, key: prefix)) {
      keys.append(object.location.key)
    }
    return keys
  }

  /// The kinds of the events in a log so far, of a node if one is named.
  func kinds(_ file: String, of node: String? = nil) -> [String] {
    guard let text = try? lyre.text(of: file) else { return [] }
    return text.split(separator: "\n").compactMap { line in
      guard let event = try? JSONValue(parsing: Array(line.utf8)) else { return nil }
      let id = event["node"]?["id"]?.string ?? event["node"]?.string
      return node == nil || id == node ? event["event"]?.string : nil
    }
  }
}
