import RemoteEngines
import Reports
import RunEvents
import Synchronization
import SystemSupport

/// Follows a run on an engine to its end: states from the engine, and events from where the nodes leave them.
///
/// A connection that breaks is tried again for as long as it takes. Ctrl-C ends the following, not the run.
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
  private enum Ending: Sendable {
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
    let ending = await withTaskGroup(of: Ending.self) { group in
      group.addTask { await follow(engine, nodes, feeds) }
      group.addTask {
        for await signal in signals { return .signal(signal) }
        return .cancelled
      }
      if let limit {
        group.addTask { (try? await Task.sleep(for: limit)) == nil ? .cancelled : .limit }
      }
      let first = await group.next() ?? .cancelled
      group.cancelAll()
      return first
    }
    switch ending {
    case .over(let run, let end): return reporter.finish(run, end)
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

  // MARK: The loop

  /// How often to look at the bucket, and at the engine.
  private static let pause = Duration.seconds(1)
  private static let statePause = Duration.seconds(2)
  private static let longestPause = Duration.seconds(10)

  private func follow(
    _ engine: any EngineRun, _ nodes: [SubmittedNode], _ feeds: (any RunFeeds)?
  ) async -> Ending {
    var followed = FollowedRun(run: run.id, pipeline: run.submission?.pipeline, nodes: nodes)
    var feeds = feeds
    var retried = before.map { RetriedRun(after: $0, now: wallClockNanoseconds()) }
    var server = Connection()
    var storage = Connection()
    var nextState = ContinuousClock.now
    while !Task.isCancelled {
      if .now >= nextState {
        do throws(EngineError) {
          let state = try await engine.state()
          if server.isBack() { reporter.notice("the engine answers again") }
          tell(followed.take(news(in: state, &retried), now: wallClockNanoseconds()))
          nextState = .now + RunFollowing.statePause
        } catch {
          guard error.kind == .unreachable || error.kind == .timeLimit else {
            return error.kind == .cancelled ? .cancelled : .failed(error)
          }
          if server.isFirst() {
            reporter.notice("\(error.description); the run goes on, and Lyre tries again")
          }
          nextState = .now + server.delay(from: RunFollowing.statePause)
        }
      }
      var drained: Set<Int> = []
      var hasNews = false
      if var current = feeds {
        let news = await current.look(followed.active)
        feeds = current
        hasNews = !news.events.isEmpty
        drained = news.drained
        for (event, place, start) in news.events {
          tell(followed.take(event, of: place, start: start))
        }
        for (message, place) in news.warnings {
          tell([followed.warning(message, of: place, now: wallClockNanoseconds())])
        }
        if let error = news.failure, !Task.isCancelled {
          if storage.isFirst() {
            reporter.notice(
              "the nodes' events are unreadable now, and Lyre tries again: \(error.description)")
          }
          // Only the states are left.
          if error.isFinal { feeds = nil }
        } else if storage.isBack() {
          reporter.notice("the nodes' events can be read again")
        }
      }
      let ended = followed.settle(
        now: wallClockNanoseconds(), patience: feeds == nil ? .zero : .seconds(15),
        drained: drained)
      tell(ended)
      for event in ended {
        if case .pipelineFinished(let end) = event.kind { return .over(followed, end) }
      }
      if !hasNews { try? await Task.sleep(for: RunFollowing.pause) }
    }
    return .cancelled
  }

  /// What is new in what the engine says about a run that it was told to run again.
  private func news(in state: EngineRunState, _ retried: inout RetriedRun?) -> EngineRunState {
    guard let news = retried?.take(state, now: wallClockNanoseconds()) else { return state }
    if retried?.hasGivenUp == true {
      reporter.notice(
        "the engine still says about the run what it said before the retry; this is shown now")
      retried = nil
    }
    return news
  }

  private func tell(_ events: [RunEvent]) {
    for event in events { reporter.report(event) }
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
