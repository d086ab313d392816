import JSONCore

extension ObjectStore {
  /// Copies an object on the server, of any size.
  ///
  /// - Returns: the copy.
  @discardableResult
  package func copy(
    _ source: ObjectLocation, to location: ObjectLocation
  ) async throws(ObjectStorageError) -> StoredObject {
    guard let object = try await head(source) else {
      throw ObjectStorageError(.noObject, "could not be copied: there is no such object").at(source)
    }
    if object.size > ObjectStore.largestCopy { return try await copyInParts(object, location) }
    let request = StorageRequest(
      "PUT", location, to: "be written",
      headers: [("x-amz-copy-source", ObjectStore.copySource(source))])
    return try await perform(request, moving: object.size) { answer in
      // The server may say that it failed after it has said that it succeeds.
      let root = try answer.document(await answer.bytes(maximum: 1 << 20))
      return StoredObject(location, size: object.size, etag: root.text("ETag") ?? "")
    }
  }

  /// The largest object that servers copy with one request.
  static let largestCopy = 5 << 30

  private func copyInParts(
    _ source: StoredObject, _ location: ObjectLocation
  ) async throws(ObjectStorageError) -> StoredObject {
    let transfer = PartedTransfer(store: self, location: location, options: .init())
    return try await transfer.run(size: source.size, partSize: 512 << 20) {
      upload, number, range in
      let request = StorageRequest(
        "PUT", location, to: "copy part \(number)",
        query: [("partNumber", String(number)), ("uploadId", upload.id)],
        headers: [
          ("x-amz-copy-source", ObjectStore.copySource(source.location)),
          ("x-amz-copy-source-range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)"),
          ("x-amz-copy-source-if-match", "\"\(source.etag)\""),
        ])
      return try await perform(request, moving: range.count) { answer in
        let root = try answer.document(await answer.bytes(maximum: 1 << 20))
        guard let etag = root.text("ETag") else {
          throw TransportFailure(.damaged, "the server's answer to part \(number) has no ETag")
        }
        // A server that keeps checksums computes them itself here, and demands them in the end.
        let hash = root.text("ChecksumSHA256").flatMap { Base64.decoded($0) }
        return PartedTransfer.Part(etag: etag, hash: hash)
      }
    }
  }

  /// A source in the form of its header.
  static func copySource(_ source: ObjectLocation) -> String {
    "/\(PercentEncoding.path(source.bucket))/\(PercentEncoding.path(source.key))"
  }
}
