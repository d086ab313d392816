/// An error: something could not be measured.
///
/// After some failures the kernel is unaffected, and the next measurement uses it; after others its
/// state is unknown, and it is ended and started again.
struct BenchmarkFailure: Error, Sendable {
  /// The reason in words.
  var reason: String
  /// Whether the kernel can still be used.
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
    BenchmarkFailure("did not finish within \(limit.components.seconds) s")
  }
}

/// Runs `body` with a time limit.
///
/// - Throws: what it throws; ``BenchmarkFailure`` when the time has passed; `CancellationError`
///   when the task is cancelled.
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
