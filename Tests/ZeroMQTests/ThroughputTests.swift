import Glibc
import KernelTesting
import Synchronization
import Testing
import ZeroMQ

@Suite("Floods of messages", .serialized, .timeLimit(.minutes(5)))
struct ThroughputTests {
  /// Counts and checks numbered messages, and reports when this many have arrived.
  private final class Counter: Sendable {
    private let state = Mutex((count: UInt64(0), faults: 0))
    private let expected: UInt64
    private let continuation: AsyncStream<Void>.Continuation
    let isDone: AsyncStream<Void>

    init(expected: UInt64) {
      self.expected = expected
      (isDone, continuation) = AsyncStream.makeStream()
    }

    var faults: Int { state.withLock { $0.faults } }

    func take(_ messages: [ReceivedMessage]) {
      let count = state.withLock { state in
        for message in messages {
          let number = message[0].loadUnaligned(as: UInt64.self)
          if number != state.count { state.faults += 1 }
          state.count += 1
        }
        return state.count
      }
      if count == expected { continuation.yield() }
    }
  }

  /// A numbered message of several frames.
  private static func message(_ number: UInt64) -> [Frame] {
    let bytes = withUnsafeBytes(of: number) { Array($0) }
    return [Frame(bytes), Frame(bytes), Frame(bytes)]
  }

  @Test(
    "a million messages arrive in order, even if the reader is blocked at first",
    arguments: Transport.allCases)
  func slowReader(transport: Transport) async throws {
    let total: UInt64 = 1_000_000
    try await TemporaryDirectory.with { directory in
      try await Threads.with { threads in
        let subscriptions = Inbox()
        let publisher = try Socket(.xpub, on: threads.kernel) { subscriptions.put($0) }
        let endpoint = try publisher.bind(to: transport.endpoint(in: directory.path))
        let counter = Counter(expected: total)
        // The handler blocks the whole I/O thread until the last message has been sent.
        let allAreSent = DispatchGate()
        var options = SocketOptions()
        options.subscriptions = [[]]
        let subscriber = try Socket(.sub, options: options, on: threads.client) { messages in
          allAreSent.wait()
          counter.take(messages)
        }
        try subscriber.connect(to: endpoint)
        #expect(await subscriptions.next().count == 1)
        let clock = ContinuousClock()
        let start = clock.now
        for batch in stride(from: UInt64(0), to: total, by: 1000) {
          publisher.send(messages: (batch..<batch + 1000).map(ThroughputTests.message))
        }
        allAreSent.open()
        for await _ in counter.isDone { break }
        let elapsed = clock.now - start
        #expect(counter.faults == 0)
        print("\(transport): \(total) messages in \(elapsed)")
      }
    }
  }

  @Test("a flood on one socket does not starve another")
  func fairness() async throws {
    try await Threads.with { threads in
      let subscriptions = Inbox()
      let publisher = try Socket(.xpub, on: threads.kernel) { subscriptions.put($0) }
      let flood = try publisher.bind(to: "tcp://127.0.0.1:*")
      let router = try Socket(.router, on: threads.kernel) { _ in }
      let shell = try router.bind(to: "tcp://127.0.0.1:*")

      // How much of the flood had been read when the reply came.
      let (answers, continuation) = AsyncStream<UInt64>.makeStream()
      let read = Atomic<UInt64>(0)
      let gate = DispatchGate()
      var options = SocketOptions()
      options.subscriptions = [[]]
      let subscriber = try Socket(.sub, options: options, on: threads.client) { messages in
        gate.wait()
        read.add(UInt64(messages.count), ordering: .relaxed)
      }
      var identity = SocketOptions()
      identity.routingID = [1]
      let connected = Events()
      let dealer = try Socket(.dealer, options: identity, on: threads.client) { _ in
        continuation.yield(read.load(ordering: .relaxed))
      }
      try dealer.monitor { connected.put($0) }
      try dealer.connect(to: shell)
      let connection = try #require(await connected.wait(for: .connected)?.descriptor)
      #expect(await connected.wait(for: .handshakeSucceeded) != nil)
      try subscriber.connect(to: flood)
      #expect(await subscriptions.next().count == 1)
      let idle = Arrival(descriptor: connection).received
      let total: UInt64 = 200_000
      publisher.send(messages: (0..<total).map(ThroughputTests.message))
      router.send([Frame([1]), Frame(text: "reply")])
      // Both have been passed to libzmq when the kernel's thread answers this.
      try Socket(.dealer, on: threads.kernel) { _ in }.close()
      // libzmq sends and reads at its own pace; fairness concerns messages that it has read.
      #expect(
        await eventually {
          let now = Arrival(descriptor: connection)
          return now.received > idle && now.waiting == 0
        })
      gate.open()
      let readBefore = await answers.first { _ in true }
      #expect(readBefore ?? total < total / 2)
    }
  }
}

/// A gate that stays open once opened.
private final class DispatchGate: Sendable {
  private let isOpen = Mutex(false)
  nonisolated(unsafe) private let semaphore: UnsafeMutablePointer<sem_t>

  init() {
    semaphore = .allocate(capacity: 1)
    sem_init(semaphore, 0, 0)
  }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  func open() {
    isOpen.withLock { $0 = true }
    sem_post(semaphore)
  }

  func wait() {
    guard !isOpen.withLock({ $0 }) else { return }
    while sem_wait(semaphore) != 0, errno == EINTR {}
    sem_post(semaphore)
  }
}
