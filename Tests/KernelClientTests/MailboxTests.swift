import Synchronization
import Testing

@testable import KernelClient

@Suite("A mailbox", .timeLimit(.minutes(1)))
struct MailboxTests {
  @Test("returns all elements from before its end, and then nil")
  func end() async {
    let box = Mailbox<Int>()
    box.put(contentsOf: [1, 2])
    box.put(3)
    box.finish()
    box.put(4)
    #expect(await box.next(until: .now) == [1, 2, 3])
    #expect(await box.next(until: .now) == nil)
    #expect(await box.next() == nil)
  }

  @Test("loses no element added just before its end, whichever thread wins the race")
  func race() async {
    for round in 0..<2_000 {
      let box = Mailbox<Int>()
      async let taken: [Int] = {
        var all: [Int] = []
        while let some = await box.next(until: ContinuousClock.now + .seconds(30)) { all += some }
        return all
      }()
      Task.detached {
        box.put(round)
        box.put(-1)
        box.finish()
      }
      #expect(await taken == [round, -1])
    }
  }

  @Test("ends a wait at its deadline, without an element")
  func deadline() async {
    let box = Mailbox<Int>()
    #expect(await box.next(until: .now) == [])
    let start = ContinuousClock.now
    #expect(await box.next(until: start + .milliseconds(30)) == [])
    #expect(ContinuousClock.now >= start + .milliseconds(30))
    // A distant deadline does not delay a near one that follows, or the reverse.
    async let far = box.next(until: start + .seconds(3600))
    while !box.isDrained { await Task.yield() }
    box.put(1)
    #expect(await far == [1])
    #expect(await box.next(until: .now + .milliseconds(20)) == [])
    #expect(await box.next(until: .now + .milliseconds(20)) == [])
  }

  @Test("is woken once by one call, even before the wait")
  func wake() async {
    let box = Mailbox<Int>()
    box.wake()
    #expect(await box.next(until: nil) == [])
    async let second = box.next(until: nil)
    while !box.isDrained { await Task.yield() }
    box.wake()
    #expect(await second == [])
  }

  @Test("ignores wake-ups in a wait for elements only")
  func wakeOfPlainWait() async {
    let box = Mailbox<Int>()
    async let elements = box.next()
    while !box.isDrained { await Task.yield() }
    box.wake()
    // It received the wake-up and is suspended again; a spinning wait would never be suspended.
    while !box.isDrained { await Task.yield() }
    box.put(7)
    #expect(await elements == [7])
  }

  @Test("ends a wait when its task is cancelled, and keeps later elements")
  func cancelled() async {
    let box = Mailbox<Int>()
    let task = Task { await box.next(until: nil) }
    while !box.isDrained { await Task.yield() }
    task.cancel()
    #expect(await task.value == nil)
    box.put(1)
    #expect(await box.next() == [1])
  }
}
