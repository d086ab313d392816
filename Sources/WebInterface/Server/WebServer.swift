import Glibc
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import SystemSupport

/// The HTTP server: it listens on this machine only, and answers with a site.
package struct WebServer: Sendable {
  /// Where a server listens.
  package enum Place: Sendable, Hashable {
    /// A port of 127.0.0.1; 0 for any free one.
    case port(Int)
    /// A Unix socket.
    case socket(String)
  }

  /// Answers requests.
  package protocol Site: Sendable {
    /// The answer to a request that is refused, judged by its head; nil if it is not.
    func refusal(of request: WebRequest) -> WebResponse?

    /// The answer to a request, with its content.
    func answer(_ request: WebRequest) async -> WebResponse
  }

  /// Why a server cannot listen.
  package struct Failure: Error, Sendable, CustomStringConvertible {
    /// The reason, with the remedy.
    package var description: String
  }

  private let place: Place
  private let limits: WebLimits

  /// Creates a server that does not listen yet.
  package init(at place: Place, limits: WebLimits = WebLimits()) {
    self.place = place
    self.limits = limits
  }

  /// Listens, and answers requests until the task is cancelled.
  ///
  /// - Parameters:
  ///   - site: returns the site, when the port is known: that of the server, or 0 for a socket.
  ///   - started: called when requests are answered, with the port.
  /// - Throws: ``Failure`` if the server cannot listen.
  package func run(
    _ site: @escaping @Sendable (Int) -> any Site, started: @escaping @Sendable (Int) async -> Void
  ) async throws {
    let address: BindAddress
    switch place {
    case .port(let port): address = .hostname("127.0.0.1", port: port)
    case .socket(let path):
      try SocketPlace.prepare(path)
      address = .unixDomainSocket(path: path)
    }
    let answering = Answering(limits)
    let channel = HTTP1Channel(
      responder: { request, writer, channel in
        try await answering.respond(request, writer)
      },
      configuration: .init(
        idleTimeout: .seconds(limits.idleSeconds),
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: limits.headBytes, maxHeaderListSize: limits.headBytes,
          maxHeaderFieldCount: 100)))
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let logger = Logger(label: "lyre") { _ in SwiftLogNoOpLogHandler() }
    let server = Server(
      childChannelSetup: channel,
      configuration: ServerConfiguration(
        address: address,
        availableConnectionsDelegate: .maximum(limits.connections, logger: logger)),
      onServerRunning: { [place] channel in
        if case .socket(let path) = place { chmod(path, 0o600) }
        let port = channel.localAddress?.port ?? 0
        answering.site.store(site(port))
        await started(port)
      }, eventLoopGroup: group, logger: logger)
    do {
      try await server.run()
    } catch let error as IOError {
      throw Failure(description: reason(error.errnoCode))
    }
    // Only the socket that this server has made: without one, running fails.
    if case .socket(let path) = place { unlink(path) }
  }

  private func reason(_ number: Int32) -> String {
    switch place {
    case .port(let port):
      "port \(port) of 127.0.0.1 cannot be used: \(systemReason(number)); "
        + "use another one, or none for any free port"
    case .socket(let path): "the socket '\(path)' cannot be used: \(systemReason(number))"
    }
  }
}
