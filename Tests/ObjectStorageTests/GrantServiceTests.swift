import Hashing
import KernelTesting
import RealKernels
import Testing

@testable import ObjectStorage

@Suite(
  "Grants in real storage", .serialized,
  .enabled(if: Services.has("seaweedfs"), "needs SeaweedFS"))
struct GrantServiceTests {
  private func granted(
    _ store: ObjectStore, _ bucket: TestBucket, reads: [String] = [], lists: [String] = [],
    seconds: Int = 600
  ) async throws -> (store: ObjectStore, grant: StorageGrant) {
    let grant = try await store.grant(
      folder: "f", below: bucket("p/f/"), reads: reads.map { bucket($0) },
      lists: lists.map { bucket($0) }, seconds: seconds)
    let granted = try StorageService.seaweedfs.store { $0.credentials = .grant(grant) }
    return (granted, grant)
  }

  @Test("objects of any size go up with a form and come back with a URL, and one level is listed")
  func roundTrip() async throws {
    try await StorageService.seaweedfs.withBucket { store, at in
      try await TemporaryDirectory.with { directory in
        let (granted, _) = try await granted(
          store, at, reads: ["p/f/a b+é.csv", "p/f/large", "p/f/empty"], lists: ["p/f/n/"])
        try await granted.put(Array("1,2\n".utf8), to: at("p/f/a b+é.csv"))
        #expect(try await granted.get(at("p/f/a b+é.csv")) == Array("1,2\n".utf8))
        #expect(try await store.get(at("p/f/a b+é.csv")) == Array("1,2\n".utf8))
        // More than the size of a part, which is 5 MiB here.
        let bytes = content(12 << 20)
        try directory.write(bytes, to: "large")
        try await granted.put(file: directory.path("large"), to: at("p/f/large"))
        try await granted.get(at("p/f/large"), toFile: directory.path("back"))
        #expect(try directory.read("back") == bytes)
        try await granted.put([], to: at("p/f/empty"))
        #expect(try await granted.get(at("p/f/empty")) == [])
        #expect(try await granted.list(at("p/f/n/"), delimiter: "/").all().isEmpty)
        try await granted.put([1], to: at("p/f/n/started.json"))
        for number in 1...12 { try await granted.put([1], to: at("p/f/n/events/\(number)")) }
        let listed = try await granted.list(at("p/f/n/"), delimiter: "/").all()
        #expect(Set(listed.map(\.location.key)) == ["p/f/n/started.json", "p/f/n/events/"])
      }
    }
  }

  @Test("the server holds to the prefix, the size and the signature of a form")
  func policy() async throws {
    try await StorageService.seaweedfs.withBucket { store, at in
      let (_, grant) = try await granted(store, at)
      // Changed behind the checks of this side.
      func refusal(_ key: String, _ change: (inout StorageGrant) -> Void) async throws
        -> ObjectStorageError?
      {
        var changed = grant
        change(&changed)
        let store = try StorageService.seaweedfs.store { $0.credentials = .grant(changed) }
        return await failure { try await store.put([1], to: at(key)) }
      }
      let other = try await refusal("other") { $0.form.prefix.key = "" }
      #expect(other?.kind == .denied, "\(String(describing: other))")
      let signature = try await refusal("p/f/x") { grant in
        let last = grant.form.fields.count - 1
        grant.form.fields[last].value = String(repeating: "0", count: 64)
      }
      #expect(signature?.kind == .denied, "\(String(describing: signature))")
      for key in ["other", "p/f/x"] { #expect(try await store.head(at(key)) == nil) }
    }
  }

  @Test("a server without forms says so", .enabled(if: Services.has("swift"), "needs Swift"))
  func withoutForms() async throws {
    try await StorageService.swift.withBucket { store, at in
      let grant = try await store.grant(
        folder: "f", below: at("p/f/"), reads: [], lists: [], seconds: 60)
      let error = await failure {
        try await store.put([1], to: at("p/f/x"), with: grant, environment: [:])
      }
      #expect(error?.status != nil, "\(String(describing: error))")
      #expect(try await store.head(at("p/f/x")) == nil)
    }
  }

  @Test("after its time a grant is of no use, and the error says until when it held")
  func expiry() async throws {
    try await StorageService.seaweedfs.withBucket { store, at in
      try await store.put([1], to: at("a"))
      let (granted, grant) = try await granted(store, at, reads: ["a"], seconds: 2)
      #expect(try await granted.get(at("a")) == [1])
      let late = await eventually {
        await failure { try await granted.get(at("a")) }?.kind == .denied
      }
      #expect(late)
      for body: () async throws -> Void in [
        { _ = try await granted.get(at("a")) }, { try await granted.put([1], to: at("p/f/x")) },
      ] {
        let error = await failure(body)
        #expect(error?.kind == .denied)
        #expect(
          error?.description.contains("held until \(grant.expiresText)") == true,
          "\(String(describing: error))")
      }
    }
  }
}
