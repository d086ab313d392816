import Synchronization

/// The places for open streams of events.
///
/// When all are taken, the oldest stream ends for a new one: proxies keep streams open after their
/// page has gone, and a page whose stream ends asks for it again.
final class StreamSlots: Sendable {
  /// A place for a stream.
  struct Slot: Sendable {
    fileprivate let number: Int
    /// Ends when the stream must end.
    fileprivate let isHeld: AsyncStream<Void>

    /// Waits until the stream must end.
    func untilTaken() async {
      for await _ in isHeld {}
    }
  }

  private struct State {
    var next = 0
    var open: [Int: AsyncStream<Void>.Continuation] = [:]
  }

  private let count: Int
  private let state = Mutex(State())

  init(_ count: Int) {
    self.count = count
  }

  /// A place; if there is none left, that of the oldest stream.
  func take() -> Slot {
    let (isHeld, continuation) = AsyncStream.makeStream(of: Void.self)
    let (number, oldest) = state.withLock { state in
      let number = state.next
      state.next += 1
      let last = state.open.count >= count ? state.open.keys.min() : nil
      let oldest = last.flatMap { state.open.removeValue(forKey: $0) }
      state.open[number] = continuation
      return (number, oldest)
    }
    oldest?.finish()
    return Slot(number: number, isHeld: isHeld)
  }

  /// Gives a place back.
  func leave(_ slot: Slot) {
    state.withLock { $0.open.removeValue(forKey: slot.number) }?.finish()
  }
}
