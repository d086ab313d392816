import Glibc
import Hashing
import JSONCore
import KernelTesting
import RealKernels
import Testing

@testable import ObjectStorage

/// A real server of the tests (scripts/services).
enum StorageService: String, CaseIterable, CustomTestStringConvertible {
  case seaweedfs
  case swift

  /// Those that run.
  static var running: [StorageService] { allCases.filter { Services.has($0.rawValue) } }

  var testDescription: String { rawValue }

  var url: String {
    Services.variable(self == .seaweedfs ? "LYRE_S3_SEAWEEDFS" : "LYRE_S3_SWIFT")
  }

  var port: UInt16 { UInt16(url.split(separator: ":").last ?? "") ?? 0 }

  var credentials: StorageCredentials {
    switch self {
    case .seaweedfs: StorageCredentials(accessKey: "lyre-test-key", secretKey: "lyre-test-secret")
    case .swift: StorageCredentials(accessKey: "test:tester", secretKey: "testing")
    }
  }

  func store(
    at endpoint: String? = nil, _ environment: [String: String] = [:],
    _ change: (inout ObjectStorageSettings) -> Void = { _ in }
  ) throws -> ObjectStore {
    try ObjectStore.test(endpoint ?? url, environment) { settings in
      settings.credentials = .given(credentials)
      settings.partSize = 5 << 20
      change(&settings)
    }
  }

  /// Runs a test with a bucket of its own, which is removed with its objects.
  func withBucket(_ body: (ObjectStore, TestBucket) async throws -> Void)
    async throws
  {
    let store = try store()
    let name = "lyre-" + hexadecimal(randomBytes(count: 8))
    try await store.createBucket(name)
    do {
      try await body(store, TestBucket(name: name))
    } catch {
      try await StorageService.remove(name, store)
      throw error
    }
    try await StorageService.remove(name, store)
  }

  private static func remove(_ name: String, _ store: ObjectStore) async throws {
    let bucket = ObjectLocation(bucket: name, key: "")
    var objects: [ObjectLocation] = []
    for try await object in store.list(bucket) { objects.append(object.location) }
    try await store.delete(objects)
    try await store.perform(StorageRequest("DELETE", bucket, to: "be removed")) { _ in }
  }
}

/// The bucket of a test: `at("k")` is an object in it.
struct TestBucket: Sendable {
  let name: String

  func callAsFunction(_ key: String) -> ObjectLocation { ObjectLocation(bucket: name, key: key) }
}

@Suite(
  "Objects in real storage", .serialized,
  .enabled(if: !StorageService.running.isEmpty, Comment(rawValue: Services.missing)))
struct StorageServiceTests {
  @Test(
    "keys of all kinds are stored, listed, read and deleted as they are",
    arguments: StorageService.running)
  func keys(service: StorageService) async throws {
    try await service.withBucket { store, at in
      var keys = [
        "plain", "a b", "a+b", "é/ü.ipynb", "%41", "a%2Fb", "?x=1&y", "#x", "q'uo\"te", "~-_.!*()",
        "日本語", "a=b;c,d@e:f$g",
        "<xml>&amp;", "e\u{301}", "x/y/z.ipynb",
      ]
      // SeaweedFS keeps objects in folders: it cannot tell these from others.
      if service == .swift { keys += ["a//b", "slash/", "a/./b", "a/../b"] }
      for key in keys {
        let stored = try await store.put(Array(key.utf8), to: at(key))
        #expect(stored.size == key.utf8.count)
        #expect(stored.etag == hexadecimal(ContentHash.of(Array(key.utf8), .md5)), "\(key)")
      }
      for key in keys {
        #expect(try await store.get(at(key)) == Array(key.utf8), "\(key)")
        let head = try #require(try await store.head(at(key)), "\(key)")
        #expect(head.size == key.utf8.count && (head.modified ?? 0) > 1_500_000_000)
      }
      var listed: Set<[UInt8]> = []
      for try await object in store.list(at("")) { listed.insert(Array(object.location.key.utf8)) }
      #expect(listed.isSuperset(of: keys.map { Array($0.utf8) }))
      try await store.copy(at("é/ü.ipynb"), to: at("copy of é+ü"))
      #expect(try await store.get(at("copy of é+ü")) == Array("é/ü.ipynb".utf8))
      try await store.delete(keys.map { at($0) } + [at("was never there"), at("copy of é+ü")])
      for key in keys { #expect(try await store.head(at(key)) == nil, "\(key)") }
      try await store.delete(at("was never there"))
    }
  }

  @Test(
    "an empty object, parts of an object, and what is stored with it",
    arguments: StorageService.running)
  func parts(service: StorageService) async throws {
    try await service.withBucket { store, at in
      var options = ObjectStore.PutOptions()
      options.metadata = ["run-id": "17", "Name": "a b"]
      options.contentType = "text/x-test"
      try await store.put([], to: at("empty"), options)
      #expect(try await store.get(at("empty")) == [])
      #expect(try await store.get(at("empty"), range: 0..<10) == [])
      let head = try #require(try await store.head(at("empty")))
      #expect(head.metadata == ["run-id": "17", "name": "a b"] && head.size == 0)
      try await store.put(Array("0123456789".utf8), to: at("ten"))
      #expect(try await store.get(at("ten"), range: 2..<5) == Array("234".utf8))
      #expect(try await store.get(at("ten"), range: 8..<50) == Array("89".utf8))
      #expect(try await store.get(at("ten"), range: 10..<20) == [])
      #expect(try await store.get(at("ten"), range: 3..<3) == [])
      try await TemporaryDirectory.with { directory in
        let path = directory.path("file")
        let read = try await store.get(at("empty"), toFile: path)
        let bytes = try directory.read("file")
        #expect(read.size == 0 && bytes == [])
      }
    }
  }

  @Test("a list has all pages, and levels with a delimiter", arguments: StorageService.running)
  func lists(service: StorageService) async throws {
    try await service.withBucket { store, at in
      let keys = (0..<25).map { "p \($0 / 10)/k+\($0)" } + ["other"]
      for key in keys { try await store.put([1, 2, 3], to: at(key)) }
      func list(_ prefix: String, _ delimiter: String? = nil) async throws -> [StoredObject] {
        var listing = store.list(at(prefix), delimiter: delimiter)
        listing.pageSize = 4
        var objects: [StoredObject] = []
        for try await object in listing { objects.append(object) }
        return objects
      }
      #expect(try await list("").map(\.location.key).sorted() == keys.sorted())
      let some = try await list("p 1/")
      #expect(
        some.count == 10 && some.allSatisfy { $0.size == 3 && !$0.isPrefix && !$0.etag.isEmpty })
      let top = try await list("", "/")
      #expect(top.filter(\.isPrefix).map(\.location.key).sorted() == ["p 0/", "p 1/", "p 2/"])
      #expect(top.filter { !$0.isPrefix }.map(\.location.key) == ["other"])
      #expect(try await list("nothing").isEmpty)
    }
  }

  @Test(
    "a large file goes up and comes down in parts, and is replaced as a whole",
    arguments: StorageService.running)
  func large(service: StorageService) async throws {
    try await service.withBucket { store, at in
      try await TemporaryDirectory.with { directory in
        let bytes = content(12 << 20 | 12345)
        let path = try directory.write(bytes, to: "in")
        let stored = try await store.put(file: path, to: at("large"))
        #expect(stored.size == bytes.count && stored.etag.hasSuffix("-3"), "\(stored)")
        #expect(try await store.head(at("large"))?.etag == stored.etag)
        try directory.write("before", to: "out")
        let read = try await store.get(at("large"), toFile: directory.path("out"))
        #expect(read.size == bytes.count)
        #expect(try directory.read("out") == bytes)
        #expect(directory.entries == ["in", "out"])
        try await store.copy(at("large"), to: at("copy"))
        #expect(
          try await store.get(at("copy"), range: 5 << 20..<(5 << 20) + 9)
            == Array(bytes[5 << 20..<(5 << 20) + 9]))
      }
    }
  }

  @Test("signed URLs read and write, and changed ones do not", arguments: StorageService.running)
  func signedURLs(service: StorageService) async throws {
    try await service.withBucket { store, at in
      let transport = store.session.transport
      let put = try await store.presignedPut(at("a b+é"), seconds: 60)
      let status = try await transport.send(
        WebRequest(method: "PUT", url: put, body: .bytes([1, 2, 3])), limit: .seconds(20)
      ) { $0.status }
      #expect(status == 200 || status == 201)
      let get = try await store.presignedGet(at("a b+é"), seconds: 60)
      let body = try await transport.send(
        WebRequest(method: "GET", url: get), limit: .seconds(20)
      ) { try await $0.bytes(maximum: 10) }
      #expect(body == [1, 2, 3])
      let changed = try await transport.send(
        WebRequest(method: "GET", url: get.replacing("X-Amz-Expires=60", with: "X-Amz-Expires=61")),
        limit: .seconds(20)
      ) { $0.status }
      #expect(changed == 403)
    }
  }

  @Test(
    "missing objects and buckets, and wrong credentials, are told apart",
    arguments: StorageService.running)
  func refusals(service: StorageService) async throws {
    try await service.withBucket { store, at in
      let missing = await failure { try await store.get(at("missing")) }
      #expect(
        missing?.kind == .noObject && missing?.code == "NoSuchKey" && missing?.requestID != nil)
      #expect(try await store.head(at("missing")) == nil)
      let elsewhere = ObjectLocation(bucket: "lyre-never-there", key: "k")
      #expect(await failure { try await store.get(elsewhere) }?.kind == .noBucket)
      #expect(await failure { try await store.head(elsewhere) }?.kind == .noBucket)
      // SeaweedFS creates it for credentials that may do that.
      if service == .swift {
        #expect(await failure { try await store.put([1], to: elsewhere) }?.kind == .noBucket)
      }
      #expect(try await store.hasBucket("lyre-never-there") == false)
      #expect(try await store.hasBucket(at("").bucket))
      // It is the caller's already.
      try await store.createBucket(at("").bucket)
      var wrong = service.credentials
      wrong.secretKey = "not-this-secret"
      let stranger = try service.store { $0.credentials = .given(wrong) }
      let denied = await failure { try await stranger.get(at("x")) }
      #expect(denied?.kind == .denied && denied?.code == "SignatureDoesNotMatch")
      #expect(denied.map { !"\($0)".contains("not-this-secret") } == true)
      wrong.accessKey = "nobody"
      let unknown = try service.store { $0.credentials = .given(wrong) }
      #expect(await failure { try await unknown.get(at("x")) }?.kind == .denied)
      // Swift takes a request without a signature for one of its own interface.
      guard service == .seaweedfs else { return }
      let anonymous = try service.store { $0.credentials = .none }
      #expect(await failure { try await anonymous.get(at("x")) }?.kind == .denied)
    }
  }
}
