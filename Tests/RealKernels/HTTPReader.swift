import Glibc

/// Reads requests and answers from a connection, for ``TestServer``.
struct HTTPReader {
  private let connection: Int32
  private var buffer: [UInt8] = []

  init(_ connection: Int32) { self.connection = connection }

  /// The next request without its body; nil when the connection ends.
  mutating func head() -> TestServer.Request? {
    guard let (first, headers) = lines(), first.count >= 2 else { return nil }
    return TestServer.Request(method: first[0], target: first[1], headers: headers, body: [])
  }

  /// Reads the body of a request; false if it is not complete.
  mutating func readBody(of request: inout TestServer.Request) -> Bool {
    if request["expect"]?.lowercased() == "100-continue" {
      let go = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
      _ = go.withUnsafeBytes {
        send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
    }
    guard let body = body(request.headers, untilEnd: false) else { return false }
    request.body = body
    return true
  }

  /// The answer of a server; nil if it is not complete.
  mutating func reply(toHead: Bool) -> TestServer.Reply? {
    while let (first, headers) = lines(), first.count >= 2, let status = Int(first[1]) {
      if status == 100 { continue }
      var reply = TestServer.Reply(status)
      reply.headers = headers.filter {
        !["connection", "transfer-encoding"].contains($0.name)
          && (toHead || $0.name != "content-length")
      }
      if toHead || status == 204 || status == 304 { return reply }
      guard let body = body(headers, untilEnd: true) else { return nil }
      reply.body = body
      return reply
    }
    return nil
  }

  /// Waits until the other side ends the connection, or this server does.
  mutating func waitForEnd() { while fill() {} }

  /// The words of the first line, and the headers.
  private mutating func lines() -> (first: [String], headers: [(name: String, value: String)])? {
    let end: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]
    while true {
      if let range = buffer.firstRange(of: end) {
        let text = String(decoding: buffer[..<range.lowerBound], as: UTF8.self)
        buffer.removeSubrange(..<range.upperBound)
        let lines = text.split(separator: "\r\n")
        let headers = lines.dropFirst().map { line -> (name: String, value: String) in
          let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
          let value = parts.count > 1 ? parts[1].drop { $0 == " " } : ""
          return (parts[0].lowercased(), String(value))
        }
        return (lines.first?.split(separator: " ").map(String.init) ?? [], headers)
      }
      guard fill() else { return nil }
    }
  }

  private mutating func body(_ headers: [(name: String, value: String)], untilEnd: Bool) -> [UInt8]?
  {
    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
    if header("transfer-encoding")?.lowercased() == "chunked" { return chunks() }
    guard let length = header("content-length").map({ Int($0) ?? -1 }) else {
      guard untilEnd else { return [] }
      waitForEnd()
      return buffer
    }
    return take(length)
  }

  private mutating func take(_ count: Int) -> [UInt8]? {
    guard count >= 0 else { return nil }
    while buffer.count < count { guard fill() else { return nil } }
    defer { buffer.removeSubrange(..<count) }
    return Array(buffer[..<count])
  }

  private mutating func chunks() -> [UInt8]? {
    var bytes: [UInt8] = []
    while true {
      guard let line = line(), let count = Int(line.prefix { $0 != ";" }, radix: 16) else {
        return nil
      }
      guard let chunk = take(count), take(2) != nil else { return nil }
      if count == 0 { return bytes }
      bytes += chunk
    }
  }

  private mutating func line() -> String? {
    while true {
      if let range = buffer.firstRange(of: [0x0D, 0x0A]) {
        defer { buffer.removeSubrange(..<range.upperBound) }
        return String(decoding: buffer[..<range.lowerBound], as: UTF8.self)
      }
      guard fill() else { return nil }
    }
  }

  /// Reads more bytes; false at the end.
  private mutating func fill() -> Bool {
    let piece = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
      count = max(0, recv(connection, buffer.baseAddress, buffer.count, 0))
    }
    buffer += piece
    return !piece.isEmpty
  }
}
