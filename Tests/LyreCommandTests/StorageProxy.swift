import RealKernels
import Synchronization

/// A server between `lyre` and a bucket, which can be away, and remembers what was sent.
final class StorageProxy: Sendable {
  private struct State {
    var isAway = false
    var refuses: (@Sendable (TestServer.Request) -> Bool)?
    var denies: (@Sendable (TestServer.Request) -> Bool)?
  }

  private let state = Mutex(State())

  /// Whether every connection ends at once.
  var isAway: Bool {
    get { state.withLock { $0.isAway } }
    set { state.withLock { $0.isAway = newValue } }
  }

  /// Lets requests get no answer at all.
  func refuse(_ refuses: (@Sendable (TestServer.Request) -> Bool)?) {
    state.withLock { $0.refuses = refuses }
  }

  /// Answers requests as a bucket does that does not allow them.
  func deny(_ denies: @escaping @Sendable (TestServer.Request) -> Bool) {
    state.withLock { $0.denies = denies }
  }

  private static let denial = TestServer.Reply(
    403, "<Error><Code>AccessDenied</Code><Message>Access Denied.</Message></Error>",
    [("content-type", "application/xml")])

  /// Runs a test with one in front of a bucket.
  static func with(
    _ bucket: ServiceBucket,
    _ body: (StorageProxy, TestServer, [String: String]) async throws -> Void
  ) async throws {
    let proxy = StorageProxy()
    let port = bucket.port
    try await TestServer.with { request, _ in
      proxy.state.withLock { state in
        if state.isAway { return .close }
        if state.denies?(request) == true { return .reply(denial) }
        return state.refuses?(request) == true ? .silence : .pass(port: port)
      }
    } run: { server in
      let variables = ServiceBucket.credentials.merging(["AWS_ENDPOINT_URL_S3": server.url]) { $1 }
      try await body(proxy, server, variables)
    }
  }
}
