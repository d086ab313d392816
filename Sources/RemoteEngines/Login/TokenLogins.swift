import Synchronization
import SystemSupport

/// Shows no login, and says so if the server wants one.
struct NoAuthentication: EngineLogin {
  /// The server, for messages.
  let server: String

  func headers(afterRefusal: Bool) async throws(EngineError) -> [(name: String, value: String)] {
    guard afterRefusal else { return [] }
    throw EngineError(
      .denied,
      "the server asks for a login, and the runtime configuration has none; set --auth-type, and what "
        + "it needs, with `lyre runtimes edit`", place: server, status: 401)
  }
}

/// A token that is found anew when the server refuses it.
final class FoundToken: EngineLogin {
  private let server: String
  /// What helps if the server refuses it.
  private let remedy: String
  /// Whether it is found for each request, because it is replaced now and then.
  private let isFresh: Bool
  private let find: @Sendable () async throws(EngineError) -> String
  private let known = Mutex<String?>(nil)

  /// - Parameters:
  ///   - server: the server, for messages.
  ///   - remedy: what helps if the server refuses it.
  ///   - isFresh: whether it is found for each request.
  ///   - find: finds it.
  init(
    _ server: String, remedy: String, isFresh: Bool,
    _ find: @escaping @Sendable () async throws(EngineError) -> String
  ) {
    self.server = server
    self.remedy = remedy
    self.isFresh = isFresh
    self.find = find
  }

  func headers(afterRefusal: Bool) async throws(EngineError) -> [(name: String, value: String)] {
    let old = known.withLock { $0 }
    if !afterRefusal, !isFresh, let old { return FoundToken.header(old) }
    let new = try await find()
    guard new.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !new.isEmpty else {
      throw EngineError(
        .unusable, "the token has characters that no token has; \(remedy)", place: server)
    }
    if afterRefusal, new == old {
      throw EngineError(
        .denied, "the server does not accept the token; \(remedy)", place: server, status: 401)
    }
    known.withLock { $0 = new }
    return FoundToken.header(new)
  }

  private static func header(_ token: String) -> [(name: String, value: String)] {
    [("authorization", "Bearer \(token)")]
  }
}

/// The token that Kubernetes puts into a pod for the interface of Kubeflow Pipelines.
enum ServiceAccountToken {
  /// The variable with its path.
  static let variable = "KF_PIPELINES_SA_TOKEN_PATH"
  /// Where it is otherwise.
  static let path = "/var/run/secrets/kubeflow/pipelines/token"

  /// Reads it.
  ///
  /// - Throws: ``EngineError`` if there is none.
  static func read(_ environment: [String: String]) throws(EngineError) -> String {
    let path = environment[variable].flatMap { $0.isEmpty ? nil : $0 } ?? path
    let bytes: [UInt8]
    do throws(SystemError) {
      bytes = try fileContent(path, maximum: 1 << 20)
    } catch {
      throw EngineError(
        .unusable,
        "the token of the service account cannot be read: \(error); it is there only in a pod of the "
          + "cluster which has a projected volume for 'pipelines.kubeflow.org', or where "
          + "\(variable) says", place: path)
    }
    let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    guard words.count == 1, let token = words.first else {
      throw EngineError(
        .unusable,
        words.isEmpty ? "the token of the service account is empty" : "this is not a token",
        place: path)
    }
    return String(token)
  }
}
