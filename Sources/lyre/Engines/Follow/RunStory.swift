import RemoteEngines
import Reports
import RunEvents
import SystemSupport

/// A run that is followed, told by its engine and by its nodes, each of which may be silent while the other
/// one speaks.
actor RunStory {
  /// The end of a run.
  struct End: Sendable {
    /// The run.
    var run: FollowedRun
    /// How it ended.
    var end: PipelineEnd
  }

  private var followed: FollowedRun
  private var retried: RetriedRun?
  private var hasFeeds: Bool
  private var end: End?
  private var hasNewEnd = false
  private var lastState = ContinuousClock.now
  private let reporter: EngineReporter
  private let (states, hasState) = AsyncStream<Void>.makeStream()

  /// - Parameters:
  ///   - followed: the run.
  ///   - reporter: what shows it.
  ///   - hasFeeds: whether its nodes tell anything.
  ///   - before: what the engine said about a run that it was then told to run again; nil for another one.
  init(
    _ followed: FollowedRun, _ reporter: EngineReporter, hasFeeds: Bool,
    after before: EngineRunState?
  ) {
    self.followed = followed
    self.reporter = reporter
    self.hasFeeds = hasFeeds
    retried = before.map { RetriedRun(after: $0, now: wallClockNanoseconds()) }
  }

  // MARK: The engine

  /// Takes what the engine says.
  func take(_ state: EngineRunState) {
    lastState = .now
    tell(followed.take(news(in: state), now: wallClockNanoseconds()))
    hasState.finish()
  }

  /// Waits until the engine has said something.
  func waitForState() async {
    for await _ in states {}
  }

  /// What is new in what the engine says about a run that it was told to run again.
  private func news(in state: EngineRunState) -> EngineRunState {
    guard let news = retried?.take(state, now: wallClockNanoseconds()) else { return state }
    if retried?.hasGivenUp == true {
      reporter.notice(
        "the engine still says about the run what it said before the retry; this is shown now")
      retried = nil
    }
    return news
  }

  // MARK: The nodes

  /// How long the engine may be silent before nodes are looked for that it has not spoken of.
  private static let silence = Duration.seconds(10)

  /// The places of nodes that may have news.
  var active: [Int] {
    let isSilent = .now - lastState > RunStory.silence
    return isSilent ? (followed.active + followed.next).sorted() : followed.active
  }

  /// The places of nodes that the engine says have ended, and since when this has been known.
  var endings: [Int: Int64] { followed.endings }

  /// Takes what the nodes tell.
  func take(_ news: RunNews) {
    for (event, place, start) in news.events {
      if case .nodeFinished = event.kind { hasNewEnd = true }
      tell(followed.take(event, of: place, start: start))
    }
    for (message, place) in news.warnings {
      tell([followed.warning(message, of: place, now: wallClockNanoseconds())])
    }
  }

  /// Whether a node has said that it ended since this was asked before.
  func takeNewEnd() -> Bool {
    defer { hasNewEnd = false }
    return hasNewEnd
  }

  /// Notes that the nodes tell nothing any more.
  func endEvents() { hasFeeds = false }

  // MARK: The end

  /// Ends the nodes that have ended, and the run if it has.
  ///
  /// - Parameters:
  ///   - drained: the places of nodes that had no more to tell.
  ///   - before: ``endings`` before they were asked: one that ended meanwhile may have more.
  /// - Returns: the end of the run; nil if it goes on.
  func settle(drained: Set<Int> = [], _ before: [Int: Int64] = [:]) -> End? {
    if let end { return end }
    let endings = followed.endings
    let events = followed.settle(
      now: wallClockNanoseconds(), patience: hasFeeds ? .seconds(15) : .zero,
      drained: drained.filter { before[$0] != nil && before[$0] == endings[$0] })
    tell(events)
    for event in events {
      if case .pipelineFinished(let end) = event.kind { self.end = End(run: followed, end: end) }
    }
    return end
  }

  private func tell(_ events: [RunEvent]) {
    for event in events { reporter.report(event) }
  }
}
