extension ObjectStore {
  /// A URL with which everyone who has it can read the object, until it expires.
  ///
  /// - Parameters:
  ///   - location: the object.
  ///   - seconds: for how long it is valid, at most a week; credentials that are known to expire end it earlier.
  ///   - endpoint: the server's URL for whoever gets it; nil for that of this store.
  package func presignedGet(
    _ location: ObjectLocation, seconds: Int = 3600, endpoint: String? = nil
  ) async throws(ObjectStorageError) -> String {
    try await signer(for: location.bucket, seconds, endpoint).url("GET", location)
  }

  /// A URL with which everyone who has it can write the object, until it expires.
  ///
  /// - Parameters:
  ///   - location: the object.
  ///   - seconds: for how long it is valid, at most a week; credentials that are known to expire end it earlier.
  package func presignedPut(
    _ location: ObjectLocation, seconds: Int = 3600
  ) async throws(ObjectStorageError) -> String {
    try await signer(for: location.bucket, seconds, nil).url("PUT", location)
  }

  /// Signs URLs of a bucket's objects.
  struct URLSigner {
    fileprivate var server: StorageServer
    fileprivate(set) var signature: RequestSignature
    fileprivate var seconds: Int

    /// When the URLs expire, in seconds since 1970-01-01 00:00 UTC.
    var expires: Int { signature.time.seconds + seconds }

    /// A signed URL.
    func url(
      _ method: String, _ location: ObjectLocation, query: [(name: String, value: String)] = []
    ) -> String {
      let (address, path) = server.target(location)
      let query = signature.presignedQuery(
        .init(
          method: method, path: path, query: query, headers: [("host", address.authority)],
          payload: RequestSignature.unsignedPayload), seconds: seconds)
      return "\(address.origin)\(path)?\(query)"
    }

    /// The URL of a bucket, not signed.
    func bucketURL(_ bucket: String) -> String {
      let (address, path) = server.target(ObjectLocation(bucket: bucket, key: ""))
      return address.origin + path
    }
  }

  /// What signs URLs of a bucket's objects.
  func signer(for bucket: String, _ seconds: Int, _ endpoint: String?)
    async throws(ObjectStorageError) -> URLSigner
  {
    guard (1...604_800).contains(seconds) else {
      throw ObjectStorageError(
        .usage, "a signed URL is valid for 1 second to a week, not for \(seconds) seconds")
    }
    var server = session.server(of: bucket)
    if let endpoint {
      guard let address = ServerAddress(endpoint) else {
        throw ObjectStorageError(.usage, "'\(endpoint)' is not the URL of a storage server")
      }
      server.named = address
    }
    guard let credentials = try await session.credentials.credentials() else {
      throw ObjectStorageError(
        .usage, "a URL cannot be signed without credentials", place: "s3://\(bucket)")
    }
    let time = session.now
    let left = credentials.expires.map { $0 - time.seconds } ?? seconds
    return URLSigner(
      server: server,
      signature: RequestSignature(credentials: credentials, region: server.region, time: time),
      seconds: max(1, min(seconds, left)))
  }
}
