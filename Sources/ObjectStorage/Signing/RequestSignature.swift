import Hashing

/// Amazon's signature of a request, version 4: a value without I/O and without a clock.
struct RequestSignature: Sendable {
  /// What is signed of a request.
  struct Request: Sendable {
    var method: String
    /// The path, already encoded.
    var path: String
    /// The query, not encoded.
    var query: [(name: String, value: String)]
    /// The headers to sign, `host` among them.
    var headers: [(name: String, value: String)]
    /// The SHA-256 of the body in hexadecimal, or ``unsignedPayload``.
    var payload: String
  }

  /// The SHA-256 of nothing.
  static let emptyPayload = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  /// Stands for the hash of a body that is not signed.
  static let unsignedPayload = "UNSIGNED-PAYLOAD"
  /// The name of the algorithm, as requests and forms have it.
  static let algorithm = "AWS4-HMAC-SHA256"

  var credentials: StorageCredentials
  var region: String
  var service = "s3"
  var time: ServerTime

  /// The value of the header `Authorization`.
  ///
  /// The request must already have all headers to sign: `host`, `x-amz-date`, the token's.
  func authorization(_ request: Request) -> String {
    let signed = RequestSignature.canonicalHeaders(request.headers)
    return "\(RequestSignature.algorithm) Credential=\(credential), "
      + "SignedHeaders=\(signed.names), Signature=\(signature(of: request))"
  }

  /// The query of a URL that carries its signature: everyone who has the URL may use it until it
  /// expires.
  ///
  /// - Parameters:
  ///   - request: the request, without what this adds to its query.
  ///   - seconds: for how long it is valid; at most a week.
  /// - Returns: the query, encoded.
  func presignedQuery(_ request: Request, seconds: Int) -> String {
    var request = request
    let signed = RequestSignature.canonicalHeaders(request.headers)
    request.query += [
      ("X-Amz-Algorithm", RequestSignature.algorithm),
      ("X-Amz-Credential", credential), ("X-Amz-Date", time.stamp),
      ("X-Amz-Expires", String(seconds)), ("X-Amz-SignedHeaders", signed.names),
    ]
    if let token = credentials.sessionToken {
      request.query.append(("X-Amz-Security-Token", token))
    }
    return RequestSignature.canonicalQuery(request.query)
      + "&X-Amz-Signature=\(signature(of: request))"
  }

  /// Who signs, and where the signature is valid.
  var credential: String { "\(credentials.accessKey)/\(scope)" }

  /// The signature of a request, in hexadecimal.
  func signature(of request: Request) -> String { signature(of: stringToSign(request)) }

  /// The signature of a text, in hexadecimal.
  func signature(of text: String) -> String {
    var key = Array("AWS4\(credentials.secretKey)".utf8)
    for part in [time.day, region, service, "aws4_request"] {
      key = KeyedHash.sha256(Array(part.utf8), key: key)
    }
    return hexadecimal(KeyedHash.sha256(Array(text.utf8), key: key))
  }

  /// The text whose HMAC is the signature.
  func stringToSign(_ request: Request) -> String {
    let hash = hexadecimal(ContentHash.of(Array(RequestSignature.canonical(request).utf8)))
    return "\(RequestSignature.algorithm)\n\(time.stamp)\n\(scope)\n\(hash)"
  }

  /// Where the signature is valid.
  private var scope: String { "\(time.day)/\(region)/\(service)/aws4_request" }

  /// The request in the one form that both sides can compute.
  static func canonical(_ request: Request) -> String {
    let headers = canonicalHeaders(request.headers)
    return [
      request.method, request.path, canonicalQuery(request.query), headers.lines, headers.names,
      request.payload,
    ].joined(separator: "\n")
  }

  /// A query, encoded and in the order of signatures.
  static func canonicalQuery(_ query: [(name: String, value: String)]) -> String {
    query.map { (PercentEncoding.value($0.name), PercentEncoding.value($0.value)) }
      .sorted { $0.0 == $1.0 ? isBefore($0.1, $1.1) : isBefore($0.0, $1.0) }
      .map { "\($0.0)=\($0.1)" }.joined(separator: "&")
  }

  /// The headers, one per line, and their names: lower case, in order, values of equal names joined.
  private static func canonicalHeaders(
    _ headers: [(name: String, value: String)]
  ) -> (lines: String, names: String) {
    var values: [String: [String]] = [:]
    for (name, value) in headers {
      let words = value.split { $0 == " " || $0 == "\t" }
      values[name.lowercased(), default: []].append(words.joined(separator: " "))
    }
    let names = values.keys.sorted(by: isBefore)
    return (
      names.map { "\($0):\((values[$0] ?? []).joined(separator: ","))\n" }.joined(),
      names.joined(separator: ";")
    )
  }

  /// The order of bytes; that of Swift's strings is another one beyond ASCII.
  private static func isBefore(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}
