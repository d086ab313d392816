import Synchronization
import SystemSupport
import Testing

@Suite("Reused threads")
struct WorkerThreadTests {
  @Test("all work is done, even if much is requested at once")
  func all() async {
    let sum = await withTaskGroup(of: Int.self) { group in
      for number in 0..<200 { group.addTask { await onOwnThread { number } } }
      return await group.reduce(0, +)
    }
    #expect(sum == 199 * 100)
  }

  @Test("work that waits for other work gets its own thread")
  func blocking() async throws {
    // None of these ends before the last one has started: more threads than are kept.
    final class Gate: Sendable {
      let begun = Mutex(0)
      let isOpen = Semaphore()
    }
    let count = 40
    let gate = Gate()
    let results = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<count {
        group.addTask {
          await onOwnThread {
            let number = gate.begun.withLock { begun in
              begun += 1
              return begun
            }
            if number == count { for _ in 0..<count { gate.isOpen.signal() } }
            return gate.isOpen.wait(milliseconds: 60_000)
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results == Array(repeating: true, count: count))
  }

  @Test("objects of the work are released when it is done")
  func released() async throws {
    final class Held: Sendable {
      let isGone: Semaphore
      init(_ isGone: Semaphore) { self.isGone = isGone }
      deinit { isGone.signal() }
    }
    let isGone = Semaphore()
    func give() throws {
      let held = Held(isGone)
      WorkerThreads.run { withExtendedLifetime(held) {} }
    }
    try give()
    #expect(await onOwnThread { isGone.wait(milliseconds: 60_000) })
  }
}
