/// Checks a condition repeatedly when another process causes it and no event reports it; the only
/// place where tests sleep.
///
/// - Parameters:
///   - limit: the maximum time.
///   - isolation: the actor on which `holds` is called, by default the caller's.
///   - holds: returns whether the condition holds now.
/// - Returns: whether the condition holds; false if it did not within the limit.
package func eventually(
  within limit: Duration = .seconds(30), isolation: isolated (any Actor)? = #isolation,
  _ holds: () async throws -> Bool
) async rethrows -> Bool {
  let deadline = ContinuousClock.now + limit
  while try await !holds() {
    guard ContinuousClock.now < deadline, !Task.isCancelled else { return try await holds() }
    try? await Task.sleep(for: .milliseconds(5))
  }
  return true
}
