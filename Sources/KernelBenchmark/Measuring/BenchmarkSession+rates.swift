import JupyterProtocol
import KernelClient
import SystemSupport

/// Measures rates.
extension BenchmarkSession {
  /// A rate, and the number of items with which it was measured.
  struct Rate: Sendable {
    var value: Double
    /// The number of items that fill the time of a measurement.
    var count: Int
  }

  /// The number of items for a rate.
  enum Count: Sendable {
    /// As many as fill a time, determined by a trial, up to a maximum.
    case filling(Duration, first: Int, most: Int)
    /// A number determined by an earlier trial.
    case fixed(Int)
  }

  /// Measures with as many items as fill the time.
  private func rate(
    _ count: Count, _ body: (_ count: Int) async throws -> (amount: Double, time: Duration)
  ) async throws -> Rate {
    let number: Int
    switch count {
    case .fixed(let fixed): number = fixed
    case .filling(let slice, let first, let most):
      let trial = try await body(first).time
      let filling = Double(first) * slice.totalSeconds / max(trial.totalSeconds, 1e-6)
      number = max(first, Int(min(filling, Double(most))))
    }
    let (amount, time) = try await body(number)
    return Rate(value: amount / max(time.totalSeconds, 1e-9), count: number)
  }

  /// Requests sent at once, until the last is done.
  func pipelineRate(_ count: Count) async throws -> Rate {
    let code = try code(.value)
    return try await rate(count) { count in
      let start = ContinuousClock.now
      var runs: [String: Run] = [:]
      for _ in 0..<count {
        let run = send(code)
        runs[run.id] = run
      }
      while !runs.isEmpty {
        for event in try await next() {
          guard let id = event.parentID, var run = runs[id] else { continue }
          run.receive(event)
          if let failure = run.failure { throw BenchmarkFailure(failure.reason) }
          runs[id] = run.hasEnded ? nil : run
        }
      }
      return (Double(count), ContinuousClock.now - start)
    }
  }

  /// Lines printed by one cell; messages are counted, and a kernel may put several lines in one.
  func streamRate(_ count: Count) async throws -> Rate {
    try await rate(count) { count in
      let code = try code(.streams, count: count)
      let start = ContinuousClock.now
      // Some kernels omit the line ending of the last line.
      let run = try await run(code, expecting: .text(bytes: 5 * count - 1))
      return (Double(run.streams), ContinuousClock.now - start)
    }
  }

  /// Displays of one cell; the messages are counted, or their bytes.
  func displayRate(_ count: Count, size: Int, inBytes: Bool) async throws -> Rate {
    try await rate(count) { count in
      let code = try code(.displays, count: count, size: size)
      let start = ContinuousClock.now
      let run = try await run(code, expecting: .displays(count, size: size))
      return (
        inBytes ? Double(run.bytes) : Double(run.displays), ContinuousClock.now - start
      )
    }
  }

  /// The bytes of one print.
  func printRate(size: Int) async throws -> Rate {
    try await rate(.fixed(1)) { _ in
      let code = try code(.text, size: size)
      let start = ContinuousClock.now
      let run = try await run(code, expecting: .text(bytes: size, size: size))
      return (Double(run.bytes), ContinuousClock.now - start)
    }
  }
}

extension KernelEvent {
  /// The id of the request that it belongs to.
  fileprivate var parentID: String? {
    switch self {
    case .iopub(let message), .reply(let message, _), .inputRequest(let message):
      message.parentHeader?.messageID
    case .rejected, .exited: nil
    }
  }
}
