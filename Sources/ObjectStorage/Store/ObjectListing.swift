/// The objects whose keys begin with a text, in the server's order, asked for page by page.
package struct ObjectListing: AsyncSequence, Sendable {
  /// An object, or the common beginning of several.
  package typealias Element = StoredObject
  /// What reading it may throw.
  package typealias Failure = ObjectStorageError

  let store: ObjectStore
  let prefix: ObjectLocation
  let delimiter: String?
  /// How many entries a page has at most; nil for the server's choice.
  var pageSize: Int?

  /// Reads a listing.
  package struct AsyncIterator: AsyncIteratorProtocol {
    private let listing: ObjectListing
    private var page: [StoredObject] = []
    private var position = 0
    private var token: String?
    private var isLast = false
    private var emptyPages = 0

    /// How many pages without an object a server may send one after another.
    private static let mostEmptyPages = 1000

    init(_ listing: ObjectListing) { self.listing = listing }

    /// The next object; nil at the end.
    package mutating func next(
      isolation actor: isolated (any Actor)? = #isolation
    ) async throws(ObjectStorageError) -> StoredObject? {
      // A page may be empty, and have others behind it.
      while position == page.count {
        if isLast { return nil }
        let next = try await listing.page(after: token)
        guard next.token == nil || next.token != token else {
          throw ObjectStorageError(
            .server, "could not be listed: the server sends the same page again"
          ).at(listing.prefix)
        }
        emptyPages = next.objects.isEmpty ? emptyPages + 1 : 0
        guard emptyPages <= AsyncIterator.mostEmptyPages else {
          throw ObjectStorageError(
            .server, "could not be listed: the server sends page after page without an object"
          ).at(listing.prefix)
        }
        (page, position, token, isLast) = (next.objects, 0, next.token, next.token == nil)
      }
      defer { position += 1 }
      return page[position]
    }

    /// The next object; nil at the end.
    package mutating func next() async throws(ObjectStorageError) -> StoredObject? {
      try await next(isolation: nil)
    }
  }

  /// Begins to read.
  package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }

  /// How many objects are listed together at most.
  package static let most = 1_000_000

  /// All of them.
  ///
  /// - Parameter most: how many there may be.
  /// - Throws: ``ObjectStorageError``, also if there are more.
  package func all(most: Int = ObjectListing.most) async throws(ObjectStorageError)
    -> [StoredObject]
  {
    var objects: [StoredObject] = []
    for try await object in self {
      guard objects.count < most else {
        throw ObjectStorageError(
          .usage, "has more than \(most) objects", remedy: "Name fewer files, or archive them."
        ).at(prefix)
      }
      objects.append(object)
    }
    return objects
  }

  /// The query of the first page.
  static func query(_ prefix: ObjectLocation, delimiter: String?) -> [(name: String, value: String)]
  {
    var query = [
      (name: "list-type", value: "2"), ("encoding-type", "url"), ("prefix", prefix.key),
    ]
    if let delimiter { query.append(("delimiter", delimiter)) }
    return query
  }

  private func page(after token: String?) async throws(ObjectStorageError)
    -> (objects: [StoredObject], token: String?)
  {
    var query = ObjectListing.query(prefix, delimiter: delimiter)
    if let pageSize { query.append(("max-keys", String(pageSize))) }
    if let token { query.append(("continuation-token", token)) }
    let bucket = ObjectLocation(bucket: prefix.bucket, key: "")
    let request = StorageRequest("GET", bucket, to: "be listed", query: query)
    return try await store.perform(request) { answer in
      let root = try answer.document(await answer.bytes(maximum: 16 << 20))
      guard root.name == "ListBucketResult" else {
        throw TransportFailure(.damaged, "the server's answer is not a list: \(root.name)")
      }
      let next = root.text("NextContinuationToken").flatMap { $0.isEmpty ? nil : $0 }
      guard root.text("IsTruncated") != "true" || next != nil else {
        throw TransportFailure(.damaged, "the list is incomplete, and does not name the next page")
      }
      return (objects(root), root.text("IsTruncated") == "true" ? next : nil)
    }
  }

  private func objects(_ root: XMLElement) -> [StoredObject] {
    let isEncoded = root.text("EncodingType") == "url"
    func location(_ text: String?) -> ObjectLocation {
      let text = text ?? ""
      return ObjectLocation(
        bucket: prefix.bucket, key: isEncoded ? PercentEncoding.decoded(text) : text)
    }
    let objects = root.all("Contents").map { entry in
      StoredObject(
        location(entry.text("Key")), size: entry.text("Size").flatMap { Int($0) } ?? 0,
        etag: entry.text("ETag") ?? "",
        modified: entry.text("LastModified").flatMap { ServerTime(iso: $0)?.seconds })
    }
    let prefixes = root.all("CommonPrefixes").map { entry in
      var object = StoredObject(location(entry.text("Prefix")), size: 0, etag: "")
      object.isPrefix = true
      return object
    }
    return objects + prefixes
  }
}

extension ObjectStore {
  /// The objects whose keys begin with the key of `prefix`, on any number of pages.
  ///
  /// - Parameters:
  ///   - prefix: the bucket, and the beginning of the keys: all of them if it is empty.
  ///   - delimiter: what ends a level, such as `/`: of keys that have it behind the prefix only the part up to it
  ///     is listed, once.
  package func list(_ prefix: ObjectLocation, delimiter: String? = nil) -> ObjectListing {
    ObjectListing(store: self, prefix: prefix, delimiter: delimiter, pageSize: nil)
  }
}
