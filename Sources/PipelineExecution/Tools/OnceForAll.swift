import Synchronization

/// Values that several tasks want and that are determined once, by the first that wants them.
final class OnceForAll<Key: Hashable & Sendable, Value: Sendable, Failure: Error>: Sendable {
  private enum State {
    case wanted([CheckedContinuation<Result<Value, Failure>, Never>])
    case known(Result<Value, Failure>)
  }

  private let states = Mutex<[Key: State]>([:])
  /// Whether a failure holds for all, instead of being tried again by the next.
  private let keeps: @Sendable (Failure) -> Bool

  /// Creates an empty collection.
  ///
  /// - Parameter keeps: whether a failure holds for all later tasks too.
  init(keeps: @escaping @Sendable (Failure) -> Bool = { _ in true }) {
    self.keeps = keeps
  }

  /// The value for a key.
  ///
  /// - Parameter make: determines it; called by the first task only.
  func value(
    for key: Key, _ make: @Sendable () async throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let isFirst = states.withLock { states in
      if states[key] != nil { return false }
      states[key] = .wanted([])
      return true
    }
    guard isFirst else { return try await wait(for: key).get() }
    let result: Result<Value, Failure>
    do throws(Failure) {
      result = .success(try await make())
    } catch {
      result = .failure(error)
    }
    let waiting = states.withLock {
      states -> [CheckedContinuation<Result<Value, Failure>, Never>] in
      guard case .wanted(let waiting)? = states[key] else { return [] }
      if case .failure(let failure) = result, !keeps(failure) {
        states[key] = nil
      } else {
        states[key] = .known(result)
      }
      return waiting
    }
    for continuation in waiting { continuation.resume(returning: result) }
    return try result.get()
  }

  private func wait(for key: Key) async -> Result<Value, Failure> {
    await withCheckedContinuation { continuation in
      let known = states.withLock { states -> Result<Value, Failure>? in
        switch states[key] {
        case .known(let result)?: return result
        case .wanted(let waiting)?:
          states[key] = .wanted(waiting + [continuation])
          return nil
        case nil: return nil
        }
      }
      if let known { continuation.resume(returning: known) }
    }
  }
}
