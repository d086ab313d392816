import Glibc
import Synchronization
import ZeroMQ

/// What a socket has received, for a test to wait for.
final class Inbox: Sendable {
  private let continuation: AsyncStream<[[[UInt8]]]>.Continuation
  private let stream: AsyncStream<[[[UInt8]]]>

  init() {
    (stream, continuation) = AsyncStream.makeStream()
  }

  /// To be a socket's handler.
  func put(_ messages: [ReceivedMessage]) {
    continuation.yield(messages.map(\.bytes))
  }

  /// The next messages, at least so many; the test's time limit bounds the wait.
  func next(_ count: Int = 1) async -> [[[UInt8]]] {
    var messages: [[[UInt8]]] = []
    for await batch in stream {
      messages += batch
      if messages.count >= count { break }
    }
    return messages
  }
}

/// What a socket tells of its connections, for a test to wait for.
final class Events: Sendable {
  private let continuation: AsyncStream<MonitorEvent>.Continuation
  private let stream: AsyncStream<MonitorEvent>

  init() {
    (stream, continuation) = AsyncStream.makeStream()
  }

  func put(_ event: MonitorEvent) { continuation.yield(event) }

  /// Waits until something happens.
  func wait(for kind: MonitorEvent.Kind) async -> MonitorEvent? {
    for await event in stream where event.kind == kind { return event }
    return nil
  }
}

/// Two threads of sockets, as of two processes, ended when the test ends.
struct Threads {
  let kernel: IOThread
  let client: IOThread

  private init() throws {
    kernel = try IOThread()
    client = try IOThread()
  }

  static func with(_ body: (Threads) async throws -> Void) async throws {
    let threads = try Threads()
    defer {
      threads.client.stopAndWait()
      threads.kernel.stopAndWait()
    }
    try await body(threads)
  }
}

extension [UInt8] {
  init(text: String) { self = Array(text.utf8) }
}

extension Frame {
  convenience init(text: String) { self.init(Array(text.utf8)) }
}

/// The ways to reach a kernel.
enum Transport: String, CaseIterable, Sendable {
  case tcp
  case ipc

  /// An address that nobody else has.
  func endpoint(in directory: String) -> String {
    switch self {
    case .tcp: "tcp://127.0.0.1:*"
    case .ipc: "ipc://\(directory)/socket"
    }
  }
}
