/// Transfers several files, a few at once: each is tried.
///
/// - Parameters:
///   - paths: their paths.
///   - ends: whether a failure ends the others, too.
///   - transfer: transfers one.
/// - Throws: the first failure.
func severalAtOnce<Failure: Error>(
  _ paths: [String], endingWith ends: (Failure) -> Bool = { _ in false },
  _ transfer: @escaping @Sendable (String) async throws(Failure) -> Void
) async throws(Failure) {
  let problem = await withTaskGroup(of: Failure?.self) { group in
    var first: Failure?
    for (place, path) in paths.enumerated() {
      if place >= 8, let ended = await group.next() { first = first ?? ended }
      if let first, ends(first) { break }
      group.addTask {
        do throws(Failure) {
          try await transfer(path)
          return nil
        } catch {
          return error
        }
      }
    }
    for await ended in group { first = first ?? ended }
    return first
  }
  if let problem { throw problem }
}
