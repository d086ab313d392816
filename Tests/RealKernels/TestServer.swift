import Glibc
import Synchronization
import SystemSupport

/// An HTTP server of a test, on a free port of this machine: it answers as the test says, also in ways in which no
/// good server would, and can pass requests on to a real one.
package final class TestServer: Sendable {
  /// A request as it came.
  package struct Request: Sendable {
    /// Such as `GET`.
    package var method: String
    /// The path and the query as they were sent.
    package var target: String
    /// The headers with names in lower case.
    package var headers: [(name: String, value: String)]
    /// The body.
    package var body: [UInt8]

    /// The first value of a header.
    package subscript(name: String) -> String? { headers.first { $0.name == name }?.value }
  }

  /// What a request gets.
  package enum Answer: Sendable {
    /// An answer.
    case reply(Reply)
    /// An answer with so many bytes of its body only, after which the connection ends.
    case cut(Reply, after: Int)
    /// An answer with so many bytes of its body only, after which nothing comes.
    case stall(Reply, after: Int)
    /// These bytes, whatever they are, after which the connection ends.
    case raw(String)
    /// No answer: the connection ends.
    case close
    /// No answer, and nothing else.
    case silence
    /// The answer of the server at this port.
    case pass(port: UInt16)
    /// The same with so many bytes of its body only, after which the connection ends.
    case passCut(port: UInt16, after: Int)
    /// The request goes to the server at this port, and its answer is lost: the connection ends.
    case passLost(port: UInt16)
  }

  /// An answer.
  package struct Reply: Sendable {
    /// Such as 200.
    package var status: Int
    /// The headers, without the length of the body.
    package var headers: [(name: String, value: String)]
    /// The body.
    package var body: [UInt8]

    /// Creates an answer.
    package init(_ status: Int, _ body: String = "", _ headers: [(String, String)] = []) {
      self.init(status, bytes: Array(body.utf8), headers)
    }

    /// Creates an answer.
    package init(_ status: Int, bytes: [UInt8], _ headers: [(String, String)] = []) {
      self.status = status
      self.headers = headers.map { ($0.0, $0.1) }
      self.body = bytes
    }
  }

  /// Decides what the request with a number, from 0, gets.
  package typealias Handler = @Sendable (Request, Int) -> Answer
  /// Decides from the head of a request whether it is answered before its body has come; the connection ends then.
  package typealias EarlyHandler = @Sendable (Request) -> Answer?

  private struct State {
    var requests: [Request] = []
    var connections: Set<Int32> = []
    var running = 0
    var isStopped = false
  }

  /// Its port.
  package let port: UInt16
  private let listener: Int32
  private let handler: Handler
  private let early: EarlyHandler
  private let state = Mutex(State())

  private init(_ handler: @escaping Handler, _ early: @escaping EarlyHandler) throws(SystemError) {
    self.handler = handler
    self.early = early
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard let port = TestServer.listen(listener) else { throw SystemError() }
    self.port = port
  }

  /// Binds a socket to a free port, and returns the port; nil if that fails.
  private static func listen(_ listener: Int32) -> UInt16? {
    var address = address(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    return withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer -> UInt16? in
        guard bind(listener, pointer, length) == 0, Glibc.listen(listener, 64) == 0,
          getsockname(listener, pointer, &length) == 0
        else { return nil }
        return UnsafeRawPointer(pointer).loadUnaligned(as: sockaddr_in.self).sin_port.byteSwapped
      }
    }
  }

  /// Runs a test with a server, which ends with it.
  package static func with<R>(
    _ handler: @escaping Handler, early: @escaping EarlyHandler = { _ in nil },
    run body: (TestServer) async throws -> R
  ) async throws -> R {
    let server = try TestServer(handler, early)
    try startThread { server.accept() }
    defer { server.stop() }
    return try await body(server)
  }

  /// Its URL, without a path.
  package var url: String { "http://127.0.0.1:\(port)" }

  /// The requests so far.
  package var requests: [Request] { state.withLock { $0.requests } }

  private func stop() {
    let connections = state.withLock { state in
      state.isStopped = true
      return state.connections
    }
    shutdown(listener, Int32(SHUT_RDWR))
    for connection in connections { shutdown(connection, Int32(SHUT_RDWR)) }
  }

  private func accept() {
    while true {
      let connection = Glibc.accept(listener, nil, nil)
      guard connection >= 0 else { break }
      // A program that a test starts would keep the connection open.
      _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
      let isOpen = state.withLock { state in
        if !state.isStopped { state.connections.insert(connection) }
        return !state.isStopped
      }
      guard isOpen, (try? startThread { self.serve(connection) }) != nil else {
        close(connection)
        break
      }
    }
    close(listener)
  }

  private func serve(_ connection: Int32) {
    var reader = HTTPReader(connection)
    while var request = reader.head(), serve(&request, connection, &reader) {}
    state.withLock { _ = $0.connections.remove(connection) }
    close(connection)
  }

  /// Answers a request.
  ///
  /// - Returns: whether the connection goes on.
  private func serve(
    _ request: inout Request, _ connection: Int32, _ reader: inout HTTPReader
  ) -> Bool {
    if let answer = early(request) {
      _ = state.withLock { note(request, &$0) }
      _ = give(answer, request, connection, &reader)
      return false
    }
    guard reader.readBody(of: &request) else { return false }
    let whole = request
    let number = state.withLock { note(whole, &$0) }
    return give(handler(request, number), request, connection, &reader)
  }

  private func note(_ request: Request, _ state: inout State) -> Int {
    state.requests.append(request)
    return state.requests.count - 1
  }

  private func give(
    _ answer: Answer, _ request: Request, _ connection: Int32, _ reader: inout HTTPReader
  ) -> Bool {
    switch answer {
    case .reply(let reply): return send(reply, to: request, connection, nil)
    case .cut(let reply, let count):
      _ = send(reply, to: request, connection, count)
      return false
    case .stall(let reply, let count):
      _ = send(reply, to: request, connection, count)
      reader.waitForEnd()
      return false
    case .raw(let text):
      _ = TestServer.write(Array(text.utf8), to: connection)
      return false
    case .close: return false
    case .silence:
      reader.waitForEnd()
      return false
    case .pass(let port):
      guard let reply = TestServer.pass(request, to: port) else { return false }
      return send(reply, to: request, connection, nil)
    case .passCut(let port, let count):
      if let reply = TestServer.pass(request, to: port) {
        _ = send(reply, to: request, connection, count)
      }
      return false
    case .passLost(let port):
      _ = TestServer.pass(request, to: port)
      return false
    }
  }

  private func send(_ reply: Reply, to request: Request, _ connection: Int32, _ count: Int?) -> Bool
  {
    var text = "HTTP/1.1 \(reply.status) X\r\n"
    for (name, value) in reply.headers { text += "\(name): \(value)\r\n" }
    // The answer to HEAD has the length of that to GET, and no body.
    let hasLength = reply.headers.contains { $0.name.lowercased() == "content-length" }
    if !hasLength, reply.status != 204, reply.status != 304 {
      text += "content-length: \(reply.body.count)\r\n"
    }
    let body = request.method == "HEAD" ? [] : reply.body.prefix(count ?? reply.body.count)
    return TestServer.write(Array((text + "\r\n").utf8) + body, to: connection)
  }

  /// Sends a request to a server, and returns its answer.
  private static func pass(_ request: Request, to port: UInt16) -> Reply? {
    let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    defer { close(connection) }
    var address = address(port)
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { return nil }
    var text = "\(request.method) \(request.target) HTTP/1.1\r\nconnection: close\r\n"
    for (name, value) in request.headers where name != "connection" {
      text += "\(name): \(value)\r\n"
    }
    guard write(Array((text + "\r\n").utf8) + request.body, to: connection) else { return nil }
    var reader = HTTPReader(connection)
    return reader.reply(toHead: request.method == "HEAD")
  }

  private static func write(_ bytes: [UInt8], to connection: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  private static func address(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.byteSwapped
    address.sin_addr.s_addr = UInt32(0x7F00_0001).byteSwapped
    return address
  }
}
