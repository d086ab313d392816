import JSONCore
import SystemSupport

/// Asks services for credentials: the one of a container's host, and Amazon's for tokens of an
/// identity (`AssumeRoleWithWebIdentity`).
struct CredentialRequests: Sendable {
  let environment: StorageEnvironment
  let trust: Transport.Trust
  let region: String

  private static let limit = Duration.seconds(10)
  private static let attempts = 3

  /// The credentials that a container's host gives.
  func container(_ url: String) async throws(ObjectStorageError) -> StorageCredentials {
    var request = WebRequest(method: "GET", url: url)
    if let file = environment.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
      request.headers.append(("Authorization", try CredentialRequests.token(file)))
    } else if let token = environment.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN") {
      request.headers.append(("Authorization", token))
    }
    let answer = try await send(request, "the container's service of credentials")
    let value = try? JSONValue(parsing: answer)
    guard let access = value?["AccessKeyId"]?.string, let secret = value?["SecretAccessKey"]?.string
    else {
      throw ObjectStorageError(
        .denied, "the container's service of credentials at \(url) answered without credentials")
    }
    let expires = value?["Expiration"]?.string.flatMap { ServerTime(iso: $0)?.seconds }
    return StorageCredentials(
      accessKey: access, secretKey: secret, sessionToken: value?["Token"]?.string, expires: expires)
  }

  /// The credentials of a role for the token in a file, as pods have it.
  func webIdentity(tokenFile: String, role: String, session: String?)
    async throws(ObjectStorageError) -> StorageCredentials
  {
    let endpoint =
      environment.variable("AWS_ENDPOINT_URL_STS") ?? environment.serviceEndpoint("sts")
      ?? "https://sts.\(region).\(AmazonServers.domain(of: region))"
    let fields = [
      ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", role),
      ("RoleSessionName", session ?? "lyre"),
      ("WebIdentityToken", try CredentialRequests.token(tokenFile)),
    ]
    let form = fields.map { "\($0)=\(PercentEncoding.value($1))" }.joined(separator: "&")
    // In the body: URLs are written into logs.
    let request = WebRequest(
      method: "POST", url: endpoint.hasSuffix("/") ? endpoint : endpoint + "/",
      headers: [("Content-Type", "application/x-www-form-urlencoded")],
      body: .bytes(Array(form.utf8)))
    let answer = try await send(request, "the service of tokens for \(role)")
    let result = (try? XMLReader.read(answer))?["AssumeRoleWithWebIdentityResult"]?["Credentials"]
    guard let result, let access = result.text("AccessKeyId"),
      let secret = result.text("SecretAccessKey")
    else {
      throw ObjectStorageError(
        .denied, "the service of tokens at \(endpoint) answered without credentials for \(role)")
    }
    return StorageCredentials(
      accessKey: access, secretKey: secret, sessionToken: result.text("SessionToken"),
      expires: result.text("Expiration").flatMap { ServerTime(iso: $0)?.seconds })
  }

  private static func token(_ path: String) throws(ObjectStorageError) -> String {
    do throws(SystemError) {
      let text = String(decoding: try fileContent(path, maximum: 1 << 20), as: UTF8.self)
      return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    } catch {
      throw ObjectStorageError(.file, "the token \(path) could not be read: \(error)")
    }
  }

  private func send(_ request: WebRequest, _ what: String) async throws(ObjectStorageError)
    -> [UInt8]
  {
    var attempt = 1
    while true {
      let (status, body, failure) = await answer(to: request)
      if status == 200 { return body }
      let isTransient = failure?.isTransient ?? (status >= 500 || status == 429)
      guard isTransient, attempt < CredentialRequests.attempts else {
        throw error(status, body, failure, what)
      }
      do {
        try await Task.sleep(for: .milliseconds(100 << attempt))
      } catch {
        throw ObjectStorageError(.cancelled, "the task was cancelled")
      }
      attempt += 1
    }
  }

  private func answer(to request: WebRequest) async -> (Int, [UInt8], TransportFailure?) {
    do {
      let (status, body) = try await Transport(trust: trust).send(
        request, limit: CredentialRequests.limit
      ) { answer in (answer.status, try await answer.bytes(maximum: 1 << 20)) }
      return (status, body, nil)
    } catch {
      return (0, [], TransportFailure(error))
    }
  }

  /// Only codes and messages of the answer, which may contain what was sent.
  private func error(
    _ status: Int, _ body: [UInt8], _ failure: TransportFailure?, _ what: String
  ) -> ObjectStorageError {
    if let failure {
      return ObjectStorageError(.unreachable, "\(what) gave no credentials: \(failure.message)")
    }
    let fault = try? XMLReader.read(body)
    let details = fault?["Error"] ?? fault
    let json = try? JSONValue(parsing: body)
    let message = details?.text("Message") ?? json?["message"]?.string
    var error = ObjectStorageError(
      .denied, "\(what) gave no credentials" + (message.map { ": \($0)" } ?? ""))
    error.status = status
    error.code = details?.text("Code") ?? json?["code"]?.string
    error.requestID = fault?.text("RequestId")
    return error
  }
}
