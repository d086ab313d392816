/// Does something, and gives it up at an event.
///
/// - Parameters:
///   - end: waits for the event; its task is cancelled when `body` is done first.
///   - body: its task is cancelled at the event.
/// - Returns: its value; nil if the event came first.
/// - Throws: the error of `body`.
package func unless<Value: Sendable, Failure: Error>(
  _ end: @escaping @Sendable () async -> Void,
  _ body: @escaping @Sendable () async throws(Failure) -> Value
) async throws(Failure) -> Value? {
  let result = await withTaskGroup(of: Result<Value, Failure>?.self) { group in
    group.addTask {
      do throws(Failure) {
        return .success(try await body())
      } catch {
        return .failure(error)
      }
    }
    group.addTask {
      await end()
      return nil
    }
    let first = await group.next().flatMap(\.self)
    group.cancelAll()
    return first
  }
  return try result?.get()
}
