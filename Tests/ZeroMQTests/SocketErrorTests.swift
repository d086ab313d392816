import KernelTesting
import Testing
import ZeroMQ

@Suite("Errors of sockets", .timeLimit(.minutes(1)))
struct SocketErrorTests {
  @Test("a port in use is a distinct error, with the address")
  func portTaken() async throws {
    try await Threads.with { threads in
      let first = try Socket(.router, on: threads.kernel) { _ in }
      let endpoint = try first.bind(to: "tcp://127.0.0.1:*")
      let second = try Socket(.router, on: threads.client) { _ in }
      let error = #expect(throws: ZeroMQError.self) { try second.bind(to: endpoint) }
      #expect(error?.code == .addressInUse)
      #expect(error?.endpoint == endpoint)
      #expect(error?.description == "zmq_bind \(endpoint) failed: Address already in use")
    }
  }

  @Test(
    "invalid addresses are rejected at once",
    arguments: ["", "127.0.0.1:1234", "tcp://", "carrier-pigeon://x"])
  func malformedAddress(endpoint: String) async throws {
    try await Threads.with { threads in
      let socket = try Socket(.dealer, on: threads.client) { _ in }
      let error = #expect(throws: ZeroMQError.self) { try socket.connect(to: endpoint) }
      #expect(error?.code == .invalidAddress)
      #expect(error?.function == "zmq_connect")
    }
  }

  @Test("a path that is too long for a Unix socket is rejected with both lengths")
  func longPath() async throws {
    try await Threads.with { threads in
      let socket = try Socket(.dealer, on: threads.client) { _ in }
      try socket.connect(to: "ipc:///" + String(repeating: "x", count: 106))
      let endpoint = "ipc:///" + String(repeating: "x", count: 107)
      let error = #expect(throws: ZeroMQError.self) { try socket.connect(to: endpoint) }
      #expect(error?.code == .invalidAddress)
      #expect(error?.description.contains("108 bytes") == true)
      #expect(error?.description.contains("107") == true)
      #expect(throws: ZeroMQError.self) { try socket.bind(to: endpoint) }
    }
  }

  @Test("a Unix socket in a directory that does not exist")
  func missingDirectory() async throws {
    try await TemporaryDirectory.with { directory in
      try await Threads.with { threads in
        let socket = try Socket(.router, on: threads.kernel) { _ in }
        let error = #expect(throws: ZeroMQError.self) {
          try socket.bind(to: "ipc://\(directory.path("missing/socket"))")
        }
        #expect(error?.code == .permissionDenied)
      }
    }
  }

  @Test("an option that libzmq rejects is named")
  func refusedOption() async throws {
    try await Threads.with { threads in
      var options = SocketOptions()
      options.routingID = []
      let error = #expect(throws: ZeroMQError.self) {
        try Socket(.dealer, options: options, on: threads.client) { _ in }
      }
      #expect(error?.function == "zmq_setsockopt ROUTING_ID")
      options = SocketOptions()
      options.curve = CurveKeys(serverKey: "short", publicKey: "short", secretKey: "short")
      let curve = #expect(throws: ZeroMQError.self) {
        try Socket(.dealer, options: options, on: threads.client) { _ in }
      }
      #expect(curve?.function == "zmq_setsockopt CURVE_PUBLICKEY")
    }
  }

  @Test("a reply to a missing peer is reported if requested")
  func unreachablePeer() async throws {
    try await Threads.with { threads in
      let (failures, continuation) = AsyncStream<ZeroMQError>.makeStream()
      var options = SocketOptions()
      options.reportsUnreachablePeers = true
      let router = try Socket(
        .router, options: options, on: threads.kernel,
        onSendFailure: { continuation.yield($0) }, onReceive: { _ in })
      try router.bind(to: "tcp://127.0.0.1:*")
      router.send([Frame([1]), Frame(text: "nobody")])
      let failure = await failures.first { _ in true }
      #expect(failure?.code == .unreachable)
    }
  }

  @Test("an unsolicited reply is dropped and reported, and the socket continues")
  func replyOutOfTurn() async throws {
    try await Threads.with { threads in
      let (failures, continuation) = AsyncStream<ZeroMQError>.makeStream()
      let beats = Inbox()
      let heart = try Socket(
        .rep, on: threads.kernel, onSendFailure: { continuation.yield($0) },
        onReceive: { beats.put($0) })
      let endpoint = try heart.bind(to: "tcp://127.0.0.1:*")
      heart.send([Frame(text: "unasked")])
      #expect(await failures.first { _ in true } != nil)
      let echoes = Inbox()
      let monitor = try Socket(.req, on: threads.client) { echoes.put($0) }
      try monitor.connect(to: endpoint)
      monitor.send([Frame(text: "ping")])
      #expect(await beats.next().count == 1)
      heart.send([Frame(text: "ping")])
      #expect(await echoes.next() == [[[UInt8](text: "ping")]])
    }
  }
}
