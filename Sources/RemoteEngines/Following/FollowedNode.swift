import RunEvents

/// A node of a run that is followed: what its engine and its own events say, as one story.
///
/// The engine knows when a node is started and whether the run goes on without it; the events know everything
/// in between. A failed attempt is over only if the engine says so, for it may start the node again.
struct FollowedNode: Sendable {
  /// The result so far; its status is `waiting` or `running` until the node has ended.
  private(set) var result: NodeResult
  /// The places of the nodes that it depends on.
  let parents: [Int]
  /// Whether it tells about itself in the bucket.
  let hasEvents: Bool
  /// How an attempt ended, while it is not known whether there is another one.
  private(set) var held: NodeResult?
  /// The attempt that is running.
  private var attempt = 0
  /// Whether an event of the current attempt has come.
  private var hasTold = false
  /// What the engine says about its end, and since when this is known here.
  private var ending: (node: EngineRunState.Node, since: Int64)?
  /// Whether its end was told.
  private(set) var isOver = false

  init(place: Int, _ node: SubmittedNode) {
    result = NodeResult(place: place, id: node.id, label: node.label, file: node.file)
    parents = node.parents
    hasEvents = node.results != nil
  }

  /// Since when it has been known that the engine says that it ended; nil if it does not.
  var endingSince: Int64? { ending?.since }

  /// Whether there may be news about it in the bucket.
  var isActive: Bool { hasEvents && !isOver && (attempt > 0 || ending != nil) }

  private func identity(_ attempt: Int?) -> NodeIdentity {
    NodeIdentity(place: result.place, id: result.id, label: result.label, attempt: attempt)
  }

  /// An event of this node, before the subject of the run is known.
  typealias Event = (kind: RunEvent.Kind, node: NodeIdentity, notebook: String?, time: Int64)

  // MARK: The engine

  /// Takes what the engine says.
  mutating func take(_ node: EngineRunState.Node, now: Int64) -> [Event] {
    guard !isOver else { return [] }
    switch node.status {
    case .waiting: return []
    case .running:
      ending = nil
      return attempt == 0 ? begin(1, at: node.started ?? now) : []
    default:
      if ending == nil || ending?.node.status != node.status { ending = (node, now) }
      var events: [Event] = []
      if attempt == 0, !node.status.isUnstarted {
        events += begin(1, at: node.started ?? now)
      }
      return events + settle(now: now, patience: .max, isDrained: false)
    }
  }

  private mutating func begin(_ number: Int, at time: Int64) -> [Event] {
    attempt = number
    hasTold = false
    held = nil
    result.status = .running
    result.attempts = number
    result.started = result.started ?? time
    return [(.nodeStarted(reason: nil), identity(number), nil, time)]
  }

  /// Ends the node if the engine says that it has ended, and its events have said how, or have had their time.
  ///
  /// - Parameters:
  ///   - now: the time, in nanoseconds.
  ///   - patience: how long to wait for its events, in nanoseconds.
  ///   - isDrained: whether all its events so far have been taken.
  mutating func settle(now: Int64, patience: Int64, isDrained: Bool) -> [Event] {
    guard !isOver, let (node, since) = ending else { return [] }
    let waits = hasEvents && !node.status.isUnstarted
    let isDue = !waits || now - since >= patience || node.isConclusive && isDrained
    // The engine may have started it again after the failure that is held.
    if var held, isDrained && node.status != .succeeded || isDue {
      if node.isConclusive { (held.status, held.message) = (node.status, node.message) }
      return end(held, at: node.ended ?? now)
    }
    if !isDue { return [] }
    var end = result
    end.status = node.status
    let started = node.started ?? end.started
    if !node.status.isUnstarted, let started {
      end.started = started
      end.duration = .nanoseconds(max(0, (node.ended ?? now) - started))
    }
    end.message = message(node)
    return self.end(end, at: node.ended ?? now)
  }

  private func message(_ node: EngineRunState.Node) -> String? {
    guard node.status == .failed, !node.isConclusive else { return node.message }
    if !hasEvents { return node.message ?? "the engine gives no reason; see the log of its pod" }
    let reason = node.message.map { ": \($0)" } ?? ""
    return hasTold
      ? "it was ended before it could say how, for example because its memory did not suffice, or it "
        + "was evicted\(reason)"
      : "it left no events: its container could not be started, or could not reach the bucket; see the "
        + "log of its pod\(reason)"
  }

  private mutating func end(_ result: NodeResult, at time: Int64) -> [Event] {
    self.result = result
    isOver = true
    held = nil
    return [(.nodeFinished(result), identity(nil), nil, time)]
  }

  /// Ends a node that was never started, when the run has ended.
  mutating func end(_ status: NodeStatus, _ message: String?, at time: Int64) -> [Event] {
    guard !isOver else { return [] }
    var end = held ?? result
    if held == nil {
      end.status = status
      end.message = message
    }
    return self.end(end, at: time)
  }

  // MARK: Its own events

  /// Takes an event of the node itself.
  ///
  /// - Parameter start: the number of the engine's start of the node that it belongs to.
  mutating func take(_ event: RunEvent, start: Int) -> [Event] {
    guard !isOver, start >= attempt else { return [] }
    var events = next(start, at: event.time)
    hasTold = true
    switch event.kind {
    case .nodeStarted, .pipelineStarted, .pipelineFinished, .nodeComparing, .nodeRetried: break
    case .nodeFinished(var own):
      own.place = result.place
      (own.id, own.label, own.file) = (result.id, result.label, result.file)
      own.attempts = start
      // The path is one of the container.
      own.log = nil
      own.executed = nil
      if own.status.isDone {
        events += end(own, at: event.time)
      } else {
        held = own
      }
    default:
      events.append((event.kind, identity(start), event.subject.notebook, event.time))
    }
    return events
  }

  /// Begins a further attempt if there is one.
  private mutating func next(_ start: Int, at time: Int64) -> [Event] {
    guard start > attempt else { return [] }
    guard attempt > 0 else { return begin(start, at: time) }
    var failed = held ?? result
    if held == nil {
      failed.status = .failed
      failed.message = "it was ended before it could say how"
    }
    let retried: Event = (.nodeRetried(failed, delay: .zero), identity(attempt), nil, time)
    // What the engine said was about the attempt before.
    ending = nil
    return [retried] + begin(start, at: time)
  }
}

extension NodeStatus {
  /// Whether a node with this status was not started.
  fileprivate var isUnstarted: Bool { [.cached, .notRun, .blocked, .skipped].contains(self) }
}
