import Synchronization

/// Which reports of comparisons get a line: of each node the first and every tenth, so after a second,
/// and then every ten seconds.
final class ComparisonPace: Sendable {
  private let counts = Mutex<[Int: Int]>([:])

  /// Counts a report about a node; returns whether it gets a line.
  func isDue(_ place: Int) -> Bool {
    counts.withLock { counts in
      defer { counts[place, default: 0] += 1 }
      return counts[place, default: 0] % 10 == 0
    }
  }
}
