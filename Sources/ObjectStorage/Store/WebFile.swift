import FoundationEssentials
import Glibc
import SystemSupport

/// A file of the web, to be read: `http://` and `https://`.
package enum WebFile {
  private static let maximumRedirections = 5

  /// Whether a text is the URL of such a file.
  package static func isURL(_ text: String) -> Bool {
    let start = text.prefix(8).lowercased()
    return start.hasPrefix("http://") || start.hasPrefix("https://")
  }

  /// Reads a file into memory.
  ///
  /// - Parameters:
  ///   - url: its URL.
  ///   - maximum: how many bytes it may have.
  ///   - environment: the environment, for proxies and certificates; nil for that of the process.
  package static func get(
    _ url: String, maximum: Int = 64 << 20, environment: [String: String]? = nil
  ) async throws(ObjectStorageError) -> [UInt8] {
    let variables = environment ?? ProcessInfo.processInfo.environment
    var place = url
    for _ in 0...maximumRedirections {
      let answer = try await fetch(place, shown: url, maximum, variables)
      guard let next = answer.location else { return answer.body }
      guard !place.hasPrefix("https://") || next.hasPrefix("https://") else {
        throw ObjectStorageError(
          .server, "could not be read: the server leads to \(shown(next)), which is not encrypted",
          place: shown(url))
      }
      place = next
    }
    throw ObjectStorageError(
      .server, "could not be read: more than \(maximumRedirections) redirections", place: shown(url)
    )
  }

  /// A URL without what may be secret in it: user, query and fragment.
  package static func shown(_ url: String) -> String {
    var text = url.prefix { $0 != "?" && $0 != "#" }
    if let scheme = text.firstRange(of: "://") {
      let authority = text[scheme.upperBound...].prefix { $0 != "/" }
      if let at = authority.lastIndex(of: "@") {
        text = text[..<scheme.upperBound] + text[text.index(after: at)...]
      }
    }
    return String(text)
  }

  private static func fetch(
    _ url: String, shown original: String, _ maximum: Int, _ variables: [String: String]
  ) async throws(ObjectStorageError) -> (body: [UInt8], location: String?) {
    let original = shown(original)
    guard let parsed = URL(string: url), let host = parsed.host, !host.isEmpty,
      let address = ServerAddress(
        shown(url).split(separator: "/").prefix(2).joined(separator: "//"))
    else {
      throw ObjectStorageError(.usage, "'\(original)' is not the URL of a file")
    }
    var trust = Transport.Trust()
    trust.certificateFile = variables["AWS_CA_BUNDLE"] ?? variables["SSL_CERT_FILE"]
    trust.proxy = ProxyChoice.proxy(for: address, variables)
    var request = WebRequest(method: "GET", url: url, headers: [("accept", "*/*")])
    if let user = parsed.user() {
      let pair =
        "\(PercentEncoding.decoded(user)):\(parsed.password().map(PercentEncoding.decoded) ?? "")"
      request.headers.append(("authorization", "Basic \(Data(pair.utf8).base64EncodedString())"))
    }
    var plan = RetryPlan(attempts: 4, firstDelay: .milliseconds(200))
    while true {
      let outcome: RetryPlan.Outcome
      do {
        return try await answer(to: request, parsed, trust, maximum)
      } catch let error as ObjectStorageError {
        throw error.at(url: original)
      } catch let fault as ServerFault {
        outcome = .fault(fault)
      } catch {
        outcome = .failure(TransportFailure(error))
      }
      let attempts = plan.attempt
      if case .wait(let delay) = plan.next(after: outcome, random: .random(in: 0...1)),
        (try? await Task.sleep(for: delay)) != nil
      {
        continue
      }
      var error = self.error(outcome).at(url: original)
      error.attempts = attempts
      throw error
    }
  }

  private static func answer(
    to request: WebRequest, _ url: URL, _ trust: Transport.Trust, _ maximum: Int
  ) async throws -> (body: [UInt8], location: String?) {
    let limit = Duration.seconds(120 + maximum >> 16)
    return try await Transport(trust: trust).send(request, limit: limit) { answer in
      if [301, 302, 303, 307, 308].contains(answer.status), let location = answer["location"],
        let next = URL(string: location, relativeTo: url)?.absoluteString, isURL(next)
      {
        return ([], next)
      }
      guard answer.isSuccess else { throw ServerFault(answer, body: []) }
      if let length = answer.length, length > maximum {
        throw ObjectStorageError(
          .server, "could not be read: it has \(length) bytes, more than \(maximum)")
      }
      let body = try await answer.bytes(maximum: maximum)
      try answer.check(count: body.count)
      return (body, nil)
    }
  }

  private static func error(_ outcome: RetryPlan.Outcome) -> ObjectStorageError {
    switch outcome {
    case .failure(let failure):
      let kind: ObjectStorageError.Kind =
        switch failure.kind {
        case .cancelled: .cancelled
        case .timeLimit: .timeLimit
        case .damaged: .damaged
        case .request: .usage
        case .connection, .interrupted, .certificates: .unreachable
        }
      return ObjectStorageError(kind, "could not be read: \(failure.message)")
    case .fault(let fault):
      var error = ObjectStorageError(
        fault.status == 404 || fault.status == 410
          ? .noObject : [401, 403].contains(fault.status) ? .denied : .server,
        "could not be read: the server answered with status \(fault.status)")
      error.status = fault.status
      return error
    }
  }
}

extension ObjectStorageError {
  /// The same error with the URL as its place.
  fileprivate func at(url: String) -> ObjectStorageError {
    var error = self
    error.place = place ?? url
    return error
  }
}
