/// Why something could not be measured.
///
/// Some failures leave the kernel as good as it was, and the next measurement goes on with it;
/// after others nothing is known of it, and it is ended and started anew.
struct BenchmarkFailure: Error, Sendable {
  /// What happened, in words.
  var reason: String
  /// Whether the kernel can be used further.
  var leavesKernelUsable: Bool

  init(_ reason: String, leavesKernelUsable: Bool = false) {
    self.reason = reason
    self.leavesKernelUsable = leavesKernelUsable
  }

  static func noSnippet(_ purpose: Snippets.Purpose, _ language: String) -> BenchmarkFailure {
    BenchmarkFailure(
      "no snippet '\(purpose)' for \(language.isEmpty ? "its language" : language)",
      leavesKernelUsable: true)
  }

  static func overdue(_ limit: Duration) -> BenchmarkFailure {
    BenchmarkFailure("not finished within \(limit.components.seconds) s")
  }
}

/// Runs `body` for a limited time.
///
/// - Throws: what it throws; ``BenchmarkFailure`` when the time is over; `CancellationError` when
///   the task is cancelled.
func within<Result: Sendable>(
  _ limit: Duration, _ failure: @autoclosure () -> BenchmarkFailure,
  _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
  try await withThrowingTaskGroup(of: Result?.self) { group in
    group.addTask { try await body() }
    group.addTask {
      try await Task.sleep(for: limit)
      return nil
    }
    defer { group.cancelAll() }
    guard let first = try await group.next(), let result = first else { throw failure() }
    return result
  }
}
