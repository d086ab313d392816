import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization
import SystemSupport

/// The way to servers: clients of the HTTP library, each created with the first request that needs it
/// and kept as long as the program.
///
/// There are few of them, one for each way of checking certificates and each proxy; their connections
/// end when they have been idle for a minute.
struct Transport: Sendable {
  /// What tells clients apart.
  struct Trust: Sendable, Hashable {
    /// The file with the authorities to trust; nil for the system's.
    var certificateFile: String?
    var checksCertificate = true
    var connectLimit = Duration.seconds(10)
    var silenceLimit = Duration.seconds(60)
    var proxy: ProxyChoice.Proxy?
    var connections = 8
  }

  private static let clients = Mutex<[Trust: HTTPClient]>([:])

  var trust: Trust

  /// The client, created if there is none yet.
  private func client() throws(TransportFailure) -> HTTPClient {
    if let client = Transport.clients.withLock({ $0[trust] }) { return client }
    let configuration = try configuration()
    return Transport.clients.withLock { clients in
      if let client = clients[trust] { return client }
      let client = HTTPClient(
        eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration)
      clients[trust] = client
      return client
    }
  }

  private func configuration() throws(TransportFailure) -> HTTPClient.Configuration {
    var tls = TLSConfiguration.makeClientConfiguration()
    if let file = trust.certificateFile {
      do {
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(file))
      } catch {
        let reason = FilePath.exists(file) ? "has no certificates in PEM" : "does not exist"
        throw TransportFailure(.certificates, "the file of certificates \(file) \(reason)")
      }
    }
    if !trust.checksCertificate { tls.certificateVerification = .none }
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: tls, redirectConfiguration: .disallow,
      timeout: .init(
        connect: TimeAmount(trust.connectLimit), read: TimeAmount(trust.silenceLimit),
        write: TimeAmount(trust.silenceLimit)))
    // HTTP/2 would put all parts of a transfer on one connection.
    configuration.httpVersion = .http1Only
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = trust.connections
    // The caller retries, and counts.
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.proxy = trust.proxy.map { proxy in
      .server(
        host: proxy.host, port: proxy.port,
        authorization: proxy.credentials.map { .basic(credentials: $0) })
    }
    return configuration
  }

  /// Sends a request, and passes the answer to `use`, which reads as much of the body as it wants.
  ///
  /// - Parameters:
  ///   - request: the request.
  ///   - limit: how long all of it may take, the use of the answer included.
  ///   - use: what is done with the answer.
  /// - Throws: ``TransportFailure``, or what `use` throws.
  func send<R: Sendable>(
    _ request: WebRequest, limit: Duration,
    _ use: @escaping @Sendable (WebAnswer) async throws -> R
  ) async throws -> R {
    let client = try client()
    return try await withTimeLimit(limit) {
      let response: HTTPClientResponse
      do {
        response = try await client.execute(request.forClient, deadline: .distantFuture)
      } catch {
        throw TransportFailure(error)
      }
      return try await use(WebAnswer(response))
    }
  }
}

/// Runs `body` for so long at most, and cancels it then.
///
/// - Throws: ``TransportFailure`` when the time is over, or what `body` throws.
func withTimeLimit<R: Sendable>(
  _ limit: Duration, _ body: @escaping @Sendable () async throws -> R
) async throws -> R {
  try await withThrowingTaskGroup(of: R?.self) { group in
    group.addTask { try await body() }
    group.addTask {
      try await Task.sleep(for: limit)
      return nil
    }
    defer { group.cancelAll() }
    guard let first = try await group.next(), let result = first else {
      throw TransportFailure(.timeLimit, "the request took longer than \(limit.secondsText)")
    }
    return result
  }
}
