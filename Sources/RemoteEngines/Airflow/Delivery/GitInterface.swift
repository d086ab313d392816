import JSONCore
import ObjectStorage

/// How a kind of Git server is asked: its requests, and what its answers mean.
protocol GitInterface: Sendable {
  /// The headers of all requests, with the token.
  var headers: [(name: String, value: String)] { get }

  /// The request for the repository, whose answer may have the rights of the token's user.
  var rights: WebExchange.Request { get }

  /// Whether the user may push, as far as that answer says so; nil if it does not.
  func mayPush(_ answer: JSONObject) -> Bool?

  /// The request for the branch.
  var branch: WebExchange.Request { get }

  /// The request for a file.
  func file(_ path: String) -> WebExchange.Request

  /// The request for the content of a file that is too large for the answer to ``file(_:)``; nil if there is none.
  func content(_ path: String) -> WebExchange.Request?

  /// The request that commits a file.
  ///
  /// - Parameters:
  ///   - present: the file that it replaces; nil for a new one.
  ///   - path: its path in the repository.
  ///   - content: its content.
  ///   - message: the message of the commit.
  func commit(_ path: String, _ content: [UInt8], replacing present: GitFile?, _ message: String)
    -> WebExchange.Request

  /// Whether a commit was refused because the file has changed in the meantime.
  func isStale(_ status: Int, _ words: String) -> Bool

  /// What the token needs to be allowed, for messages.
  var right: String { get }
}

extension GitInterface {
  func content(_ path: String) -> WebExchange.Request? { nil }
}
