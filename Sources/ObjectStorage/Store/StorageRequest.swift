import Hashing
import JSONCore

/// A request before it is addressed and signed.
struct StorageRequest: Sendable {
  var method: String
  var location: ObjectLocation
  var query: [(name: String, value: String)] = []
  var headers: [(name: String, value: String)] = []
  var body = WebRequest.Body.none
  /// The SHA-256 of the body in hexadecimal.
  var payload = RequestSignature.emptyPayload
  /// What is done, for messages, such as `be read`.
  var purpose: String

  init(
    _ method: String, _ location: ObjectLocation, to purpose: String,
    query: [(name: String, value: String)] = [], headers: [(name: String, value: String)] = []
  ) {
    self.method = method
    self.location = location
    self.purpose = purpose
    self.query = query
    self.headers = headers
  }

  /// The same with a body in memory.
  func with(_ bytes: [UInt8], hash: [UInt8]? = nil) -> StorageRequest {
    var request = self
    request.body = .bytes(bytes)
    request.payload = hexadecimal(hash ?? ContentHash.of(bytes))
    return request
  }

  /// The request as it is sent.
  ///
  /// - Parameters:
  ///   - server: where the bucket is.
  ///   - credentials: nil to sign nothing.
  ///   - time: the server's time.
  func addressed(
    to server: StorageServer, _ credentials: StorageCredentials?, _ time: ServerTime
  ) -> WebRequest {
    let (address, path) = server.target(location)
    var all: [(name: String, value: String)] = [("host", address.authority)] + headers
    if let credentials {
      all += [("x-amz-content-sha256", payload), ("x-amz-date", time.stamp)]
      if let token = credentials.sessionToken { all.append(("x-amz-security-token", token)) }
      let signature = RequestSignature(credentials: credentials, region: server.region, time: time)
      all.append(
        (
          "authorization",
          signature.authorization(
            .init(method: method, path: path, query: query, headers: all, payload: payload))
        ))
    }
    let text = RequestSignature.canonicalQuery(query)
    return WebRequest(
      method: method, url: address.origin + path + (text.isEmpty ? "" : "?\(text)"), headers: all,
      body: body)
  }
}
