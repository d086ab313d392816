import Hashing
import JSONCore
import KernelTesting
import RealKernels
import Synchronization
import Testing

@testable import ObjectStorage

@Suite("Servers and networks with faults")
struct StorageFaultTests {
  typealias Reply = TestServer.Reply

  private func error(_ status: Int, _ code: String, _ message: String = "m", _ more: String = "")
    -> Reply
  {
    Reply(
      status,
      "<?xml version=\"1.0\"?><Error><Code>\(code)</Code><Message>\(message)</Message>\(more)"
        + "<RequestId>R1</RequestId></Error>", [("content-type", "application/xml")])
  }

  @Test("500, 503, 429 and ended connections are tried again, and each attempt is signed anew")
  func again() async throws {
    let slow = error(503, "SlowDown")
    try await TestServer.with { _, number in
      switch number {
      case 0: .reply(Reply(500, "<html>oops"))
      case 1: .reply(slow)
      case 2: .close
      case 3: .reply(Reply(429))
      default: .reply(Reply(200, "content"))
      }
    } run: { server in
      let store = try ObjectStore.test(server.url)
      #expect(try await store.get(object("k")) == Array("content".utf8))
      #expect(server.requests.count == 5)
      #expect(
        server.requests.allSatisfy { $0["authorization"]?.hasPrefix("AWS4-HMAC-SHA256 ") == true })
    }
  }

  @Test("an error has the server's words, the place, the number of attempts and the remedy")
  func words() async throws {
    let denied = error(403, "AccessDenied", "Access &lt;Denied&gt;.")
    try await TestServer.with { request, _ in
      request.target == "/b/k" ? .reply(denied) : .reply(Reply(500, "no XML at all"))
    } run: { server in
      let store = try ObjectStore.test(server.url)
      #expect(
        await failure { try await store.get(object("k")) }?.description
          == "s3://b/k: could not be read: Access <Denied> (server \(server.url), status 403, code "
          + "AccessDenied, request id R1). Check that the credentials allow this, and the names of bucket "
          + "and key.")
      let last = await failure { try await store.put([1], to: object("other")) }
      #expect(
        last?.description
          == "s3://b/other: could not be written: no XML at all (server \(server.url), status 500, "
          + "tried 5 times)")
    }
  }

  @Test(
    "codes of the server have a kind",
    arguments: [
      (404, "NoSuchKey", ObjectStorageError.Kind.noObject), (404, "NoSuchBucket", .noBucket),
      (403, "InvalidAccessKeyId", .denied), (403, "SignatureDoesNotMatch", .denied),
      (412, "PreconditionFailed", .condition), (403, "RequestTimeTooSkewed", .denied),
      (400, "EntityTooLarge", .server), (401, "Unauthorized", .denied),
      (501, "NotImplemented", .server),
    ])
  func kinds(status: Int, code: String, kind: ObjectStorageError.Kind) async throws {
    let reply = error(status, code)
    try await TestServer.with { _, _ in
      .reply(reply)
    } run: { server in
      let error = await failure { try await ObjectStore.test(server.url).get(object()) }
      #expect(error?.kind == kind && error?.code == code)
      #expect(server.requests.count == 1)
    }
  }

  @Test(
    "no error, and nothing that is sent, has the secret key; the token is sent, and in no error")
  func secrets() async throws {
    let echo = error(403, "X", "your test-secret-of-this-test and the-session-token are wrong")
    try await TestServer.with { _, _ in
      .reply(echo)
    } run: { server in
      let store = try ObjectStore.test(server.url) {
        $0.credentials = .given(
          StorageCredentials(
            accessKey: "AK", secretKey: "test-secret-of-this-test",
            sessionToken: "the-session-token"))
      }
      let error = await failure { try await store.get(object()) }
      #expect(error?.message == "could not be read: your *** and *** are wrong")
      let request = try #require(server.requests.first)
      #expect(request["x-amz-security-token"] == "the-session-token")
      #expect(!"\(request)".contains("test-secret"))
      #expect(request["authorization"]?.contains("x-amz-security-token") == true)
    }
  }

  @Test("without credentials nothing is signed")
  func anonymous() async throws {
    try await TestServer.with { _, _ in
      .reply(Reply(200, "x"))
    } run: { server in
      let store = try ObjectStore.test(server.url) { $0.credentials = .none }
      _ = try await store.get(object())
      let request = try #require(server.requests.first)
      #expect(request["authorization"] == nil && request["x-amz-date"] == nil)
    }
  }

  @Test("a clock that is wrong is corrected by the server's, once for all requests")
  func clock() async throws {
    var skewed = error(403, "RequestTimeTooSkewed")
    skewed.headers.append(("date", "Fri, 24 May 2013 00:00:00 GMT"))
    let reply = skewed
    try await TestServer.with { request, _ in
      request["x-amz-date"]?.hasPrefix("20130524T0000") == true
        ? .reply(Reply(200, "x")) : .reply(reply)
    } run: { server in
      let store = try ObjectStore.test(server.url)
      _ = try await store.get(object())
      _ = try await store.get(object())
      #expect(server.requests.count == 3)
    }
  }

  @Test("the region that the server names is used, and remembered")
  func region() async throws {
    let malformed = error(400, "AuthorizationHeaderMalformed", "m", "<Region>eu-west-7</Region>")
    try await TestServer.with { request, _ in
      request["authorization"]?.contains("/eu-west-7/s3/") == true
        ? .reply(Reply(200, "x")) : .reply(malformed)
    } run: { server in
      let store = try ObjectStore.test(server.url)
      _ = try await store.get(object())
      _ = try await store.get(object())
      #expect(server.requests.count == 3)
    }
  }

  @Test("signatures are made for no server to which another one leads")
  func redirection() async throws {
    let moved = Reply(307, "", [("location", "http://127.0.0.1:1/b/k")])
    try await TestServer.with { _, _ in
      .reply(moved)
    } run: { server in
      let error = await failure { try await ObjectStore.test(server.url).get(object()) }
      #expect(error?.status == 307)
      #expect(server.requests.count == 1)
    }
  }

  @Test("expired credentials are asked for again")
  func expired() async throws {
    let old = error(400, "ExpiredToken")
    try await TestServer.with { request, number in
      if request.target == "/credentials" {
        return .reply(
          Reply(
            200, "{\"AccessKeyId\": \"AK\(number)\", \"SecretAccessKey\": \"s\", \"Token\": \"t\"}")
        )
      }
      return request["authorization"]?.contains("Credential=AK0/") == true
        ? .reply(old) : .reply(Reply(200, "x"))
    } run: { server in
      let environment = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url + "/credentials"]
      let store = try ObjectStore.test(server.url, environment) { $0.credentials = .automatic }
      #expect(try await store.get(object()) == [UInt8(ascii: "x")])
      #expect(server.requests.count == 4)
    }
  }

  // MARK: Time

  @Test(
    "answers of unusual form are read: 100 Continue unasked for, chunks, no length, odd headers")
  func unusual() async throws {
    let answers = [
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\ncontent",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ncon\r\n4;x=y\r\ntent\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\ncontent",
      "HTTP/1.0 200 \r\nETAG: W/\"x\"\r\ncontent-LENGTH: 7\r\n\r\ncontent",
    ]
    for answer in answers {
      try await TestServer.with { _, _ in
        .raw(answer)
      } run: { server in
        // The second request may meet a connection that the server is closing.
        let store = try ObjectStore.test(server.url) { $0.attempts = 3 }
        #expect(try await store.get(object()) == Array("content".utf8), "\(answer)")
        try await TemporaryDirectory.with { directory in
          try await store.get(object(), toFile: directory.path("x"))
          #expect(try directory.read("x") == Array("content".utf8), "\(answer)")
        }
      }
    }
  }

  @Test(
    "what is no answer, or ends too early, is tried again and named",
    arguments: [
      "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\ncon",
      "HTTP/1.1 200 OK\r\nCont",
      "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ])
  func nonsense(answer: String) async throws {
    try await TestServer.with { _, _ in
      .raw(answer)
    } run: { server in
      let store = try ObjectStore.test(server.url) { $0.attempts = 2 }
      let error = await failure { try await store.get(object()) }
      #expect(
        error?.kind == .unreachable || error?.kind == .damaged, "\(error.map { "\($0)" } ?? "")")
      #expect(server.requests.count == 2)
    }
  }

  @Test("a refusal before the body was read is heard, and not taken for a broken network")
  func earlyRefusal() async throws {
    let denied = error(403, "AccessDenied")
    try await TestServer.with { _, _ in
      .reply(Reply(200))
    } early: { _ in
      .reply(denied)
    } run: { server in
      let store = try ObjectStore.test(server.url)
      let error = await failure { try await store.put(content(8 << 20), to: object()) }
      #expect(error?.kind == .denied, "\(error.map { "\($0)" } ?? "")")
    }
  }

  @Test(
    "a silent server, and one that never ends, cost the limit and are named",
    arguments: [true, false])
  func silence(atOnce: Bool) async throws {
    try await TestServer.with { _, _ in
      atOnce ? .silence : .stall(Reply(200, String(repeating: "x", count: 100)), after: 10)
    } run: { server in
      let store = try ObjectStore.test(server.url) {
        $0.silenceLimit = .milliseconds(100)
        $0.attempts = 2
      }
      let error = await failure { try await store.get(object()) }
      #expect(error?.kind == .timeLimit && error?.attempts == 2, "\(error.map { "\($0)" } ?? "")")
    }
  }

  @Test("a request that takes too long in all is ended")
  func total() async throws {
    try await TestServer.with { _, _ in
      .silence
    } run: { server in
      let store = try ObjectStore.test(server.url) {
        $0.requestLimit = .milliseconds(100)
        $0.attempts = 1
      }
      let error = await failure { try await store.get(object(), maximum: 10) }
      #expect(error?.kind == .timeLimit)
    }
  }

  @Test("a cancelled task ends its request and its waits")
  func cancelled() async throws {
    try await TestServer.with { _, _ in
      .silence
    } run: { server in
      let store = try ObjectStore.test(server.url)
      let error = await withTaskGroup(of: ObjectStorageError?.self) { group in
        group.addTask { await failure { try await store.get(object()) } }
        _ = await eventually { !server.requests.isEmpty }
        group.cancelAll()
        return await group.next() ?? nil
      }
      #expect(error?.kind == .cancelled)
    }
  }

  @Test("a server that is not there, and a host that is not known, are named with the remedy")
  func unreachable() async throws {
    let port = try await TestServer.with { _, _ in
      .close
    } run: {
      $0.port
    }
    let refused = await failure {
      try await ObjectStore.test("http://127.0.0.1:\(port)") { $0.attempts = 2 }.get(object())
    }
    #expect(
      refused?.description
        == "s3://b/k: could not be read: Connection refused (server http://127.0.0.1:\(port), tried "
        + "2 times). Check the server's URL (AWS_ENDPOINT_URL_S3) and that it runs.")
    let unknown = await failure {
      try await ObjectStore.test("http://nowhere.invalid") { $0.attempts = 1 }.get(object())
    }
    #expect(unknown?.kind == .unreachable)
    #expect(
      unknown?.message.contains("nowhere.invalid") == true, "\(unknown.map { "\($0)" } ?? "")")
  }

  @Test("a server without TLS behind https:// is called that")
  func noTLS() async throws {
    try await TestServer.with { _, _ in
      .reply(Reply(200))
    } run: { server in
      let url = "https://127.0.0.1:\(server.port)"
      let error = await failure {
        try await ObjectStore.test(url) { $0.attempts = 1 }.get(object())
      }
      #expect(error?.kind == .unreachable, "\(error.map { "\($0)" } ?? "")")
    }
  }

  // MARK: Content

  @Test("a content that is not the one of the server's SHA-256 is fetched again")
  func checksum() async throws {
    let hash = Base64.encoded(ContentHash.of(Array("content".utf8)))
    try await TestServer.with { request, number in
      .reply(
        Reply(
          200, number < 2 ? "c0ntent" : "content",
          request["x-amz-checksum-mode"] == "ENABLED" ? [("x-amz-checksum-sha256", hash)] : []))
    } run: { server in
      let store = try ObjectStore.test(server.url)
      #expect(try await store.get(object()) == Array("content".utf8))
      #expect(server.requests.count == 3)
    }
    let wrong = Reply(200, "c0ntent", [("x-amz-checksum-sha256", hash)])
    try await TestServer.with { _, _ in
      .reply(wrong)
    } run: { server in
      try await TemporaryDirectory.with { directory in
        let path = try directory.write("before", to: "file")
        let store = try ObjectStore.test(server.url)
        let error = await failure { try await store.get(object(), toFile: path) }
        #expect(error?.kind == .damaged && error?.attempts == 5)
        #expect(try directory.read("file") == Array("before".utf8))
        #expect(directory.entries == ["file"])
      }
    }
  }

  @Test(
    "a hash of parts' hashes is not taken for one of the content",
    arguments: ["dGVzdA==-3", "full"])
  func composite(hash: String) async throws {
    let headers =
      hash == "full"
      ? [("x-amz-checksum-sha256", "AAAA"), ("x-amz-checksum-type", "COMPOSITE")]
      : [("x-amz-checksum-sha256", hash)]
    let reply = Reply(200, "content", headers)
    try await TestServer.with { _, _ in
      .reply(reply)
    } run: { server in
      let store = try ObjectStore.test(server.url)
      #expect(try await store.get(object()) == Array("content".utf8))
    }
  }

  @Test("an object that is larger than allowed is not read into memory")
  func large() async throws {
    try await TestServer.with { _, _ in
      .reply(Reply(200, "12345"))
    } run: { server in
      let store = try ObjectStore.test(server.url)
      #expect(try await store.get(object(), maximum: 5).count == 5)
      #expect(
        await failure { try await store.get(object(), maximum: 4) }?.message
          == "the object has 5 bytes, more than 4")
    }
  }

  @Test("an answer that is no XML where XML is due is tried again, and named")
  func noXML() async throws {
    try await TestServer.with { _, _ in
      .reply(Reply(200, "<html><p>welcome"))
    } run: { server in
      let store = try ObjectStore.test(server.url) { $0.attempts = 2 }
      var listing = store.list(object("")).makeAsyncIterator()
      do throws(ObjectStorageError) {
        _ = try await listing.next()
        Issue.record("it was a list")
      } catch {
        #expect(error.kind == .damaged && error.attempts == 2, "\(error)")
      }
    }
  }

  @Test("a list whose pages never end is ended")
  func endless() async throws {
    let page = Reply(
      200,
      "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t"
        + "</NextContinuationToken><Contents><Key>k</Key><Size>1</Size></Contents></ListBucketResult>"
    )
    try await TestServer.with { _, _ in
      .reply(page)
    } run: { server in
      let store = try ObjectStore.test(server.url)
      var count = 0
      do throws(ObjectStorageError) {
        var listing = store.list(object("")).makeAsyncIterator()
        while try await listing.next() != nil { count += 1 }
      } catch {
        #expect("\(error)".contains("same page"))
      }
      #expect(count == 1)
    }
  }
}
