import Glibc
import Synchronization
import ZeroMQ

/// The messages that a socket has received, for a test to wait for.
final class Inbox: Sendable {
  private let continuation: AsyncStream<[[[UInt8]]]>.Continuation
  private let stream: AsyncStream<[[[UInt8]]]>

  init() {
    (stream, continuation) = AsyncStream.makeStream()
  }

  /// Use it as a socket's handler.
  func put(_ messages: [ReceivedMessage]) {
    continuation.yield(messages.map(\.bytes))
  }

  /// The next messages, at least this many; the test's time limit bounds the wait.
  func next(_ count: Int = 1) async -> [[[UInt8]]] {
    var messages: [[[UInt8]]] = []
    for await batch in stream {
      messages += batch
      if messages.count >= count { break }
    }
    return messages
  }
}

/// The events of a socket's connections, for a test to wait for.
final class Events: Sendable {
  private let continuation: AsyncStream<MonitorEvent>.Continuation
  private let stream: AsyncStream<MonitorEvent>

  init() {
    (stream, continuation) = AsyncStream.makeStream()
  }

  func put(_ event: MonitorEvent) { continuation.yield(event) }

  /// Waits until an event arrives.
  func wait(for kind: MonitorEvent.Kind) async -> MonitorEvent? {
    for await event in stream where event.kind == kind { return event }
    return nil
  }
}

/// Two I/O threads, as in two processes, which end with the test.
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

  /// An unused address.
  func endpoint(in directory: String) -> String {
    switch self {
    case .tcp: "tcp://127.0.0.1:*"
    case .ipc: "ipc://\(directory)/socket"
    }
  }
}
