import Hashing
import JSONCore

extension ObjectStore {
  /// What the server says about an object; nil if there is none.
  package func head(_ location: ObjectLocation) async throws(ObjectStorageError) -> StoredObject? {
    do throws(ObjectStorageError) {
      return try await perform(StorageRequest("HEAD", location, to: "be looked up")) { answer in
        StoredObject(location, answer)
      }
    } catch {
      guard error.kind == .noObject else { throw error }
      // The answer has no body that would tell whether the bucket is missing. Credentials may not
      // allow to look at the bucket itself.
      if (try? await hasBucket(location.bucket)) ?? true { return nil }
      throw ObjectStorageError(
        .noBucket, "could not be looked up: there is no such bucket",
        remedy: "Create it, or check its name and the server's URL."
      ).at(location)
    }
  }

  /// Deletes objects.
  ///
  /// Those that do not exist are no error.
  ///
  /// - Throws: ``ObjectStorageError`` for the first that could not be deleted; others may be deleted then.
  package func delete(_ locations: [ObjectLocation]) async throws(ObjectStorageError) {
    var buckets: [String: [ObjectLocation]] = [:]
    for location in locations { buckets[location.bucket, default: []].append(location) }
    for bucket in buckets.keys.sorted() {
      var rest = (buckets[bucket] ?? [])[...]
      while !rest.isEmpty {
        let some = rest.prefix(1000)
        rest = rest.dropFirst(some.count)
        if some.count > 1, try await deleteTogether(some, bucket) { continue }
        for location in some { try await delete(location) }
      }
    }
  }

  /// Deletes an object.
  ///
  /// One that does not exist is no error.
  package func delete(_ location: ObjectLocation) async throws(ObjectStorageError) {
    do throws(ObjectStorageError) {
      try await perform(StorageRequest("DELETE", location, to: "be deleted")) { _ in }
    } catch {
      guard error.kind == .noObject else { throw error }
    }
  }

  /// Deletes objects with one request.
  ///
  /// - Returns: false if they have to be deleted one by one: the server does not have that request, or a
  ///   key has no form in XML.
  private func deleteTogether(
    _ locations: ArraySlice<ObjectLocation>, _ bucket: String
  ) async throws(ObjectStorageError) -> Bool {
    let keys = locations.compactMap { XMLElement.escaped($0.key) }
    guard keys.count == locations.count else { return false }
    let list = keys.map { "<Object><Key>\($0)</Key></Object>" }.joined()
    let body = Array(
      "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\(list)<Quiet>true</Quiet></Delete>"
        .utf8)
    let request = StorageRequest(
      "POST", ObjectLocation(bucket: bucket, key: ""), to: "delete objects",
      query: [("delete", "")],
      headers: [
        ("content-type", "application/xml"),
        ("content-md5", Base64.encoded(ContentHash.of(body, .md5))),
        ("x-amz-checksum-sha256", Base64.encoded(ContentHash.of(body))),
      ]
    ).with(body)
    do throws(ObjectStorageError) {
      let failed = try await perform(request) { answer in
        try answer.document(await answer.bytes(maximum: 4 << 20)).all("Error")
      }
      guard let first = failed.first(where: { $0.text("Code") != "NoSuchKey" }) else { return true }
      let location = ObjectLocation(bucket: bucket, key: first.text("Key") ?? "")
      let fault = ServerFault(status: 200, error: first)
      throw error(
        .fault(fault), StorageRequest("POST", location, to: "be deleted"), nil, attempts: 1)
    } catch {
      guard error.code == "NotImplemented" || error.status == 405 || error.status == 501 else {
        throw error
      }
      return false
    }
  }
}
