import Glibc
import Synchronization
import Testing
import ZeroMQ

@Suite("A socket that receives in batches", .timeLimit(.minutes(1)))
struct BatchTests {
  /// A publisher, and a subscriber that receives in batches and has received one message.
  private static func with(
    interval: Duration, _ body: (Threads, (String) -> Void, Inbox) async throws -> Void
  ) async throws {
    try await Threads.with { threads in
      let subscriptions = Inbox()
      let publisher = try Socket(.xpub, on: threads.kernel) { subscriptions.put($0) }
      let endpoint = try publisher.bind(to: "tcp://127.0.0.1:*")
      let inbox = Inbox()
      var options = SocketOptions()
      options.subscriptions = [[]]
      options.receiveBatchInterval = interval
      let subscriber = try Socket(.sub, options: options, on: threads.client) { inbox.put($0) }
      try subscriber.connect(to: endpoint)
      #expect(await subscriptions.next().count == 1)
      let publish: (String) -> Void = { publisher.send([Frame(text: $0)]) }
      publish("first")
      #expect(await inbox.next() == [[[UInt8](text: "first")]])
      try await body(threads, publish, inbox)
    }
  }

  @Test("receives waiting messages at the end of a batch")
  func end() async throws {
    try await BatchTests.with(interval: .milliseconds(3)) { _, publish, inbox in
      publish("second")
      publish("third")
      #expect(
        await inbox.next(2) == [[[UInt8](text: "second")], [[UInt8](text: "third")]])
    }
  }

  @Test("receives at once if a message arrives on a socket without batching")
  func reply() async throws {
    // Longer than the test may take.
    try await BatchTests.with(interval: .seconds(3600)) { threads, publish, inbox in
      let requests = Inbox()
      let router = try Socket(.router, on: threads.kernel) { requests.put($0) }
      let replies = Inbox()
      let dealer = try Socket(.dealer, on: threads.client) { replies.put($0) }
      try dealer.connect(to: try router.bind(to: "tcp://127.0.0.1:*"))
      dealer.send([Frame(text: "request")])
      let identity = try #require(await requests.next().first?.first)
      publish("second")
      router.send([Frame(identity), Frame(text: "reply")])
      #expect(await replies.next() == [[[UInt8](text: "reply")]])
      #expect(await inbox.next() == [[[UInt8](text: "second")]])
    }
  }
}

@Suite("The I/O thread as an executor", .timeLimit(.minutes(1)))
struct ExecutorTests {
  @Test("a task that prefers it runs where messages are received, and sends from there")
  func sameThread() async throws {
    try await Threads.with { threads in
      let requests = Inbox()
      let router = try Socket(.router, on: threads.kernel) { requests.put($0) }
      let receivedOn = Mutex<pthread_t?>(nil)
      let replies = Inbox()
      let dealer = try Socket(.dealer, on: threads.client) { messages in
        receivedOn.withLock { $0 = pthread_self() }
        replies.put(messages)
      }
      try dealer.connect(to: try router.bind(to: "tcp://127.0.0.1:*"))
      let ranOn = await withTaskExecutorPreference(threads.client) {
        dealer.send([Frame(text: "request")])
        if let identity = await requests.next().first?.first {
          router.send([Frame(identity), Frame(text: "reply")])
        }
        #expect(await replies.next() == [[[UInt8](text: "reply")]])
        return pthread_self()
      }
      let received = try #require(receivedOn.withLock { $0 })
      #expect(pthread_equal(received, ranOn) != 0)
    }
  }

  @Test("a task that prefers a stopped thread runs elsewhere")
  func stopped() async throws {
    let thread = try IOThread()
    thread.stopAndWait()
    let sum = await withTaskExecutorPreference(thread) { 40 + 2 }
    #expect(sum == 42)
  }
}
