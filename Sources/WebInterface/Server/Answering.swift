import HTTPTypes
import HummingbirdCore
import NIOCore
import Synchronization
import SystemSupport

/// Answers the requests of connections with a site, within the limits.
final class Answering: Sendable {
  /// The site, once the server listens.
  final class SiteBox: Sendable {
    private let site = Mutex<(any WebServer.Site)?>(nil)

    func store(_ new: any WebServer.Site) { site.withLock { $0 = new } }

    var value: (any WebServer.Site)? { site.withLock { $0 } }
  }

  let site = SiteBox()
  private let limits: WebLimits
  private let slots: StreamSlots

  init(_ limits: WebLimits) {
    self.limits = limits
    slots = StreamSlots(limits.streams)
  }

  /// Answers a request.
  @concurrent func respond(_ request: Request, _ writer: consuming ResponseWriter) async throws {
    let response = await response(to: request)
    var head = HTTPResponse(status: .init(code: response.status))
    for (name, value) in response.headers + SecurityHeaders.common {
      if let name = HTTPField.Name(name) {
        head.headerFields.append(.init(name: name, value: value))
      }
    }
    let isHead = request.method == .head
    switch response.body {
    case .bytes(let bytes):
      head.headerFields[.contentLength] = "\(bytes.count)"
      // Programs without the token do not get to keep a connection.
      let closes = response.status == 403
      if closes { head.headerFields[.connection] = "close" }
      let body = isHead ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
      try await writer.write(response: head, body: body)
      if closes { throw CancellationError() }
    case .pieces(let write):
      let body = try await writer.writeHead(head)
      if !isHead { try await write(BodySink(writer: body)) }
      try await body.finish(nil)
    case .events(let write):
      let slot = slots.take()
      defer { slots.leave(slot) }
      let body = try await writer.writeHead(head)
      if !isHead {
        // Ends at once when the other side leaves, although nothing may be written for a long time.
        let sink = BodySink(writer: body)
        try await request.body.consumeWithCancellationOnInboundClose { _ in
          try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await write(sink) }
            group.addTask { await slot.untilTaken() }
            try await group.next()
            group.cancelAll()
          }
        }
      }
      try await body.finish(nil)
    }
  }

  private func response(to request: Request) async -> WebResponse {
    do throws(WebError) {
      guard let site = site.value else {
        throw WebError(503, "starting", "the server is starting")
      }
      var own = try WebRequest(
        method: request.method.rawValue, target: request.head.path ?? "",
        headers: request.headers.map { ($0.name.rawName, $0.value) }
          + (request.head.authority.map { [("host", $0)] } ?? []))
      if let refusal = site.refusal(of: own) { return refusal }
      own.body = try await content(request)
      return await site.answer(own)
    } catch {
      return error.response
    }
  }

  /// The content of a request.
  private func content(_ request: Request) async throws(WebError) -> [UInt8] {
    guard request.method != .get, request.method != .head else { return [] }
    let limit = limits.bodyBytes
    let tooLarge = WebError(413, "too_large", "the content is larger than \(limit >> 20) MiB")
    if let length = request.headers[.contentLength], Int(length) ?? .max > limit { throw tooLarge }
    let (body, seconds) = (request.body, limits.bodySeconds)
    let content = try await unless(
      { try? await Task.sleep(for: .seconds(seconds)) },
      { () async throws(WebError) in
        do {
          return Array(buffer: try await body.collect(upTo: limit))
        } catch is NIOTooManyBytesError {
          throw tooLarge
        } catch {
          throw WebError.invalid("the content of the request did not arrive completely")
        }
      })
    guard let content else {
      throw WebError(408, "too_slow", "the content did not arrive within \(seconds) seconds")
    }
    return content
  }
}

/// Writes the content of an answer.
private struct BodySink: ByteSink, @unchecked Sendable {
  /// A value with the connection's writer, which can be used by one task at a time.
  let writer: any ResponseBodyWriter

  @concurrent func write(_ bytes: [UInt8]) async throws {
    try Task.checkCancellation()
    var writer = writer
    try await writer.write(ByteBuffer(bytes: bytes))
  }
}
