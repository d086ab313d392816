import JSONCore
import ObjectStorage
import RealKernels
import RunEvents

/// A bucket of SeaweedFS that goes with a test.
struct ServiceBucket {
  static let secret = "lyre-test-secret"
  /// Its name.
  let name: String
  let store: ObjectStore
  let endpoint: String

  static var credentials: [String: String] {
    ["AWS_ACCESS_KEY_ID": "lyre-test-key", "AWS_SECRET_ACCESS_KEY": secret]
  }

  static func with(_ body: (ServiceBucket) async throws -> Void) async throws {
    let endpoint = Services.variable("LYRE_S3_SEAWEEDFS")
    var settings = ObjectStorageSettings()
    settings.endpoint = endpoint
    let store = try ObjectStore(settings, environment: credentials)
    let bucket = ServiceBucket(
      name: "node-\(UInt32.random(in: 0 ... .max))", store: store, endpoint: endpoint)
    try await store.createBucket(bucket.name)
    try await body(bucket)
    try await store.delete(bucket.keys().map { ObjectLocation(bucket: bucket.name, key: $0) })
  }

  /// The port of the server.
  var port: UInt16 { endpoint.split(separator: ":").last.flatMap { UInt16($0) } ?? 0 }

  /// The variables with which `lyre` reaches it.
  var variables: [String: String] {
    ServiceBucket.credentials.merging(["AWS_ENDPOINT_URL_S3": endpoint]) { $1 }
  }

  func place(_ key: String) -> JSONValue { .init("s3://\(name)/\(key)") }

  var storage: JSONValue { ["endpoint": .init(endpoint)] }

  func keys(_ prefix: String = "") async throws -> [String] {
    var keys: [String] = []
    for try await object in store.list(ObjectLocation(bucket: name, key: prefix)) {
      keys.append(object.location.key)
    }
    return keys
  }

  func put(_ path: String, to key: String) async throws {
    _ = try await store.put(file: path, to: ObjectLocation(bucket: name, key: key))
  }

  func get(_ key: String) async throws -> [UInt8] {
    try await store.get(ObjectLocation(bucket: name, key: key))
  }

  /// All events of a node, from their pieces.
  func events(_ results: String) async throws -> [RunEvent] {
    var log: [UInt8] = []
    for key in try await keys("\(results)/events/") { log += try await get(key) }
    return RunEvent.events(of: log)
  }
}
