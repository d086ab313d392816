import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import SystemSupport

/// Why no complete answer came.
struct TransportFailure: Error, Sendable, Hashable {
  /// What the caller can do about it.
  enum Kind: Sendable, Hashable {
    /// Nothing was sent: the server could not be reached.
    case connection
    /// The connection ended, or was silent, in the middle: the server may have done what it was asked.
    case interrupted
    /// A time limit ran out.
    case timeLimit
    /// The server's certificate is not trusted, or the file of certificates is not usable.
    case certificates
    /// The URL or a header is not valid.
    case request
    /// The content is not what the server announced.
    case damaged
    case cancelled
  }

  var kind: Kind
  var message: String

  init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  /// Whether another attempt may succeed.
  var isTransient: Bool {
    switch kind {
    case .connection, .interrupted, .timeLimit, .damaged: true
    case .certificates, .request, .cancelled: false
    }
  }

  /// Translates an error of the HTTP library.
  init(_ error: any Error) {
    switch error {
    case let failure as TransportFailure: self = failure
    case is CancellationError: self.init(.cancelled, "the task was cancelled")
    case let error as HTTPClientError: self.init(error)
    case let error as NIOConnectionError: self.init(error)
    case let error as NIOSSLError: self.init(error)
    case let error as BoringSSLError: self.init(.certificates, "\(error)")
    case is NIOSSLExtraError:
      self.init(.certificates, "the server's certificate is for another name")
    case let error as IOError:
      // Those of connecting: nothing was sent.
      let isEarly = [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EACCES].contains(error.errnoCode)
      self.init(isEarly ? .connection : .interrupted, systemReason(error.errnoCode))
    case let error as ChannelError: self.init(error)
    case is HTTPParserError:
      self.init(.interrupted, "the server's answer is incomplete, or not HTTP")
    default: self.init(.interrupted, "\(type(of: error)): \(error)")
    }
  }

  private init(_ error: HTTPClientError) {
    switch error {
    case .cancelled: self.init(.cancelled, "the task was cancelled")
    case .connectTimeout: self.init(.connection, "the server does not answer")
    case .tlsHandshakeTimeout: self.init(.connection, "the server does not answer with TLS")
    case .readTimeout: self.init(.timeLimit, "the server was silent for too long")
    case .writeTimeout: self.init(.timeLimit, "the server accepted nothing for too long")
    case .deadlineExceeded, .getConnectionFromPoolTimeout:
      self.init(.timeLimit, "the request took too long")
    case .remoteConnectionClosed:
      self.init(.interrupted, "the server closed the connection before its answer was complete")
    case .invalidURL, .emptyHost, .emptyScheme: self.init(.request, "the URL is not valid")
    case .bodyLengthMismatch: self.init(.request, "the file changed while it was sent")
    case .proxyAuthenticationRequired:
      self.init(.request, "the proxy demands a user and a password")
    case .invalidProxyResponse: self.init(.connection, "the proxy does not connect to the server")
    default: self.init(.interrupted, error.shortDescription)
    }
  }

  private init(_ error: NIOConnectionError) {
    if error.connectionErrors.isEmpty {
      self.init(.connection, "the host '\(error.host)' is not known")
      return
    }
    let reasons = error.connectionErrors.map { single in
      switch single.error {
      case let error as IOError: systemReason(error.errnoCode)
      case ChannelError.connectTimeout: "no answer"
      default: "\(single.error)"
      }
    }
    // The same address often is there twice.
    var seen: Set<String> = []
    let text = reasons.filter { seen.insert($0).inserted }.joined(separator: ", ")
    self.init(.connection, "\(error.host):\(error.port): \(text)")
  }

  private init(_ error: NIOSSLError) {
    switch error {
    case .handshakeFailed(let reason):
      let text = "\(reason)"
      if text.contains("CERTIFICATE_VERIFY_FAILED") {
        self.init(.certificates, "the server's certificate is not trusted")
      } else if text.contains("WRONG_VERSION_NUMBER") {
        self.init(.certificates, "the server does not speak TLS; is its URL one with http://?")
      } else {
        self.init(.certificates, "TLS with the server failed: \(text)")
      }
    case .uncleanShutdown:
      self.init(.interrupted, "the server closed the connection before its answer was complete")
    case .unableToValidateCertificate:
      self.init(.certificates, "the server's certificate is not trusted")
    default: self.init(.certificates, "TLS with the server failed: \(error)")
    }
  }

  private init(_ error: ChannelError) {
    switch error {
    case .connectTimeout: self.init(.connection, "the server does not answer")
    case .inputClosed, .eof, .ioOnClosedChannel, .alreadyClosed, .outputClosed:
      self.init(.interrupted, "the server closed the connection before its answer was complete")
    default: self.init(.interrupted, "\(error)")
    }
  }
}
