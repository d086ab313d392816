/// Looks again and again whether something holds that another process brings about and no event
/// tells of; the one place where tests sleep.
///
/// - Parameters:
///   - limit: how long at most.
///   - isolation: where `holds` is asked: where the caller is.
///   - holds: whether it holds now.
/// - Returns: whether it holds; false when it did not within the limit.
package func eventually(
  within limit: Duration = .seconds(30), isolation: isolated (any Actor)? = #isolation,
  _ holds: () throws -> Bool
) async rethrows -> Bool {
  let deadline = ContinuousClock.now + limit
  while try !holds() {
    guard ContinuousClock.now < deadline, !Task.isCancelled else { return try holds() }
    try? await Task.sleep(for: .milliseconds(5))
  }
  return true
}
