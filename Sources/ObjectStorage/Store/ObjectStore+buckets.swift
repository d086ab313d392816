extension ObjectStore {
  /// Whether there is a bucket with this name, which the credentials may use.
  package func hasBucket(_ name: String) async throws(ObjectStorageError) -> Bool {
    let bucket = ObjectLocation(bucket: name, key: "")
    do throws(ObjectStorageError) {
      return try await perform(StorageRequest("HEAD", bucket, to: "be looked up")) { _ in true }
    } catch {
      guard error.kind == .noBucket || error.kind == .noObject else { throw error }
      return false
    }
  }

  /// Checks that there is a bucket with this name.
  ///
  /// - Throws: ``ObjectStorageError``; not if the credentials may not look at the bucket, because they
  ///   may be allowed to write objects all the same.
  package func requireBucket(_ name: String) async throws(ObjectStorageError) {
    do throws(ObjectStorageError) {
      guard try await hasBucket(name) else {
        throw ObjectStorageError(
          .noBucket, "there is no such bucket",
          remedy: "Create it, with --s3-create-bucket too, or check its name and the server's URL.",
          place: "s3://\(name)")
      }
    } catch {
      guard error.kind == .denied, error.status == 403 else { throw error }
    }
  }

  /// Creates a bucket in the configured region.
  ///
  /// One that is the caller's already is left as it is.
  package func createBucket(_ name: String) async throws(ObjectStorageError) {
    let bucket = ObjectLocation(bucket: name, key: "")
    var request = StorageRequest("PUT", bucket, to: "create the bucket")
    // Where there are no regions, a server may refuse to be told one.
    if session.isAmazon, session.region != "us-east-1" {
      let body =
        "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        + "<LocationConstraint>\(session.region)</LocationConstraint></CreateBucketConfiguration>"
      request = request.with(Array(body.utf8))
    }
    do throws(ObjectStorageError) {
      try await perform(request) { _ in }
    } catch {
      switch error.code {
      case "BucketAlreadyOwnedByYou": return
      // Some servers say this of the caller's own buckets, too.
      case "BucketAlreadyExists":
        if let isThere = try? await hasBucket(name), isThere { return }
      default: break
      }
      throw error
    }
  }
}
