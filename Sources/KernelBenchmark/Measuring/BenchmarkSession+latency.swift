import JupyterProtocol
import KernelClient
import SystemSupport

/// Measures the times of single requests, in seconds.
extension BenchmarkSession {
  /// Measures the time of a request repeatedly.
  ///
  /// - Parameters:
  ///   - slice: the total time; at least ten and at most a thousand repetitions.
  ///   - body: the request.
  private func latencies(_ slice: Duration, _ body: () async throws -> Void) async throws
    -> [Double]
  {
    // A warm-up: slowness of only the first request is not a latency.
    try await body()
    var times: [Double] = []
    let begin = ContinuousClock.now
    repeat {
      let start = ContinuousClock.now
      try await body()
      times.append((ContinuousClock.now - start).totalSeconds)
    } while times.count < 10 || (times.count < 1000 && ContinuousClock.now - begin < slice)
    return times
  }

  func infoLatencies(_ slice: Duration) async throws -> [Double] {
    try await latencies(slice) {
      let id = kernel.send(.kernelInfoRequest, [:])
      try await waitForReply(to: id, on: .shell)
    }
  }

  func executeLatencies(_ purpose: Snippets.Purpose, isSilent: Bool = false, _ slice: Duration)
    async throws -> [Double]
  {
    let code = try code(purpose)
    return try await latencies(slice) { try await run(code, isSilent: isSilent) }
  }

  /// Interrupts waiting code repeatedly.
  func interruptLatencies(_ slice: Duration) async throws -> [Double] {
    let code = try code(.wait)
    var times: [Double] = []
    let begin = ContinuousClock.now
    repeat {
      var run = try await start(code)
      // The line has arrived, but no event shows when the code proceeds from printing to waiting.
      try await Task.sleep(for: .milliseconds(20))
      run.receive(try await pending())
      if run.hasReply { throw endedEarly(run) }
      let start = ContinuousClock.now
      kernel.interrupt()
      run = try await finish(run, after: "an interrupt")
      times.append((ContinuousClock.now - start).totalSeconds)
    } while times.count < 3 || (times.count < 100 && ContinuousClock.now - begin < slice)
    return times
  }

  /// Sends requests on control repeatedly while code waits on shell.
  ///
  /// - Returns: the times, and whether the code could be ended afterwards.
  func controlLatencies(_ slice: Duration) async throws -> (times: [Double], isUsable: Bool) {
    let run = try await start(try code(.wait))
    let result = await Swift.Result { () async throws -> [Double] in
      // The first answer shows whether the kernel answers at all.
      let limit = BenchmarkFailure("no answer on control while a cell runs")
      let run = try await within(.seconds(3), limit, { try await askOnControl(run) })
      var latest = run
      return try await latencies(slice) { latest = try await askOnControl(latest) }
    }
    if case .failure(let failure as BenchmarkFailure) = result, failure.leavesKernelUsable {
      // The code has ended by itself, so there is nothing to interrupt.
      throw failure
    }
    kernel.interrupt()
    let end = await Swift.Result { () async throws -> Run in
      try await finish(run, after: "the interrupt")
    }
    let isUsable = if case .success = end { true } else { false }
    do {
      return (try result.get(), isUsable)
    } catch var failure as BenchmarkFailure {
      failure.leavesKernelUsable = isUsable
      throw failure
    }
  }

  /// Sends a request on control and waits for the answer.
  ///
  /// - Parameter run: the code that is running meanwhile.
  private func askOnControl(_ run: Run) async throws -> Run {
    var run = run
    let id = kernel.send(.kernelInfoRequest, [:], on: .control)
    while true {
      var isAnswered = false
      for event in try await next() {
        run.receive(event)
        if case .reply(let reply, on: .control) = event, reply.parentHeader?.messageID == id {
          isAnswered = true
        }
      }
      if run.hasReply { throw endedEarly(run) }
      if isAnswered { return run }
    }
  }

  private func endedEarly(_ run: Run) -> BenchmarkFailure {
    run.failure ?? BenchmarkFailure("the code ended instead of waiting", leavesKernelUsable: true)
  }

  /// Sends code that prints and then waits, and returns when it has printed.
  private func start(_ code: String) async throws -> Run {
    var run = send(code)
    while run.bytes == 0 {
      run.receive(try await next())
      if run.hasEnded { throw endedEarly(run) }
    }
    return run
  }

  /// Waits for the end of interrupted code, with or without an error.
  private func finish(_ run: Run, after what: String) async throws -> Run {
    try await within(
      .seconds(5), BenchmarkFailure("the code did not end within 5 s of \(what)"),
      {
        var run = run
        while !run.hasEnded { run.receive(try await next()) }
        return run
      })
  }

  private func waitForReply(to id: String, on channel: Channel) async throws {
    while true {
      for event in try await next() {
        if case .reply(let reply, on: channel) = event, reply.parentHeader?.messageID == id {
          return
        }
      }
    }
  }
}

extension Swift.Result where Failure == any Error {
  /// Captures what a body returns or throws.
  fileprivate init(_ body: () async throws -> Success) async {
    do {
      self = .success(try await body())
    } catch {
      self = .failure(error)
    }
  }
}
