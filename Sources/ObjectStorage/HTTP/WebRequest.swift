import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// A request as it is sent.
struct WebRequest: Sendable {
  /// What is sent with it.
  enum Body: Sendable {
    case none
    case bytes([UInt8])
    /// A part of a file, read while it is sent.
    case file(FilePart)
    /// The same with bytes before and behind it.
    case framed([UInt8], FilePart, [UInt8])

    /// Its size in bytes.
    var count: Int {
      switch self {
      case .none: 0
      case .bytes(let bytes): bytes.count
      case .file(let part): part.range.count
      case .framed(let head, let part, let tail): head.count + part.range.count + tail.count
      }
    }
  }

  var method: String
  var url: String
  var headers: [(name: String, value: String)] = []
  var body = Body.none

  /// The request of the HTTP library.
  var forClient: HTTPClientRequest {
    var request = HTTPClientRequest(url: url)
    request.method = HTTPMethod(rawValue: method)
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    switch body {
    case .none: break
    case .bytes(let bytes): request.body = .bytes(ByteBuffer(bytes: bytes))
    case .file(let part): request.body = .stream(part, length: .known(Int64(body.count)))
    case .framed(let head, let part, let tail):
      let framed = FramedPart(head: head, part: part, tail: tail)
      request.body = .stream(framed, length: .known(Int64(body.count)))
    }
    return request
  }
}

/// The head of an answer, and its body as it comes.
struct WebAnswer: Sendable {
  let status: Int
  let headers: HTTPHeaders
  private let body: HTTPClientResponse.Body

  init(_ response: HTTPClientResponse) {
    status = Int(response.status.code)
    headers = response.headers
    body = response.body
  }

  /// The first value of a header.
  subscript(name: String) -> String? { headers.first(name: name) }

  /// The announced size of the body.
  var length: Int? { self["content-length"].flatMap { Int($0) } }

  /// Whether the request did what it was to do.
  var isSuccess: Bool { (200..<300).contains(status) }

  /// Reads the body piece by piece, until the end or until `use` returns false.
  func forEach(_ use: (ByteBuffer) throws -> Bool) async throws {
    var iterator = body.makeAsyncIterator()
    while true {
      let piece: ByteBuffer?
      do {
        piece = try await iterator.next()
      } catch {
        throw TransportFailure(error)
      }
      guard let piece, try use(piece) else { return }
    }
  }

  /// Reads the body into memory.
  ///
  /// - Throws: ``TransportFailure`` if it has more than `maximum` bytes.
  func bytes(maximum: Int) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    try await forEach { piece in
      guard bytes.count + piece.readableBytes <= maximum else {
        throw TransportFailure(.request, "the answer has more than \(maximum) bytes")
      }
      bytes.append(contentsOf: piece.readableBytesView)
      return true
    }
    return bytes
  }
}
