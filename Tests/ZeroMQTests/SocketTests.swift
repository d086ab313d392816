import KernelTesting
import Synchronization
import Testing
import ZeroMQ

@Suite("Sockets", .timeLimit(.minutes(2)))
struct SocketTests {
  @Test(
    "a request reaches a ROUTER with its sender's identity, and the reply returns to the sender",
    arguments: Transport.allCases)
  func routing(transport: Transport) async throws {
    try await TemporaryDirectory.with { directory in
      try await Threads.with { threads in
        let requests = Inbox()
        let replies = Inbox()
        let router = try Socket(.router, on: threads.kernel) { requests.put($0) }
        let endpoint = try router.bind(to: transport.endpoint(in: directory.path))
        var options = SocketOptions()
        options.routingID = [1, 2, 3]
        let dealer = try Socket(.dealer, options: options, on: threads.client) { replies.put($0) }
        try dealer.connect(to: endpoint)

        let large = [UInt8](repeating: 7, count: 5_000_000)
        dealer.send([Frame(text: "a"), Frame([UInt8]()), Frame(large)])
        let request = await requests.next()
        #expect(request == [[[1, 2, 3], [UInt8](text: "a"), [], large]])

        router.send([Frame([1, 2, 3]), Frame(text: "answer")])
        #expect(await replies.next() == [[[UInt8](text: "answer")]])
      }
    }
  }

  @Test("messages sent before the peer exists arrive once it does", arguments: Transport.allCases)
  func connectFirst(transport: Transport) async throws {
    try await TemporaryDirectory.with { directory in
      try await Threads.with { threads in
        let requests = Inbox()
        // A free port: one that was just released.
        let endpoint: String
        do {
          let other = try IOThread()
          let socket = try Socket(.router, on: other) { _ in }
          endpoint = try socket.bind(to: transport.endpoint(in: directory.path))
          other.stopAndWait()
        }
        let events = Events()
        let dealer = try Socket(.dealer, on: threads.client) { _ in }
        try dealer.monitor { events.put($0) }
        try dealer.connect(to: endpoint)
        dealer.send([Frame(text: "early")])
        #expect(await events.wait(for: .connecting) != nil)

        let router = try Socket(.router, on: threads.kernel) { requests.put($0) }
        try router.bind(to: endpoint)
        #expect(await requests.next().first?.last == [UInt8](text: "early"))
      }
    }
  }

  @Test("messages from several threads each keep their order")
  func orderOfSends() async throws {
    try await Threads.with { threads in
      let requests = Inbox()
      let router = try Socket(.router, on: threads.kernel) { requests.put($0) }
      let endpoint = try router.bind(to: "tcp://127.0.0.1:*")
      let dealer = try Socket(.dealer, on: threads.client) { _ in }
      try dealer.connect(to: endpoint)
      await withTaskGroup(of: Void.self) { group in
        for sender in UInt8(0)..<4 {
          group.addTask {
            for number in UInt16(0)..<2000 {
              dealer.send([Frame([sender, UInt8(number >> 8), UInt8(number & 0xFF)])])
            }
          }
        }
      }
      var numbers: [UInt8: [UInt16]] = [:]
      for message in await requests.next(8000) {
        let frame = try #require(message.last)
        numbers[frame[0], default: []].append(UInt16(frame[1]) << 8 | UInt16(frame[2]))
      }
      #expect(numbers.count == 4)
      for received in numbers.values { #expect(received == Array(0..<2000)) }
    }
  }

  @Test("a heartbeat is sent even if the last one was not echoed")
  func relaxedRequests() async throws {
    try await Threads.with { threads in
      let beats = Inbox()
      let echoes = Inbox()
      let heart = try Socket(.rep, on: threads.kernel) { beats.put($0) }
      let endpoint = try heart.bind(to: "tcp://127.0.0.1:*")
      let monitor = try Socket(.req, on: threads.client) { echoes.put($0) }
      try monitor.connect(to: endpoint)
      monitor.send([Frame(text: "one")])
      #expect(await beats.next() == [[[UInt8](text: "one")]])
      monitor.send([Frame(text: "two")])
      // The echo of the first arrives late, and must not count as that of the second.
      heart.send([Frame(text: "one")])
      #expect(await beats.next() == [[[UInt8](text: "two")]])
      heart.send([Frame(text: "two")])
      #expect(await echoes.next() == [[[UInt8](text: "two")]])
    }
  }

  @Test("an XPUB receives each subscription, including repeated ones")
  func subscriptions() async throws {
    try await Threads.with { threads in
      let subscriptions = Inbox()
      let received = Inbox()
      var options = SocketOptions()
      options.passesEverySubscription = true
      let publisher = try Socket(.xpub, options: options, on: threads.kernel) {
        subscriptions.put($0)
      }
      let endpoint = try publisher.bind(to: "tcp://127.0.0.1:*")
      var all = SocketOptions()
      all.subscriptions = [[]]
      let first = try Socket(.sub, options: all, on: threads.client) { received.put($0) }
      try first.connect(to: endpoint)
      #expect(await subscriptions.next() == [[[1]]])
      let second = try Socket(.sub, options: all, on: threads.client) { _ in }
      try second.connect(to: endpoint)
      #expect(await subscriptions.next() == [[[1]]])

      publisher.send([Frame(text: "topic"), Frame(text: "content")])
      #expect(await received.next() == [[[UInt8](text: "topic"), [UInt8](text: "content")]])
    }
  }

  @Test("a SUB socket receives its topics")
  func topics() async throws {
    try await Threads.with { threads in
      let subscriptions = Inbox()
      let received = Inbox()
      let publisher = try Socket(.xpub, on: threads.kernel) { subscriptions.put($0) }
      let endpoint = try publisher.bind(to: "tcp://127.0.0.1:*")
      var options = SocketOptions()
      options.subscriptions = [[UInt8](text: "b")]
      let subscriber = try Socket(.sub, options: options, on: threads.client) { received.put($0) }
      try subscriber.connect(to: endpoint)
      #expect(await subscriptions.next() == [[[1] + [UInt8](text: "b")]])
      publisher.send(messages: [[Frame(text: "a1")], [Frame(text: "b1")]])
      #expect(await received.next() == [[[UInt8](text: "b1")]])
    }
  }

  @Test("a frame above the limit ends the connection, and no part of it is received")
  func largeFrames() async throws {
    try await Threads.with { threads in
      let received = Inbox()
      let events = Events()
      var options = SocketOptions()
      options.maximumFrameSize = 1000
      let router = try Socket(.router, options: options, on: threads.kernel) { received.put($0) }
      let endpoint = try router.bind(to: "tcp://127.0.0.1:*")
      let dealer = try Socket(.dealer, on: threads.client) { _ in }
      try dealer.monitor { events.put($0) }
      try dealer.connect(to: endpoint)
      dealer.send([Frame([UInt8](repeating: 0, count: 1001))])
      #expect(await events.wait(for: .disconnected) != nil)
      dealer.send([Frame([UInt8](repeating: 1, count: 1000))])
      #expect(await received.next().map(\.last) == [[UInt8](repeating: 1, count: 1000)])
    }
  }

  @Test("closing twice, and sending or connecting afterwards, has no effect")
  func closing() async throws {
    try await Threads.with { threads in
      let socket = try Socket(.dealer, on: threads.client) { _ in }
      socket.close()
      socket.close()
      socket.send([Frame(text: "lost")])
      let error = #expect(throws: ZeroMQError.self) { try socket.connect(to: "tcp://127.0.0.1:1") }
      #expect(error?.code == .closed)
    }
  }

  @Test("a stopped thread rejects sockets instead of blocking the caller")
  func stoppedThread() throws {
    let thread = try IOThread()
    let socket = try Socket(.dealer, on: thread) { _ in }
    thread.stopAndWait()
    thread.stopAndWait()
    #expect(throws: ZeroMQError.self) { try socket.bind(to: "tcp://127.0.0.1:*") }
    let error = #expect(throws: ZeroMQError.self) { try Socket(.sub, on: thread) { _ in } }
    #expect(error?.code == .closed)
  }

  @Test("the file of a Unix socket is removed with its thread")
  func socketFiles() throws {
    try TemporaryDirectory.with { directory in
      let thread = try IOThread()
      let socket = try Socket(.router, on: thread) { _ in }
      try socket.bind(to: "ipc://\(directory.path("socket"))")
      #expect(directory.entries == ["socket"])
      thread.stopAndWait()
      #expect(directory.entries == [])
    }
  }
}
