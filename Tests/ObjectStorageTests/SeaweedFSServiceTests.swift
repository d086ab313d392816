import Glibc
import Hashing
import JSONCore
import KernelTesting
import RealKernels
import Synchronization
import Testing

@testable import ObjectStorage

@Suite(
  "Transfers through a faulty network", .serialized,
  .enabled(if: Services.has("seaweedfs"), Comment(rawValue: Services.missing)))
struct SeaweedFSServiceTests {
  private let service = StorageService.seaweedfs

  /// Runs a test with a bucket, and a store that reaches it through a server with faults.
  private func through(
    _ answer: @escaping @Sendable (TestServer.Request, Int, UInt16) -> TestServer.Answer,
    early: @escaping TestServer.EarlyHandler = { _ in nil },
    run body: (ObjectStore, ObjectStore, TestServer, TestBucket) async throws ->
      Void
  ) async throws {
    let port = service.port
    try await service.withBucket { direct, at in
      try await TestServer.with {
        answer($0, $1, port)
      } early: {
        early($0)
      } run: { server in
        try await body(try service.store(at: server.url), direct, server, at)
      }
    }
  }

  @Test("a download goes on from where each of its parts was cut")
  func cutDownload() async throws {
    let bytes = content(23 << 20)
    try await through { request, number, port in
      // Each of the first requests loses its connection after 1 MiB.
      request.method == "GET" && number < 7
        ? .passCut(port: port, after: 1 << 20) : .pass(port: port)
    } run: { store, direct, server, at in
      try await TemporaryDirectory.with { directory in
        let path = try directory.write(bytes, to: "in")
        try await direct.put(file: path, to: at("k"))
        try await store.get(at("k"), toFile: directory.path("out"))
        #expect(try directory.read("out") == bytes)
        let ranges = server.requests.compactMap { $0["range"] }
        // A cut may take some of the MiB with it: the next attempt asks for the rest of the part.
        let attempts = Dictionary(grouping: ranges) { $0.split(separator: "-").last }
        #expect(attempts.values.contains { $0.count > 1 }, "\(ranges)")
        #expect(Set(ranges).count == ranges.count, "what came was asked for again: \(ranges)")
      }
    }
  }

  @Test("an upload whose parts fail in several ways succeeds, and sends again only what failed")
  func brokenUpload() async throws {
    let bytes = content(23 << 20)
    let failed = Mutex<Set<String>>([])
    try await through { request, _, port in
      // The first attempt of the second part loses its answer, that of the third is refused.
      guard request.method == "PUT", let part = SeaweedFSServiceTests.part(of: request),
        failed.withLock({ $0.insert(part).inserted })
      else { return .pass(port: port) }
      switch part {
      case "2": return .passLost(port: port)
      case "3": return .reply(.init(503, "<Error><Code>SlowDown</Code></Error>"))
      default: return .pass(port: port)
      }
    } early: { request in
      // That of the fourth ends while it is sent.
      guard SeaweedFSServiceTests.part(of: request) == "4" else { return nil }
      return failed.withLock { $0.insert("4 early").inserted } ? .close : nil
    } run: { store, direct, server, at in
      try await TemporaryDirectory.with { directory in
        let path = try directory.write(bytes, to: "in")
        try await store.put(file: path, to: at("k"))
        try await direct.get(at("k"), toFile: directory.path("out"))
        #expect(try directory.read("out") == bytes)
        let parts = server.requests.compactMap { SeaweedFSServiceTests.part(of: $0) }.sorted()
        #expect(parts == ["1", "2", "2", "3", "3", "4", "4", "5"])
      }
    }
  }

  private static func part(of request: TestServer.Request) -> String? {
    request.target.split(separator: "partNumber=").last.flatMap { text in
      request.target.contains("partNumber=") ? String(text.prefix { $0 != "&" }) : nil
    }
  }

  @Test("the lost answer to the end of an upload is not a failure, nor that to a conditional write")
  func lostAnswers() async throws {
    let lost = Mutex(0)
    try await through { request, _, port in
      let ends = request.method == "POST" && request.target.contains("uploadId=")
      let writes = request.method == "PUT" && request["if-none-match"] != nil
      guard ends || writes,
        lost.withLock({
          $0 += 1; return $0
        }) % 2 == 1
      else {
        return .pass(port: port)
      }
      return .passLost(port: port)
    } run: { store, direct, _, at in
      try await TemporaryDirectory.with { directory in
        let path = try directory.write(content(11 << 20), to: "in")
        let stored = try await store.put(file: path, to: at("large"))
        #expect(try await direct.head(at("large"))?.etag == stored.etag)
        var options = ObjectStore.PutOptions()
        options.condition = .absent
        try await store.put(Array("mine".utf8), to: at("small"), options)
        #expect(try await direct.get(at("small")) == Array("mine".utf8))
        // A content of someone else is none of ours.
        let other = await failure {
          try await store.put(Array("else".utf8), to: at("small"), options)
        }
        #expect(other?.kind == .condition)
        #expect(try await direct.get(at("small")) == Array("mine".utf8))
      }
    }
  }

  @Test(
    "an upload that is given up or cancelled leaves nothing on the server",
    arguments: [true, false])
  func givenUp(cancelled: Bool) async throws {
    try await through { request, _, port in
      guard SeaweedFSServiceTests.part(of: request) == "2" else { return .pass(port: port) }
      return cancelled ? .silence : .reply(.init(403, "<Error><Code>AccessDenied</Code></Error>"))
    } run: { store, direct, server, at in
      try await TemporaryDirectory.with { directory in
        let path = try directory.write(content(11 << 20), to: "in")
        let error = await withTaskGroup(of: ObjectStorageError?.self) { group in
          group.addTask { await failure { try await store.put(file: path, to: at("k")) } }
          if cancelled {
            _ = await eventually {
              server.requests.contains { SeaweedFSServiceTests.part(of: $0) == "2" }
            }
            group.cancelAll()
          }
          return await group.next() ?? nil
        }
        #expect(error?.kind == (cancelled ? .cancelled : .denied), "\(error.map { "\($0)" } ?? "")")
        #expect(try await direct.head(at("k")) == nil)
        let uploads = try await direct.perform(
          StorageRequest("GET", at(""), to: "list uploads", query: [("uploads", "")])
        ) { answer in try answer.document(await answer.bytes(maximum: 1 << 20)).all("Upload").count
        }
        #expect(uploads == 0)
      }
    }
  }

  @Test("the end of an upload that fails behind a good status is tried again")
  func lateError() async throws {
    let first = Mutex(true)
    try await through { request, _, port in
      let ends = request.method == "POST" && request.target.contains("uploadId=")
      return ends
        && first.withLock({ isFirst in
          defer { isFirst = false }
          return isFirst
        })
        ? .reply(.init(200, "  <Error><Code>InternalError</Code><Message>late</Message></Error>"))
        : .pass(port: port)
    } run: { store, direct, _, at in
      try await TemporaryDirectory.with { directory in
        let path = try directory.write(content(11 << 20), to: "in")
        try await store.put(file: path, to: at("k"))
        #expect(try await direct.head(at("k"))?.size == 11 << 20)
      }
    }
  }

  @Test("an object that is replaced while it is read is not mixed with the other")
  func replaced() async throws {
    try await through { request, _, port in
      // The first answer is that of another content of the same size.
      request["range"] == nil
        ? .reply(
          .init(200, bytes: content(11 << 20), [("etag", "\"0123456789abcdef0123456789abcdef\"")]))
        : .pass(port: port)
    } run: { store, direct, _, at in
      try await TemporaryDirectory.with { directory in
        let path = try directory.write(content(11 << 20), to: "in")
        try await direct.put(file: path, to: at("k"))
        let error = await failure { try await store.get(at("k"), toFile: directory.path("out")) }
        #expect(error?.kind == .condition && error?.remedy == "Try again.")
        #expect(directory.entries == ["in"])
      }
    }
  }

  @Test("a file that cannot be read or written is named, and nothing is left beside it")
  func files() async throws {
    try await service.withBucket { store, at in
      try await TemporaryDirectory.with { directory in
        #expect(
          await failure { try await store.put(file: directory.path("none"), to: at("k")) }?.message
            == "\(directory.path("none")) could not be read: No such file or directory")
        #expect(
          await failure { try await store.put(file: directory.path, to: at("k")) }?.message
            == "\(directory.path) is not a regular file")
        try await store.put([1], to: at("k"))
        let path = directory.path("no/such/folder/file")
        #expect(await failure { try await store.get(at("k"), toFile: path) }?.kind == .file)
        #expect(
          await failure { try await store.get(at("none"), toFile: directory.path("x")) }?.kind
            == .noObject)
        #expect(directory.entries == [])
      }
    }
  }

  @Test("credentials that may only read are refused for writing")
  func reader() async throws {
    try await service.withBucket { store, at in
      try await store.put([1], to: at("k"))
      let reader = try service.store {
        $0.credentials = .given(
          StorageCredentials(accessKey: "lyre-read-key", secretKey: "lyre-read-secret"))
      }
      #expect(try await reader.get(at("k")) == [1])
      let error = await failure { try await reader.put([2], to: at("k")) }
      #expect(error?.kind == .denied && error?.code == "AccessDenied")
    }
  }

  @Test("a clock that is a day wrong is corrected once")
  func clock() async throws {
    try await service.withBucket { store, at in
      try await store.put([1], to: at("k"))
      let late = try service.store()
      let yesterday = ServerTime(seconds: ServerTime.now().seconds - 86_400)
      #expect(late.session.learn(.clock(yesterday), bucket: "b"))
      #expect(try await late.get(at("k")) == [1])
      #expect(abs(late.session.now.seconds - ServerTime.now().seconds) < 5)
    }
  }

  @Test("over TLS the authority must be named, or the check be turned off")
  func certificates() async throws {
    let url = Services.variable("LYRE_S3_SEAWEEDFS_TLS")
    let authority = Services.variable("LYRE_S3_SEAWEEDFS_CA")
    try await service.withBucket { _, at in
      let trusting = try service.store(at: url) { $0.certificateFile = authority }
      try await trusting.put([1], to: at("k"))
      let environment = try service.store(at: url, ["AWS_CA_BUNDLE": authority])
      #expect(try await environment.get(at("k")) == [1])
      let unchecked = try service.store(at: url) { $0.checksCertificate = false }
      #expect(try await unchecked.get(at("k")) == [1])
      let untrusted = await failure { try await service.store(at: url).get(at("k")) }
      #expect(untrusted?.kind == .unreachable && untrusted?.attempts == 1)
      #expect(
        untrusted?.description.hasPrefix(
          "s3://\(at("k").bucket)/k: could not be read: the server's certificate is not trusted")
          == true,
        "\(untrusted.map { "\($0)" } ?? "")")
      let byAddress = url.replacing("localhost", with: "127.0.0.1")
      let numeric = try service.store(at: byAddress) { $0.certificateFile = authority }
      #expect(try await numeric.get(at("k")) == [1])
      let missing = await failure {
        try await service.store(at: url) { $0.certificateFile = "/nonexistent.pem" }.get(at("k"))
      }
      #expect(missing?.message.contains("/nonexistent.pem does not exist") == true)
    }
  }

  @Test("a bucket in the host's name is signed as the server expects")
  func virtualHost() async throws {
    try await service.withBucket { store, at in
      try await store.put(Array("virtual".utf8), to: at("a b+é"))
      let virtual = try service.store(at: "http://localhost:\(service.port)") {
        $0.addressing = .virtual
      }
      // The name of that host is known to no resolver: the request goes to the address.
      let host = "\(at("").bucket).localhost:\(service.port)"
      let url = try await virtual.presignedGet(at("a b+é"), seconds: 60)
      #expect(url.hasPrefix("http://\(host)/a%20b%2B%C3%A9?"))
      let request = WebRequest(
        method: "GET", url: url.replacing("http://\(host)", with: service.url),
        headers: [("host", host)])
      let body = try await store.session.transport.send(request, limit: .seconds(20)) {
        try await $0.bytes(maximum: 100)
      }
      #expect(body == Array("virtual".utf8))
    }
  }

  @Test("what is written on condition is not written when it does not hold")
  func conditions() async throws {
    try await service.withBucket { store, at in
      var options = ObjectStore.PutOptions()
      options.condition = .absent
      let first = try await store.put([1], to: at("k"), options)
      #expect(await failure { try await store.put([2], to: at("k"), options) }?.kind == .condition)
      options.condition = .matches("0123456789abcdef0123456789abcdef")
      #expect(await failure { try await store.put([3], to: at("k"), options) }?.kind == .condition)
      options.condition = .matches(first.etag)
      try await store.put([4], to: at("k"), options)
      #expect(try await store.get(at("k")) == [4])
    }
  }
}
