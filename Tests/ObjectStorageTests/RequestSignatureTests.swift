import Hashing
import JSONCore
import RealKernels
import SystemSupport
import Testing

@testable import ObjectStorage

@Suite("Signatures of requests")
struct RequestSignatureTests {
  /// A vector of Amazon's test suite; see `Vectors/make_vectors.py`.
  struct Vector: Sendable, CustomTestStringConvertible {
    var value: JSONValue
    var testDescription: String { self["name"] }

    subscript(name: String) -> String { value[name]?.string ?? "" }

    static func all() throws -> [Vector] {
      let path = RealKernels.repositoryRoot + "/Tests/ObjectStorageTests/Vectors/signatures.json"
      return try JSONValue(parsing: fileContent(path))["vectors"]?.array.map { $0.map(Vector.init) }
        ?? []
    }

    func pairs(_ name: String) -> [(name: String, value: String)] {
      (value[name]?.array ?? []).map { ($0[0]?.string ?? "", $0[1]?.string ?? "") }
    }

    var signature: RequestSignature {
      RequestSignature(
        credentials: StorageCredentials(
          accessKey: "AKIDEXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
          sessionToken: value["token"]?.string),
        region: self["region"], service: self["service"],
        time: ServerTime(iso: "2015-08-30T12:36:00Z") ?? ServerTime(seconds: 0))
    }

    var request: RequestSignature.Request {
      RequestSignature.Request(
        method: self["method"], path: PercentEncoding.path(self["path"]), query: pairs("query"),
        headers: pairs("headers"),
        payload: hexadecimal(ContentHash.of(Array(self["body"].utf8))))
    }
  }

  @Test("Amazon's vectors have enough cases")
  func vectorsAreThere() throws {
    #expect(try Vector.all().count == 30)
  }

  @Test("a signed header is Amazon's", arguments: try Vector.all())
  func header(vector: Vector) {
    var request = vector.request
    request.headers.append(("X-Amz-Date", "20150830T123600Z"))
    if let token = vector.value["token"]?.string {
      request.headers.append(("X-Amz-Security-Token", token))
    }
    if vector.value["signs_body"] == true {
      request.headers.append(("x-amz-content-sha256", request.payload))
    }
    #expect(RequestSignature.canonical(request) == vector["canonical"])
    #expect(vector.signature.signature(of: request) == vector["signature"])
    #expect(
      vector.signature.authorization(request).hasSuffix(", Signature=\(vector["signature"])"))
  }

  @Test(
    "a signed URL is Amazon's",
    arguments: try Vector.all().filter { $0.value["signs_body"] != true })
  func url(vector: Vector) {
    let query = vector.signature.presignedQuery(vector.request, seconds: 3600)
    #expect(query.hasSuffix("&X-Amz-Signature=\(vector["presigned_signature"])"))
  }

  /// The examples of Amazon's documentation of S3.
  private let example = RequestSignature(
    credentials: StorageCredentials(
      accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    region: "us-east-1", time: ServerTime(seconds: 1_369_353_600))

  private func request(
    _ method: String, _ path: String, query: [(name: String, value: String)] = [],
    headers: [(name: String, value: String)] = [], payload: String = RequestSignature.emptyPayload
  ) -> RequestSignature.Request {
    .init(
      method: method, path: path, query: query,
      headers: [
        ("host", "examplebucket.s3.amazonaws.com"), ("x-amz-date", example.time.stamp),
        ("x-amz-content-sha256", payload),
      ] + headers, payload: payload)
  }

  @Test("the requests in the documentation of S3 get the signatures that it shows")
  func documented() {
    #expect(
      example.signature(of: request("GET", "/test.txt", headers: [("Range", "bytes=0-9")]))
        == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
    #expect(
      example.signature(
        of: request(
          "PUT", PercentEncoding.path("/test$file.text"),
          headers: [
            ("Date", "Fri, 24 May 2013 00:00:00 GMT"),
            ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
          ], payload: hexadecimal(ContentHash.of(Array("Welcome to Amazon S3.".utf8)))))
        == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")
    #expect(
      example.signature(of: request("GET", "/", query: [("lifecycle", "")]))
        == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")
    #expect(
      example.signature(of: request("GET", "/", query: [("max-keys", "2"), ("prefix", "J")]))
        == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
  }

  @Test("the signed URL in the documentation of S3 is made")
  func documentedURL() {
    let query = example.presignedQuery(
      .init(
        method: "GET", path: "/test.txt", query: [],
        headers: [("host", "examplebucket.s3.amazonaws.com")],
        payload: RequestSignature.unsignedPayload), seconds: 86400)
    #expect(
      query.hasSuffix(
        "X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"))
    #expect(
      query.hasPrefix("X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE"))
  }

  @Test(
    "times are read in the forms of HTTP and XML, and others are refused",
    arguments: [
      ("Fri, 24 May 2013 00:00:00 GMT", nil, 1_369_353_600),
      (nil, "2013-05-24T00:00:00.000Z", 1_369_353_600),
      (nil, "2013-05-24T00:00:00Z", 1_369_353_600), ("Fri, 24 May 2013 25:00:00 GMT", nil, nil),
      ("", nil, nil), (nil, "", nil), (nil, "2013-05-24", nil),
      (nil, "99999999999999999999-1-1T00:00:00Z", nil),
    ] as [(String?, String?, Int?)])
  func times(header: String?, iso: String?, seconds: Int?) {
    let time = header.map { ServerTime(header: $0) } ?? iso.flatMap { ServerTime(iso: $0) }
    #expect(time?.seconds == seconds)
  }

  @Test("text is encoded byte by byte, and decoded to the same")
  func encoding() {
    #expect(PercentEncoding.path("/a b/+é//~") == "/a%20b/%2B%C3%A9//~")
    #expect(PercentEncoding.value("a/b=c&d") == "a%2Fb%3Dc%26d")
    for text in ["", "%", "%4", "a b+é%41", "\u{0}\n"] {
      #expect(PercentEncoding.decoded(PercentEncoding.value(text)) == text)
    }
    #expect(PercentEncoding.decoded("%zz%") == "%zz%")
  }

  @Test("credentials show no secret, however they are printed")
  func printed() {
    let credentials = StorageCredentials(
      accessKey: "AKID", secretKey: "the-secret-key", sessionToken: "the-token-of-a-session")
    var dumped = ""
    dump(credentials, to: &dumped)
    let texts = [
      "\(credentials)", String(reflecting: credentials), dumped, "\([credentials])",
      credentials.redacted("x the-secret-key y the-token-of-a-session z"),
    ]
    for text in texts {
      #expect(!text.contains("the-secret-key") && !text.contains("the-token"), "\(text)")
    }
    #expect(texts.last == "x *** y *** z")
  }
}
