import Synchronization
import SystemSupport
import Testing

@Suite("A worker that combines requests")
struct DelayedWorkerTests {
  /// Counts the work of a worker, for a test to wait for.
  private final class Work: Sendable {
    let count = Atomic<Int>(0)
    let done: AsyncStream<Void>
    private let tell: AsyncStream<Void>.Continuation

    init() { (done, tell) = AsyncStream.makeStream() }

    func perform() {
      count.add(1, ordering: .relaxed)
      tell.yield()
    }
  }

  @Test("does the work on its own, once for many requests", .timeLimit(.minutes(1)))
  func gathers() async {
    let work = Work()
    let worker = DelayedWorker(delay: .milliseconds(50)) { work.perform() }
    for _ in 0..<1_000 { worker.ask() }
    for await _ in work.done { break }
    #expect(work.count.load(ordering: .relaxed) == 1)
    worker.ask()
    for await _ in work.done { break }
    #expect(work.count.load(ordering: .relaxed) == 2)
    worker.end()
    #expect(work.count.load(ordering: .relaxed) == 2)
  }

  @Test("does the first work at once if configured", .timeLimit(.minutes(1)))
  func prompt() async {
    let work = Work()
    let worker = DelayedWorker(delay: .seconds(3600), isPromptAtFirst: true) { work.perform() }
    worker.ask()
    for await _ in work.done { break }
    worker.ask()
    #expect(work.count.load(ordering: .relaxed) == 1)
    worker.end()
    #expect(work.count.load(ordering: .relaxed) == 2)
  }

  @Test("does the requested work at its end, however long the delay is", .timeLimit(.minutes(1)))
  func end() {
    let work = Work()
    let worker = DelayedWorker(delay: .seconds(3600)) { work.perform() }
    worker.ask()
    worker.end()
    #expect(work.count.load(ordering: .relaxed) == 1)
    worker.ask()
    worker.end()
    #expect(work.count.load(ordering: .relaxed) == 1)
  }

  @Test("a worker without requests ends at once")
  func unused() {
    let worker = DelayedWorker(delay: .seconds(3600)) { Issue.record("nobody asked") }
    worker.end()
  }

  @Test("no request is lost between two executions of the work", .timeLimit(.minutes(1)))
  func losesNothing() async {
    final class Counts: Sendable {
      let asked = Atomic<Int>(0)
      let seen = Atomic<Int>(0)
    }
    let counts = Counts()
    let worker = DelayedWorker(delay: .zero) {
      counts.seen.store(
        counts.asked.load(ordering: .sequentiallyConsistent), ordering: .sequentiallyConsistent)
    }
    await withTaskGroup { group in
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<5_000 {
            counts.asked.add(1, ordering: .sequentiallyConsistent)
            worker.ask()
          }
        }
      }
    }
    worker.end()
    #expect(counts.seen.load(ordering: .sequentiallyConsistent) == 20_000)
  }
}
