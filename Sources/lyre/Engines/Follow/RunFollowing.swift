import RemoteEngines
import Reports
import RunEvents
import Synchronization
import SystemSupport

/// Follows a run on an engine to its end: states from the engine, and events from where the nodes leave them.
///
/// Both go on beside each other: while the engine does not answer, what the nodes tell is shown all the same. A
/// connection that breaks is tried again for as long as it takes. Ctrl-C ends the following, not the run.
struct RunFollowing {
  private let run: SubmittedRun
  private let reporter: EngineReporter
  private let limit: Duration?
  private let before: EngineRunState?

  /// - Parameters:
  ///   - run: the run.
  ///   - reporter: what shows it.
  ///   - limit: how long to follow; nil for to the end.
  ///   - before: what the engine said about a run that it was then told to run again; nil for another one.
  init(
    _ run: SubmittedRun, _ reporter: EngineReporter, limit: Duration?, after before: EngineRunState?
  ) {
    self.run = run
    self.reporter = reporter
    self.limit = limit
    self.before = before
  }

  /// Why the following ended.
  fileprivate enum Ending: Sendable {
    case over(FollowedRun, PipelineEnd)
    case signal(Int32)
    case limit
    case failed(EngineError)
    case cancelled
  }

  /// Follows the run.
  ///
  /// - Returns: the exit code: that of the run if it has ended.
  /// - Throws: `ExitRequest`, after reporting the error.
  func follow() async throws(ExitRequest) -> ExitCode {
    let engine = try await run.engineRun()
    let nodes = try await run.nodes()
    let feeds = try await run.feeds(nodes)
    let (signals, continuation) = AsyncStream.makeStream(of: Int32.self)
    Signals.handle { signal in
      Stopping.ask()
      continuation.yield(signal)
    }
    let story = RunStory(
      FollowedRun(run: run.id, pipeline: run.submission?.pipeline, nodes: nodes), reporter,
      hasFeeds: feeds != nil, after: before)
    let ending = await withTaskGroup(of: Ending?.self) { group in
      group.addTask { await followStates(of: engine, story) }
      if let feeds { group.addTask { await followEvents(of: feeds, story) } }
      group.addTask {
        for await signal in signals { return .signal(signal) }
        return .cancelled
      }
      if let limit {
        group.addTask { (try? await Task.sleep(for: limit)) == nil ? .cancelled : .limit }
      }
      defer { group.cancelAll() }
      for await ending in group {
        if let ending { return ending }
      }
      return .cancelled
    }
    switch ending {
    case .over(let followed, let end):
      // The nodes could not say it.
      let time = followed.state?.finished ?? wallClockNanoseconds()
      if end.status != "succeeded", let expired = run.submission?.expiredAccess(at: time) {
        reporter.notice("\(expired)")
      }
      return reporter.finish(followed, end)
    case .failed(let error):
      reporter.leave()
      throw EngineFailure.report(error)
    case .signal(let signal):
      goesOn("")
      return ExitCode(signal: signal)
    case .limit:
      goesOn("the time for following is over; ")
      return .timedOut
    case .cancelled:
      goesOn("")
      return .interrupted
    }
  }

  private func goesOn(_ reason: String) {
    reporter.leave()
    Printer.shared.log(
      "\(reason)the run goes on: `lyre pipeline follow \(run.again)` shows it again, "
        + "`lyre pipeline stop \(run.again)` stops it")
  }

  // MARK: The two sides

  /// How often to look at the bucket, and at the engine.
  private static let pause = Duration.seconds(1)
  private static let statePause = Duration.seconds(2)
  private static let longestPause = Duration.seconds(10)

  /// Asks the engine until the run is over.
  private func followStates(of engine: any EngineRun, _ story: RunStory) async -> Ending {
    var server = Connection()
    while !Task.isCancelled {
      var pause = RunFollowing.statePause
      do throws(EngineError) {
        let state = try await engine.state()
        if server.isBack() { reporter.notice("the engine answers again") }
        await story.take(state)
      } catch {
        guard error.kind == .unreachable || error.kind == .timeLimit else {
          return error.kind == .cancelled ? .cancelled : .failed(error)
        }
        if server.isFirst(), !Task.isCancelled {
          reporter.notice("\(error.description); the run goes on, and Lyre tries again")
        }
        pause = server.delay(from: RunFollowing.statePause)
      }
      if let end = await story.settle() { return end.ending }
      await wait(pause, story)
    }
    return .cancelled
  }

  /// How often to look whether a node has ended.
  private static let tick = Duration.milliseconds(250)

  /// Waits before the engine is asked again: not as long once a node has ended, which the engine may
  /// know more about, and may forget.
  private func wait(_ pause: Duration, _ story: RunStory) async {
    let end = ContinuousClock.now + pause
    while .now < end, !Task.isCancelled, await !story.takeNewEnd() {
      try? await Task.sleep(for: RunFollowing.tick)
    }
  }

  /// Reads what the nodes leave until the run is over.
  ///
  /// - Returns: nil if nothing can be read any more, and only the states are left.
  private func followEvents(of feeds: any RunFeeds, _ story: RunStory) async -> Ending? {
    var feeds = feeds
    var storage = Connection()
    // Before that there is no node to look at.
    await story.waitForState()
    while !Task.isCancelled {
      let before = await story.endings
      let news = await feeds.look(await story.active)
      if Task.isCancelled { break }
      await story.take(news)
      if let error = news.failure {
        if storage.isFirst() {
          reporter.notice(
            "the nodes' events are unreadable now, and Lyre tries again: \(error.description)")
        }
        if error.isFinal {
          await story.endEvents()
          return nil
        }
      } else if storage.isBack() {
        reporter.notice("the nodes' events can be read again")
      }
      if let end = await story.settle(drained: news.drained, before) { return end.ending }
      if news.events.isEmpty { try? await Task.sleep(for: RunFollowing.pause) }
    }
    return .cancelled
  }

  /// Whether a server can be reached, and how long to wait otherwise.
  private struct Connection {
    private var failures = 0

    /// Notes a failure.
    ///
    /// - Returns: whether it is the first since it could be reached.
    mutating func isFirst() -> Bool {
      failures += 1
      return failures == 1
    }

    /// Notes a success.
    ///
    /// - Returns: whether it could not be reached before.
    mutating func isBack() -> Bool {
      defer { failures = 0 }
      return failures > 0
    }

    /// How long to wait before the next attempt.
    func delay(from first: Duration) -> Duration {
      min(first * (1 << min(failures - 1, 5)), RunFollowing.longestPause)
    }
  }
}

extension RunStory.End {
  /// The ending of the following.
  fileprivate var ending: RunFollowing.Ending { .over(run, end) }
}
