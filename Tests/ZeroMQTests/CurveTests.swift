import Testing
import ZeroMQ

@Suite("Encrypted connections", .timeLimit(.minutes(1)))
struct CurveTests {
  @Test("both sides share one pair of keys, as in a connection file")
  func sharedKeys() async throws {
    try await Threads.with { threads in
      let keys = try CurveKeys.makePair()
      #expect(keys.publicKey.utf8.count == 40)
      #expect(keys.secretKey.utf8.count == 40)
      let requests = Inbox()
      var server = SocketOptions()
      server.curve = keys
      let router = try Socket(.router, options: server, on: threads.kernel) { requests.put($0) }
      let endpoint = try router.bind(to: "tcp://127.0.0.1:*")
      var client = SocketOptions()
      client.curve = keys
      client.curve?.serverKey = keys.publicKey
      let dealer = try Socket(.dealer, options: client, on: threads.client) { _ in }
      try dealer.connect(to: endpoint)
      dealer.send([Frame(text: "secret")])
      #expect(await requests.next().first?.last == [UInt8](text: "secret"))
    }
  }

  @Test(
    "a client with another server's key, or without one, cannot connect", arguments: [true, false])
  func strangers(hasKeys: Bool) async throws {
    try await Threads.with { threads in
      let requests = Inbox()
      var server = SocketOptions()
      server.curve = try CurveKeys.makePair()
      let router = try Socket(.router, options: server, on: threads.kernel) { requests.put($0) }
      let failures = Events()
      try router.monitor { failures.put($0) }
      let endpoint = try router.bind(to: "tcp://127.0.0.1:*")

      var client = SocketOptions()
      if hasKeys {
        client.curve = try CurveKeys.makePair()
        client.curve?.serverKey = try CurveKeys.makePair().publicKey
      }
      let stranger = try Socket(.dealer, options: client, on: threads.client) { _ in }
      try stranger.connect(to: endpoint)
      stranger.send([Frame(text: "stranger")])
      #expect(await failures.wait(for: .handshakeFailed) != nil)

      var friend = SocketOptions()
      friend.curve = try CurveKeys.makePair()
      friend.curve?.serverKey = server.curve?.publicKey
      let dealer = try Socket(.dealer, options: friend, on: threads.client) { _ in }
      try dealer.connect(to: endpoint)
      dealer.send([Frame(text: "friend")])
      #expect(await requests.next().map(\.last) == [[UInt8](text: "friend")])
    }
  }
}
