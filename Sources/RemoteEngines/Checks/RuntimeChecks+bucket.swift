import Hashing
import ObjectStorage

extension RuntimeChecks {
  /// Whether objects can be written to the bucket from here, and deleted.
  func bucket() async -> RuntimeCheck {
    guard let bucket = runtime.bucket, runtime.storageEndpoint != nil else {
      return RuntimeCheck("bucket", .problem, "not tried: cos_endpoint or cos_bucket is missing")
    }
    let location = ObjectLocation(
      bucket: bucket, key: ".lyre-check/\(hexadecimal(randomBytes(count: 8)))")
    do throws(EngineError) {
      var settings = try await runtime.storageSettings(environment)
      settings.attempts = storageAttempts
      settings.connectLimit = .seconds(5)
      try await write(location, settings)
      return RuntimeCheck(
        "bucket", .ok,
        "s3://\(bucket) at \(shown(.cosEndpoint)): an object was written and deleted")
    } catch {
      return problem("bucket", error)
    }
  }

  private func write(_ location: ObjectLocation, _ settings: ObjectStorageSettings)
    async throws(EngineError)
  {
    do throws(ObjectStorageError) {
      let store = try ObjectStore(settings, environment: environment)
      try await lookUp(location.bucket, in: store)
      try await store.put(Array("lyre runtimes check\n".utf8), to: location)
      try await store.delete(location)
    } catch {
      throw EngineError(
        error.kind == .cancelled ? .cancelled : .rejected,
        error.description + RuntimeChecks.remedy(for: error))
    }
  }

  /// Looks the bucket up first: some storages would create it with the object.
  private func lookUp(_ bucket: String, in store: ObjectStore) async throws(ObjectStorageError) {
    do throws(ObjectStorageError) {
      guard try await !store.hasBucket(bucket) else { return }
    } catch {
      // Who may write need not be allowed to look it up.
      guard error.kind == .denied else { throw error }
      return
    }
    throw ObjectStorageError(
      .noBucket, "there is no such bucket", place: "s3://\(bucket)")
  }

  /// What to do about an error of the storage, unless it says so itself.
  private static func remedy(for error: ObjectStorageError) -> String {
    switch error.kind {
    case .unreachable, .timeLimit: ". Check cos_endpoint, and that this machine reaches it"
    case .noBucket where error.remedy == nil: ". Create the bucket, or check cos_bucket"
    case .denied where error.remedy == nil:
      ". Check cos_username and cos_password, and their rights for this bucket"
    default: ""
    }
  }
}
