import Glibc
import JSONCore
import KernelTesting
import RealKernels
import SystemSupport
import Testing

/// A running `lyre ui`, and a client for it.
struct UIServer {
  static let token = "token-of-the-tests-0123456789"

  let command: RunningCommand
  let port: Int
  /// The path of the socket; nil for a port.
  var socket: String?

  /// An answer.
  struct Answer: CustomStringConvertible {
    var status: Int
    var headers: [String: String]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }
    /// The code of an error.
    var code: String? { json["error"]?["code"]?.string }
    var description: String { "\(status) \(text.prefix(2000))" }
  }

  /// Starts a server in a test's directory.
  static func start(_ lyre: Lyre, _ arguments: [String] = []) async throws -> UIServer {
    let command = try lyre.start(
      ["ui", "--token", token, "--state", "state"] + arguments, limit: .seconds(120))
    #expect(await command.hasPrinted("/?token="), "\(command.errorsSoFar)")
    let port = command.outputSoFar.split(separator: ":").dropFirst(2).first?.prefix {
      $0.isNumber
    }
    return UIServer(command: command, port: try #require(port.flatMap { Int($0) }))
  }

  /// Runs a test with a server, and ends it as Ctrl-C does.
  static func with(
    _ arguments: [String] = [], _ body: (Lyre, UIServer) async throws -> Void
  ) async throws {
    try await Lyre.with { lyre in
      let server = try await start(lyre, arguments)
      try await body(lyre, server)
      server.command.send(signal: SIGINT)
      #expect(await server.command.result().ending == .exited(0))
    }
  }

  // MARK: Requests

  /// The headers of a program of this user.
  var headers: [String: String] {
    socket == nil
      ? ["Host": "127.0.0.1:\(port)", "Authorization": "Bearer \(UIServer.token)"]
      : ["Host": "hub.example"]
  }

  /// Sends a request, and returns its answer.
  ///
  /// - Parameters:
  ///   - json: the content; with it, what a request that changes something needs.
  ///   - changes: headers to add, or to leave out.
  func send(
    _ method: String, _ target: String, _ json: JSONValue? = nil, _ changes: [String: String?] = [:]
  ) async throws -> Answer {
    let bytes = request(method, target, json, changes)
    let raw = try await exchange(bytes) { _ in false }
    return try Answer(raw)
  }

  /// Reads a stream of events until its text has a part, or it ends.
  ///
  /// - Parameter onPiece: called with the text so far, after each piece.
  func stream(
    _ target: String, until part: String, _ changes: [String: String?] = [:],
    onPiece: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws -> String {
    var all: [String: String?] = ["Accept": "text/event-stream"]
    all.merge(changes) { $1 }
    let raw = try await exchange(request("GET", target, nil, all)) { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      onPiece(text)
      return text.contains(part)
    }
    return String(decoding: raw, as: UTF8.self)
  }

  func request(
    _ method: String, _ target: String, _ json: JSONValue?, _ changes: [String: String?]
  ) -> [UInt8] {
    var all: [String: String?] = headers.mapValues { $0 }
    all["Connection"] = "close"
    let body = json.map { $0.serialized() } ?? []
    if json != nil {
      all["Content-Type"] = "application/json"
      all["X-Lyre"] = "1"
      all["Content-Length"] = "\(body.count)"
    }
    all.merge(changes) { $1 }
    let lines = all.compactMap { name, value in value.map { "\(name): \($0)\r\n" } }.sorted()
    return Array("\(method) \(target) HTTP/1.1\r\n\(lines.joined())\r\n".utf8) + body
  }

  /// Sends bytes, and reads until the server closes the connection or enough has come.
  func exchange(_ bytes: [UInt8], until isEnough: @escaping @Sendable ([UInt8]) -> Bool)
    async throws -> [UInt8]
  {
    let connection = try connect()
    return await onOwnThread { UIServer.exchange(connection, bytes, until: isEnough) }
  }

  /// The answer to a `GET`; the calling thread waits for it.
  func now(_ target: String) throws -> Answer {
    try Answer(
      UIServer.exchange(try connect(), request("GET", target, nil, [:])) { _ in false })
  }

  private static func exchange(
    _ connection: Int32, _ bytes: [UInt8], until isEnough: ([UInt8]) -> Bool
  ) -> [UInt8] {
    defer { close(connection) }
    // The server may close the connection before it has read everything.
    try? writeAll(connection, bytes[...])
    var received: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while !isEnough(received) {
      let count = read(connection, &chunk, chunk.count)
      if count <= 0 { break }
      received += chunk[..<count]
    }
    return received
  }

  /// Opens a connection.
  func connect() throws -> Int32 {
    let kind = Int32(SOCK_STREAM.rawValue) | O_CLOEXEC
    let result: Int32
    let descriptor: Int32
    if let socket {
      descriptor = Glibc.socket(AF_UNIX, kind, 0)
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: socket.utf8) }
      result = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
    } else {
      descriptor = Glibc.socket(AF_INET, kind, 0)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = UInt16(port).bigEndian
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      result = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
    }
    try #require(descriptor >= 0 && result == 0, "\(systemReason(errno))")
    return descriptor
  }
}

extension UIServer.Answer {
  /// Parses the bytes of a connection.
  fileprivate init(_ raw: [UInt8]) throws {
    let end = raw.indices.first { raw[$0...].starts(with: Array("\r\n\r\n".utf8)) }
    let bodyStart = try #require(end, "no answer: \(String(decoding: raw, as: UTF8.self))")
    let head = String(decoding: raw[..<bodyStart], as: UTF8.self)
    let lines = head.split(separator: "\r\n")
    status = Int(lines.first?.split(separator: " ").dropFirst().first ?? "") ?? 0
    headers = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      headers[parts[0].lowercased()] = parts.last.map { String($0.drop { $0 == " " }) }
    }
    body = Array(raw[(bodyStart + 4)...])
    if headers["transfer-encoding"] == "chunked" { body = UIServer.Answer.joined(body) }
  }

  /// The content of chunks.
  private static func joined(_ chunks: [UInt8]) -> [UInt8] {
    var rest = chunks[...]
    var result: [UInt8] = []
    while let end = rest.firstIndex(of: 0x0D),
      let size = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16), size > 0
    {
      rest = rest[(end + 2)...]
      result += rest.prefix(size)
      rest = rest.dropFirst(size + 2)
    }
    return result
  }
}
