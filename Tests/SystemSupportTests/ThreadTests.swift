import Glibc
import Synchronization
import SystemSupport
import Testing

@Suite("Threads, semaphores and times")
struct ThreadTests {
  @Test("a wait with a limit ends at the signal, and reports it", .timeLimit(.minutes(1)))
  func waitEndsBySignal() throws {
    let semaphore = Semaphore()
    try startThread { semaphore.signal() }
    #expect(semaphore.wait(milliseconds: 30_000))
    #expect(!semaphore.wait(milliseconds: 0))
  }

  @Test("every signal resumes one waiter, in any order", .timeLimit(.minutes(1)))
  func countsSignals() throws {
    let (semaphore, done) = (Semaphore(), Semaphore())
    for _ in 0..<3 { semaphore.signal() }
    for _ in 0..<6 {
      try startThread {
        semaphore.wait()
        done.signal()
      }
    }
    for _ in 0..<3 { semaphore.signal() }
    for _ in 0..<6 { done.wait() }
    #expect(!semaphore.wait(milliseconds: 0))
  }

  @Test("a wait for an answer ends, whether it started before or after the answer")
  func givesAnswers() throws {
    let (early, late) = (Answer<Int>(), Answer<Int>())
    late.give(2)
    try startThread { early.give(1) }
    #expect(early.wait() == 1)
    #expect(late.wait() == 2)
  }

  @Test("a thread receives the same signals as its creator, or none", arguments: [true, false])
  func blocksSignals(takesSignals: Bool) throws {
    let answer = Answer<Bool>()
    let here = blocksSignal()
    try startThread(takesSignals: takesSignals) { answer.give(blocksSignal()) }
    #expect(answer.wait() == (takesSignals ? here : true))
    #expect(blocksSignal() == here)
  }

  @Test(
    "seconds have as many digits as needed",
    arguments: [
      (Duration.seconds(30), "30"), (.milliseconds(300), "0.3"),
      (.microseconds(1_234_567), "1.235"),
      (.zero, "0"), (.seconds(-2), "-2"), (.seconds(1 << 60), "1.152921504606847e+18"),
    ])
  func writesSeconds(duration: Duration, text: String) {
    #expect(duration.secondsText == text)
  }

  @Test("the wall clock is in nanoseconds since 1970")
  func tellsTime() {
    let before = Int64(time(nil))
    let now = wallClockNanoseconds() / 1_000_000_000
    #expect((before...Int64(time(nil))).contains(now))
  }
}

private func blocksSignal() -> Bool {
  var blocked = sigset_t()
  pthread_sigmask(SIG_BLOCK, nil, &blocked)
  return sigismember(&blocked, SIGURG) == 1
}
