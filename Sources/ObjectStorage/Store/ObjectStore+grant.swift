extension ObjectStore {
  /// Whether it is used with a grant: then it has no conditions, and lists one level of what was granted.
  package var isGranted: Bool {
    if case .grant = session.settings.credentials { true } else { false }
  }

  /// Signs ahead what the nodes of a run do with the storage.
  ///
  /// - Parameters:
  ///   - folder: the name of the run's folder.
  ///   - prefix: where they may write, with a slash at the end.
  ///   - reads: the objects that they read, which need not exist yet.
  ///   - lists: the beginnings of keys of which they list one level.
  ///   - seconds: for how long it is valid, at most a week; credentials that are known to expire end it earlier.
  ///   - endpoint: the server's URL as the nodes reach it; nil for that of this store.
  /// - Throws: ``ObjectStorageError``.
  package func grant(
    folder: String, below prefix: ObjectLocation, reads: [ObjectLocation],
    lists: [ObjectLocation], seconds: Int, endpoint: String? = nil
  ) async throws(ObjectStorageError) -> StorageGrant {
    let signer = try await signer(for: prefix.bucket, seconds, endpoint)
    var (readURLs, listURLs): ([ObjectLocation: String], [ObjectLocation: String]) = ([:], [:])
    for location in reads { readURLs[location] = signer.url("GET", location) }
    for location in lists {
      listURLs[location] = signer.url(
        "GET", ObjectLocation(bucket: location.bucket, key: ""),
        query: ObjectListing.query(location, delimiter: "/"))
    }
    let policy = FormPolicy(
      signature: signer.signature, prefix: prefix, expires: ServerTime(seconds: signer.expires),
      largest: StorageGrant.largestObject)
    return StorageGrant(
      folder: folder, expires: signer.expires, reads: readURLs, lists: listURLs,
      form: StorageGrant.Form(
        url: signer.bucketURL(prefix.bucket), prefix: prefix,
        fields: policy.fields.map { .init(name: $0.name, value: $0.value) },
        largest: policy.largest))
  }

  /// The same grant for this machine, if the nodes reach the server by another URL: a form is not bound to one.
  private func here(_ grant: StorageGrant) -> StorageGrant {
    var grant = grant
    let bucket = ObjectLocation(bucket: grant.form.prefix.bucket, key: "")
    let (address, path) = session.server(of: bucket.bucket).target(bucket)
    grant.form.url = address.origin + path
    return grant
  }

  /// Stores bytes as an object, as a node of the run will: with a form, and without credentials.
  ///
  /// - Parameters:
  ///   - bytes: the content.
  ///   - location: where it goes.
  ///   - grant: what this store has signed.
  ///   - environment: the environment, for proxies and certificates.
  /// - Throws: ``ObjectStorageError``, also if the storage takes no forms.
  package func put(
    _ bytes: [UInt8], to location: ObjectLocation, with grant: StorageGrant,
    environment: [String: String]
  ) async throws(ObjectStorageError) {
    var settings = session.settings
    settings.credentials = .grant(here(grant))
    try await ObjectStore(settings, environment: environment).put(bytes, to: location)
  }

  /// Whether the credentials are temporary without saying when they end.
  package func endsUnannounced() async throws(ObjectStorageError) -> Bool {
    let credentials = try await session.credentials.credentials()
    return credentials?.sessionToken != nil && credentials?.expires == nil
  }
}
