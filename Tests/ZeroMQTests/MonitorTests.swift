import KernelTesting
import Testing
import ZeroMQ

@Suite("Events of connections", .timeLimit(.minutes(1)))
struct MonitorTests {
  @Test("connects and disconnects are reported", arguments: Transport.allCases)
  func connection(transport: Transport) async throws {
    try await TemporaryDirectory.with { directory in
      try await Threads.with { threads in
        let listening = Events()
        let router = try Socket(.router, on: threads.kernel) { _ in }
        try router.monitor { listening.put($0) }
        let endpoint = try router.bind(to: transport.endpoint(in: directory.path))
        #expect(await listening.wait(for: .listening)?.endpoint == endpoint)

        let events = Events()
        let dealer = try Socket(.dealer, on: threads.client) { _ in }
        try dealer.monitor { events.put($0) }
        try dealer.connect(to: endpoint)
        #expect(await events.wait(for: .connected) != nil)
        #expect(await events.wait(for: .handshakeSucceeded) != nil)
        router.close()
        #expect(await events.wait(for: .disconnected) != nil)
      }
    }
  }

  @Test("a failed bind is reported")
  func failedBind() async throws {
    try await Threads.with { threads in
      let first = try Socket(.router, on: threads.kernel) { _ in }
      let endpoint = try first.bind(to: "tcp://127.0.0.1:*")
      let events = Events()
      let second = try Socket(.router, on: threads.kernel) { _ in }
      try second.monitor { events.put($0) }
      #expect(throws: ZeroMQError.self) { try second.bind(to: endpoint) }
      #expect(await events.wait(for: .bindFailed) != nil)
    }
  }

  @Test("a second monitor is rejected and does not affect the first")
  func secondMonitor() async throws {
    try await Threads.with { threads in
      let socket = try Socket(.dealer, on: threads.client) { _ in }
      try socket.monitor { _ in }
      #expect(throws: ZeroMQError.self) { try socket.monitor { _ in } }
    }
  }

  @Test(
    "the end of a connection is reported after all its messages",
    arguments: Transport.allCases)
  func endAfterContent(transport: Transport) async throws {
    let count = 50_000
    try await TemporaryDirectory.with { directory in
      try await Threads.with { threads in
        let (news, continuation) = AsyncStream<Int?>.makeStream()
        let subscriptions = Inbox()
        var lingering = SocketOptions()
        lingering.linger = .seconds(30)
        let publisher = try Socket(.xpub, options: lingering, on: threads.kernel) {
          subscriptions.put($0)
        }
        let endpoint = try publisher.bind(to: transport.endpoint(in: directory.path))
        var options = SocketOptions()
        options.subscriptions = [[]]
        let subscriber = try Socket(.sub, options: options, on: threads.client) {
          continuation.yield($0.count)
        }
        try subscriber.monitor { if $0.kind == .disconnected { continuation.yield(nil) } }
        try subscriber.connect(to: endpoint)
        #expect(await subscriptions.next().count == 1)
        publisher.send(messages: (0..<count).map { [Frame(text: "output \($0)")] })
        publisher.close()

        var received = 0
        for await item in news {
          guard let item else { break }
          received += item
        }
        #expect(received == count)
      }
    }
  }
}
