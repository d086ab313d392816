import Glibc
import KernelTesting
import Testing

@testable import KernelClient

@Suite("A long-lived kernel")
struct ManyRequestsTests {
  /// The number of requests; a million takes minutes and is for manual runs.
  private static let count =
    getenv("LYRE_MANY_REQUESTS").flatMap { Int(String(cString: $0)) } ?? 4_000

  @Test("needs no more tables, timers, descriptors or memory after many requests")
  func flat() async throws {
    try await withScriptedKernel { kernel in
      weak var lastMailbox: Mailbox<KernelEvent>?
      func use(_ count: Int) async throws {
        for number in 0..<count {
          switch number % 4 {
          case 0: _ = try await kernel.kernelInfo()
          case 1: _ = try await kernel.isComplete("x", timeout: .seconds(3600))
          case 2:
            let execution = kernel.execute("print x")
            lastMailbox = execution.mailbox
            _ = try await execution.reply()
          default:
            await kernel.withEvents { events in
              lastMailbox = events.mailbox
              kernel.send(.kernelInfoRequest, [:])
              _ = await events.next(until: .now + .seconds(3600))
            }
            // Abandoned before its outputs arrive.
            _ = kernel.execute("print left")
          }
          if number % 16 == 0 { _ = await kernel.answersHeartbeat(timeout: .seconds(60)) }
        }
      }
      // Until the memory of recent signatures, which detects duplicates, is full.
      try await use(Self.count / 2)
      let before = Holdings()
      try await use(Self.count / 2)
      let after = await Holdings.settled(like: before)
      // The thread that delivered the last events releases them at the end of its turn.
      #expect(await eventually { kernel.router.waiting == (0, 0) && lastMailbox == nil })
      #expect(after.descriptors <= before.descriptors)
      #expect(after.threads <= before.threads + 2)
      if Self.count > 100_000 {
        print(
          "\(Self.count) requests: \(before.memory) KB at half of them, \(after.memory) KB at the end"
        )
      }
      // AddressSanitizer keeps what is freed.
      if getenv("ASAN_OPTIONS") == nil { #expect(after.memory < before.memory + 8_000) }
    }
  }

  @Test("a timer of a request is released with the request's mailbox")
  func timers() async throws {
    weak var mailbox: Mailbox<Int>?
    do {
      let box = Mailbox<Int>()
      mailbox = box
      async let far = box.next(until: .now + .seconds(3600))
      while !box.isDrained { await Task.yield() }
      box.put(1)
      #expect(await far == [1])
    }
    #expect(mailbox == nil)
  }
}
