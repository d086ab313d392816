import JupyterProtocol
import KernelClient

/// Times of single requests, in seconds.
extension BenchmarkSession {
  /// How long one request takes, measured again and again.
  ///
  /// - Parameters:
  ///   - slice: for how long; ten times at least, and a thousand times at most.
  ///   - body: the request.
  private func latencies(_ slice: Duration, _ body: () async throws -> Void) async throws
    -> [Double]
  {
    // What is slow only the first time is no latency.
    try await body()
    var times: [Double] = []
    let begin = ContinuousClock.now
    repeat {
      let start = ContinuousClock.now
      try await body()
      times.append((ContinuousClock.now - start).inSeconds)
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

  /// Interrupts code that waits, again and again.
  func interruptLatencies(_ slice: Duration) async throws -> [Double] {
    let code = try code(.wait)
    var times: [Double] = []
    let begin = ContinuousClock.now
    repeat {
      var run = try await start(code)
      // The line has come, and nothing tells when the code gets from printing it to waiting.
      try await Task.sleep(for: .milliseconds(20))
      let start = ContinuousClock.now
      kernel.interrupt()
      run = try await finish(run, after: "an interrupt")
      times.append((ContinuousClock.now - start).inSeconds)
    } while times.count < 3 || (times.count < 100 && ContinuousClock.now - begin < slice)
    return times
  }

  /// Asks on control while code waits on shell, again and again.
  ///
  /// - Returns: the times, and whether the code could be ended afterwards.
  func controlLatencies(_ slice: Duration) async throws -> (times: [Double], isUsable: Bool) {
    let code = try code(.wait)
    let run = try await start(code)
    let result = await Swift.Result { () async throws -> [Double] in
      try await within(
        .seconds(3), BenchmarkFailure("no answer on control while a cell runs"),
        { try await ask(once: true, slice) })
        + (try await ask(once: false, slice))
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

  private func ask(once: Bool, _ slice: Duration) async throws -> [Double] {
    func ask() async throws {
      let id = kernel.send(.kernelInfoRequest, [:], on: .control)
      try await waitForReply(to: id, on: .control)
    }
    if once {
      try await ask()
      return []
    }
    return try await latencies(slice, ask)
  }

  /// Sends code that prints and then waits, and returns when it has printed.
  private func start(_ code: String) async throws -> Run {
    var run = send(code)
    while run.bytes == 0 {
      run.receive(try await next())
      if run.hasEnded {
        throw run.failure
          ?? BenchmarkFailure("the code ended instead of waiting", leavesKernelUsable: true)
      }
    }
    return run
  }

  /// Waits for the end of code that was interrupted; whether with an error or not.
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
  /// What a body returns or throws.
  fileprivate init(_ body: () async throws -> Success) async {
    do {
      self = .success(try await body())
    } catch {
      self = .failure(error)
    }
  }
}

extension Duration {
  /// The duration in seconds.
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
