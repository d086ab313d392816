import Hashing
import JSONCore
import KernelTesting
import RealKernels
import Testing

@testable import ObjectStorage

@Suite("Signed forms and grants")
struct FormPolicyTests {
  private func signature(_ time: String, token: String? = nil) throws -> RequestSignature {
    RequestSignature(
      credentials: StorageCredentials(
        accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        sessionToken: token), region: "us-east-1", time: try #require(ServerTime(iso: time)))
  }

  /// The example of "Browser-Based Upload using HTTP POST (Using AWS Signature Version 4)" in Amazon's
  /// documentation, with its line ends.
  private let example = [
    #"{ "expiration": "2015-12-30T12:00:00.000Z","#, #"  "conditions": ["#,
    #"    {"bucket": "sigv4examplebucket"},"#, #"    ["starts-with", "$key", "user/user1/"],"#,
    #"    {"acl": "public-read"},"#,
    #"    {"success_action_redirect": "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"},"#,
    #"    ["starts-with", "$Content-Type", "image/"],"#,
    #"    {"x-amz-meta-uuid": "14365123651274"},"#,
    #"    {"x-amz-server-side-encryption": "AES256"},"#,
    #"    ["starts-with", "$x-amz-meta-tag", ""],"#, "",
    #"    {"x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"},"#,
    #"    {"x-amz-algorithm": "AWS4-HMAC-SHA256"},"#, #"    {"x-amz-date": "20151229T000000Z" }"#,
    "  ]", "}",
  ].joined(separator: "\r\n")

  @Test("the signed policy in the documentation of S3 is made")
  func documented() throws {
    let policy = Base64.encoded(Array(example.utf8))
    #expect(policy.hasPrefix("eyAiZXhwaXJhdGlvbiI6ICIyMDE1LTEyLTMwVDEyOjAwOjAwLjAwMFoiLA0KICAi"))
    #expect(policy.hasSuffix("LWRhdGUiOiAiMjAxNTEyMjlUMDAwMDAwWiIgfQ0KICBdDQp9"))
    #expect(
      try signature("2015-12-29T00:00:00Z").signature(of: policy)
        == "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e")
  }

  @Test("a policy allows keys below the prefix, some size, until a time; every field is in it")
  func document() throws {
    let policy = FormPolicy(
      signature: try signature("2015-12-29T00:00:00Z", token: "tok"),
      prefix: ObjectLocation(bucket: "b", key: "p/run/"),
      expires: try #require(ServerTime(iso: "2015-12-30T00:00:00Z")), largest: 5 << 30)
    #expect(
      policy.document == [
        "expiration": "2015-12-30T00:00:00.000Z",
        "conditions": [
          ["bucket": "b"], ["starts-with", "$key", "p/run/"], ["starts-with", "$Content-Type", ""],
          ["content-length-range", 0, 5_368_709_120], ["x-amz-algorithm": "AWS4-HMAC-SHA256"],
          ["x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"],
          ["x-amz-date": "20151229T000000Z"], ["x-amz-security-token": "tok"],
        ],
      ])
    let fields = policy.fields
    #expect(
      fields.map(\.name) == [
        "policy", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-security-token",
        "x-amz-signature",
      ])
    #expect(Base64.decoded(fields[0].value) == policy.document.serialized())
    #expect(fields[5].value == policy.signature.signature(of: fields[0].value))
  }

  /// A grant of a store that is not asked.
  private func grant(
    _ change: (inout ObjectStorageSettings) -> Void = { _ in }, seconds: Int = 60,
    endpoint: String? = nil
  ) async throws -> StorageGrant {
    try await ObjectStore.test("http://127.0.0.1:9", [:], change).grant(
      folder: "f", below: object("p/f/"), reads: [object("a.tar.gz"), object("p/f/o.tar.gz")],
      lists: [object("p/f/n/")], seconds: seconds, endpoint: endpoint)
  }

  @Test("a grant is the same after writing and reading, and shows no signature")
  func values() async throws {
    let grant = try await grant()
    #expect(try StorageGrant(JSONValue(parsing: grant.json.serialized())) == grant)
    #expect(Set(grant.reads.keys) == [object("a.tar.gz"), object("p/f/o.tar.gz")])
    #expect(grant.form.url == "http://127.0.0.1:9/b" && grant.form.prefix == object("p/f/"))
    for url in Array(grant.reads.values) + Array(grant.lists.values) {
      #expect(StorageGrant.expiry(of: url) == grant.expires)
      #expect(url.contains("X-Amz-Expires=60&"))
    }
    let signature = try #require(grant.form.fields.last?.value)
    var shown = "\(grant)"
    dump(grant, to: &shown)
    #expect(signature.utf8.count == 64 && !shown.contains(signature))
    #expect(shown.contains("access until 2"))
    let elsewhere = try await self.grant(endpoint: "https://s3.internal:9000")
    #expect(elsewhere.form.url == "https://s3.internal:9000/b")
    #expect(elsewhere.reads.values.allSatisfy { $0.hasPrefix("https://s3.internal:9000/b/") })
  }

  @Test(
    "another list of signed URLs is refused without repeating it",
    arguments: [
      "{}", #"{"version": 2}"#, #"{"version": 1, "folder": "s3cr3t"}"#, "[]",
      #"{"version": 1, "folder": "f", "expires": 1, "read": {"s3cr3t": 1}, "list": {}, "write": {"url": "u", "below": "s3://b/", "largest": 1, "fields": {}}}"#,
    ])
  func refused(text: String) async throws {
    let error = await failure { try StorageGrant(JSONValue(parsing: Array(text.utf8))) }
    #expect(error?.kind == .usage && error?.remedy != nil)
    #expect(error.map { !$0.description.contains("s3cr3t") } == true)
  }

  @Test("temporary credentials end a grant before its time, and times are those of signatures")
  func temporary() async throws {
    let soon = ServerTime.now().seconds + 3600
    let grant = try await grant(
      {
        $0.credentials = .given(
          StorageCredentials(accessKey: "a", secretKey: "s", sessionToken: "t", expires: soon))
      }, seconds: 86_400)
    #expect(grant.expires == soon)
    #expect(grant.form.fields.contains { $0.name == "x-amz-security-token" && $0.value == "t" })
    for seconds in [0, 604_801] {
      #expect(await failure { try await self.grant(seconds: seconds) }?.kind == .usage)
    }
    let plain = try ObjectStore.test("http://127.0.0.1:9")
    #expect(try await !plain.endsUnannounced())
  }

  @Test(
    "when a URL expires is read from it",
    arguments: [
      ("http://h/k?X-Amz-Date=20151229T000000Z&X-Amz-Expires=60", 1_451_347_260),
      ("http://h/k?X-Amz-Expires=60", nil), ("http://h/k", nil), ("", nil),
      ("http://h/k?X-Amz-Date=2015&X-Amz-Expires=60", nil),
      ("http://h/k?X-Amz-Date=20151229T000000Z&X-Amz-Expires=99999999", nil),
    ] as [(String, Int?)])
  func expiry(url: String, seconds: Int?) {
    #expect(StorageGrant.expiry(of: url) == seconds)
  }

  @Test("what a grant does not have is refused here, and nothing is sent")
  func scope() async throws {
    try await TestServer.with { _, _ in
      .reply(.init(204))
    } run: { server in
      let store = try ObjectStore.test(server.url)
      let grant = try await store.grant(
        folder: "f", below: object("p/f/"), reads: [object("a")], lists: [object("p/f/n/")],
        seconds: 60)
      let granted = try ObjectStore.test(server.url) { $0.credentials = .grant(grant) }
      #expect(granted.isGranted && !store.isGranted)
      var absent = ObjectStore.PutOptions()
      absent.condition = .absent
      let refused: [() async throws -> Void] = [
        { _ = try await granted.get(object("b")) }, { _ = try await granted.head(object("a")) },
        { try await granted.put([1], to: object("p/other")) },
        { try await granted.put([1], to: ObjectLocation(bucket: "c", key: "p/f/x")) },
        { try await granted.put([1], to: object("p/f/x"), absent) },
        { _ = try await granted.list(object("p/f/n/")).all() },
        { _ = try await granted.list(object("p/"), delimiter: "/").all() },
        { try await granted.delete(object("p/f/x")) },
      ]
      for body in refused {
        let error = await failure(body)
        #expect(error?.kind == .denied && error?.remedy?.contains("--secret") == true)
      }
      #expect(server.requests.isEmpty)
      try await granted.put([1, 2], to: object("p/f/x.csv"))
      let request = try #require(server.requests.first)
      #expect(request.method == "POST" && request.target == "/b" && request["authorization"] == nil)
      let text = String(decoding: request.body, as: UTF8.self)
      #expect(text.contains("name=\"key\"\r\n\r\np/f/x.csv\r\n"))
      #expect(text.contains("name=\"Content-Type\"\r\n\r\ntext/csv; charset=utf-8\r\n"))
    }
  }

  @Test("an object beyond the form's limit is refused by name, and expiry is said with the time")
  func limits() async throws {
    try await TestServer.with { _, _ in
      .reply(
        .init(
          403, "<Error><Code>AccessDenied</Code><Message>Policy expired</Message></Error>",
          [("date", "Fri, 24 May 2999 00:00:00 GMT")]))
    } run: { server in
      let store = try ObjectStore.test(server.url)
      var grant = try await store.grant(
        folder: "f", below: object("p/f/"), reads: [object("a")], lists: [], seconds: 60)
      grant.form.largest = 3
      let granted = try ObjectStore.test(server.url) { $0.credentials = .grant(grant) }
      let large = await failure { try await granted.put([1, 2, 3, 4], to: object("p/f/x")) }
      #expect(
        large?.description
          == "s3://b/p/f/x: could not be written: it has 4 bytes, and with presigned URLs an object has "
          + "at most 3. Write smaller files, or submit the pipeline with --secret instead of --presigned."
      )
      #expect(server.requests.isEmpty)
      for body: () async throws -> Void in [
        { try await granted.put([1], to: object("p/f/x")) },
        { _ = try await granted.get(object("a")) },
      ] {
        let error = await failure(body)
        let text = error?.description ?? ""
        #expect(error?.kind == .denied)
        #expect(
          text.contains("the presigned URLs of the run held until \(grant.expiresText)"), "\(text)")
        #expect(text.contains("--presigned-for"))
        for field in grant.form.fields.suffix(1) { #expect(!text.contains(field.value)) }
      }
    }
  }
}
