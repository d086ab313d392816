/// A refusal as the server put it.
struct ServerFault: Error, Sendable, Hashable {
  var status: Int
  /// Such as `NoSuchKey`; nil if the answer has none, as after HEAD.
  var code: String?
  var message: String?
  var requestID: String?
  /// The region that the server names.
  var region: String?
  /// The server that the server names instead of itself.
  var otherServer: String?
  /// The server's time.
  var time: ServerTime?
  /// How long it asks to wait.
  var retryAfter: Duration?

  /// Reads the head and the body of an answer.
  init(_ answer: WebAnswer, body: [UInt8]) {
    let error = (try? XMLReader.read(body)).flatMap { $0.name == "Error" ? $0 : $0["Error"] }
    self.init(status: answer.status, error: error)
    requestID = requestID ?? answer["x-amz-request-id"] ?? answer["x-trans-id"]
    region = answer["x-amz-bucket-region"] ?? region
    time = answer["date"].flatMap { ServerTime(header: $0) }
    otherServer = answer["location"]
    // Seconds; the other form, a date, no storage sends.
    retryAfter = answer["retry-after"].flatMap { Int($0) }.map { .seconds(min(max($0, 0), 60)) }
    if error == nil, answer.status >= 400, let text = ServerFault.plain(body) { message = text }
  }

  /// Reads the element `Error`, which is also in answers with the status 200.
  init(status: Int, error: XMLElement?) {
    self.status = status
    code = error?.text("Code").flatMap { $0.isEmpty ? nil : $0 }
    message = error?.text("Message").flatMap { $0.isEmpty ? nil : $0 }
    requestID = error?.text("RequestId")
    region = error?.text("Region")
  }

  /// A short answer that is no XML, as proxies give, in one line.
  private static func plain(_ body: [UInt8]) -> String? {
    guard body.count <= 300, let text = String(validating: body, as: UTF8.self), !text.contains("<")
    else { return nil }
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return words.isEmpty ? nil : words
  }

  /// Whether another attempt, some time later, may succeed.
  var isTransient: Bool {
    switch code {
    case "SlowDown", "Throttling", "ThrottlingException", "RequestLimitExceeded", "RequestTimeout",
      "InternalError", "ServiceUnavailable", "OperationAborted", "BandwidthLimitExceeded",
      "XAmzContentSHA256Mismatch", "BadDigest", "IncompleteBody":
      return true
    case "NotImplemented": return false
    default: return [408, 429, 500, 502, 503, 504].contains(status)
    }
  }
}
