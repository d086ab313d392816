import Glibc
import Synchronization
import Testing
import ZeroMQ

@Suite("The life of an I/O thread", .timeLimit(.minutes(1)))
struct LifetimeTests {
  /// A use of a thread before it is stopped.
  enum Use: String, CaseIterable {
    case nothing
    case socket = "a socket that stays open"
    case refusedConnection = "a connection that is never established"
    case monitor = "a monitored socket that has received"
    case executor = "a task that ran on it"
    case afterEnd = "a socket that is closed after the end"
  }

  @Test("it is released when it has ended, after any use", arguments: Use.allCases)
  func letGo(use: Use) async throws {
    weak var weakThread: IOThread?
    do {
      let thread = try IOThread()
      weakThread = thread
      try await LifetimeTests.make(use, of: thread)
      thread.stopAndWait()
    }
    // The thread releases it a moment after it has reported its end.
    for _ in 0..<1_000_000 where weakThread != nil { sched_yield() }
    #expect(weakThread == nil)
  }

  private static func make(_ use: Use, of thread: IOThread) async throws {
    switch use {
    case .nothing: break
    case .socket, .afterEnd:
      let socket = try Socket(.router, on: thread) { _ in }
      try socket.bind(to: "tcp://127.0.0.1:*")
      if use == .afterEnd { thread.stopAndWait() }
    case .refusedConnection:
      let socket = try Socket(.dealer, on: thread) { _ in }
      try socket.connect(to: "ipc:///nobody/is/here")
      socket.send([Frame(text: "never sent")])
    case .monitor:
      let inbox = Inbox()
      let router = try Socket(.router, on: thread) { inbox.put($0) }
      try router.monitor { _ in }
      let dealer = try Socket(.dealer, on: thread) { _ in }
      try dealer.monitor { _ in }
      try dealer.connect(to: try router.bind(to: "tcp://127.0.0.1:*"))
      dealer.send([Frame(text: "hello")])
      #expect(await inbox.next().count == 1)
    case .executor:
      await withTaskExecutorPreference(thread) {
        await withTaskGroup(of: Void.self) { group in
          group.addTask(executorPreference: globalConcurrentExecutor) {}
          group.addTask {}
        }
      }
    }
  }
}
