import Hashing
import ObjectStorage
import RealKernels

extension ObjectStore {
  /// A store for a server of a test: fast in its retries, with credentials, and without the user's environment.
  static func test(
    _ endpoint: String, _ environment: [String: String] = [:],
    _ change: (inout ObjectStorageSettings) -> Void = { _ in }
  ) throws -> ObjectStore {
    var settings = ObjectStorageSettings()
    settings.endpoint = endpoint
    settings.credentials = .given(
      StorageCredentials(accessKey: "test-key", secretKey: "test-secret-of-this-test"))
    settings.firstDelay = .milliseconds(1)
    settings.silenceLimit = .seconds(20)
    change(&settings)
    return try ObjectStore(settings, environment: environment)
  }
}

/// The objects of a bucket `b` for tests.
func object(_ key: String = "k") -> ObjectLocation { ObjectLocation(bucket: "b", key: key) }

/// The error that a function throws; nil if it throws none.
func failure<R>(_ body: () async throws -> R) async -> ObjectStorageError? {
  do {
    _ = try await body()
    return nil
  } catch {
    return error as? ObjectStorageError
  }
}

/// Content that no shorter text repeats.
func content(_ count: Int) -> [UInt8] { randomBytes(count: count) }
