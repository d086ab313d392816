package import RunEvents
import SystemSupport

/// A run of an engine as the events that a local run has: a value without I/O.
///
/// States of the engine and events of the nodes come in whatever order they are seen; what goes out is what a
/// board, reports and event logs of a pipeline expect.
package struct FollowedRun: Sendable {
  private let subject: RunSubject
  /// The engine's id of the run.
  package let id: String
  private let submitted: [SubmittedNode]
  private var nodes: [FollowedNode]
  private var hasBegun = false
  private var began: Int64?
  private var last: EngineRunState?
  /// Whether its end was told.
  package private(set) var isOver = false

  /// Creates a run that nothing is known about yet.
  ///
  /// - Parameters:
  ///   - run: the engine's id of the run.
  ///   - pipeline: the pipeline's file; nil if it is not known.
  ///   - nodes: its nodes, parents first.
  package init(run: String, pipeline: String?, nodes: [SubmittedNode]) {
    subject = RunSubject(run: .name(run), pipeline: pipeline)
    id = run
    submitted = nodes
    self.nodes = nodes.enumerated().map { FollowedNode(place: $0, $1) }
  }

  /// The places of nodes that may have news in the bucket.
  package var active: [Int] { nodes.indices.filter { nodes[$0].isActive } }

  /// The places of nodes that may have begun without a word from the engine: those before them have succeeded.
  package var next: [Int] {
    nodes.indices.filter { place in
      nodes[place].hasEvents && !nodes[place].isOver && !nodes[place].isActive
        && nodes[place].parents.allSatisfy {
          nodes.indices.contains($0) && nodes[$0].result.status.isDone
        }
    }
  }

  /// The places of nodes that the engine says have ended, and since when this has been known.
  package var endings: [Int: Int64] {
    nodes.indices.reduce(into: [:]) { $0[$1] = nodes[$1].endingSince }
  }

  /// The results of the nodes so far.
  package var results: [NodeResult] { nodes.map(\.result) }

  /// The places of the nodes that each node depends on.
  package var parents: [[Int]] { submitted.map(\.parents) }

  /// How the run stands, in the engine's words; nil before it was asked.
  package var state: EngineRunState? { last }

  // MARK: The engine

  /// Takes what the engine says.
  ///
  /// - Parameter now: the time here, in nanoseconds since 1970-01-01 00:00 UTC.
  package mutating func take(_ state: EngineRunState, now: Int64) -> [RunEvent] {
    guard !isOver else { return [] }
    last = state
    var events: [RunEvent] = []
    if !hasBegun {
      hasBegun = true
      // An engine whose clock is ahead has not begun in the future.
      let time = min(state.started ?? now, now)
      began = time
      let start = PipelineStart(
        name: id,
        nodes: submitted.map {
          PipelineStart.Node(id: $0.id, label: $0.label, file: $0.file, parents: $0.parents)
        }, keepsGoing: true)
      events.append(RunEvent(.pipelineStarted(start), of: subject, time: time))
    }
    for node in state.nodes {
      guard let place = submitted.firstIndex(where: { $0.task == node.task }),
        !isEarly(node, at: place)
      else { continue }
      events += told(nodes[place].take(node, now: now))
    }
    guard state.status.isFinal else { return events }
    for place in nodes.indices where nodes[place].isActive && nodes[place].endingSince == nil {
      let isGood = state.status == .succeeded
      let node = EngineRunState.Node(
        task: submitted[place].task, status: isGood ? .succeeded : .interrupted,
        message: isGood ? nil : FollowedRun.unknownEnd)
      events += told(nodes[place].take(node, now: now))
    }
    return events
  }

  /// Whether it was said that a node is not run before it was told why.
  private func isEarly(_ node: EngineRunState.Node, at place: Int) -> Bool {
    node.isConclusive && (node.status == .blocked || node.status == .notRun)
      && submitted[place].parents.contains { nodes.indices.contains($0) && !nodes[$0].isOver }
  }

  private static let unknownEnd = "the engine does not say how it ended"

  // MARK: The nodes

  /// Takes an event that a node has left in the bucket.
  ///
  /// - Parameter start: the number of the engine's start of the node that it belongs to.
  package mutating func take(_ event: RunEvent, of place: Int, start: Int) -> [RunEvent] {
    guard !isOver, nodes.indices.contains(place) else { return [] }
    return told(nodes[place].take(event, start: start))
  }

  /// A warning about a node.
  package func warning(_ message: String, of place: Int, now: Int64) -> RunEvent {
    var subject = subject
    subject.node = nodes.indices.contains(place) ? nodes[place].result.identity : nil
    return RunEvent(.warning(RunWarning(message)), of: subject, time: now)
  }

  /// Ends the nodes that have ended, and the run if it has and all of them are told.
  ///
  /// - Parameters:
  ///   - now: the time here.
  ///   - patience: how long to wait for events of a node that the engine says has ended.
  ///   - drained: the places of nodes whose events have all been taken so far.
  package mutating func settle(
    now: Int64, patience: Duration = .seconds(15), drained: Set<Int> = []
  ) -> [RunEvent] {
    guard !isOver, hasBegun, let last else { return [] }
    var events: [RunEvent] = []
    for place in nodes.indices {
      events += told(
        nodes[place].settle(
          now: now, patience: patience.totalNanoseconds, isDrained: drained.contains(place)))
    }
    // A node that was started ends by its own events, or when they have had their time.
    guard last.status.isFinal, !nodes.contains(where: \.isActive) else { return events }
    return events + finish(last, now: now)
  }

  private mutating func finish(_ state: EngineRunState, now: Int64) -> [RunEvent] {
    var events: [RunEvent] = []
    for place in nodes.indices where !nodes[place].isOver {
      let (status, message) = ending(of: place, state)
      events += told(nodes[place].end(status, message, at: now))
    }
    isOver = true
    let results = nodes.map(\.result)
    let end = PipelineEnd(
      status: state.status == .succeeded
        ? "succeeded" : state.status == .stopped ? "interrupted" : "failed",
      counts: results.reduce(into: [:]) { $0[$1.status, default: 0] += 1 },
      duration: .nanoseconds(max(0, (state.finished ?? now) - (began ?? now))),
      criticalPath: [])
    events.append(RunEvent(.pipelineFinished(end), of: subject, time: now))
    return events
  }

  /// What a node was that the engine has not said anything final about.
  private func ending(of place: Int, _ state: EngineRunState) -> (NodeStatus, String?) {
    if let failed = failure(before: place) {
      return (.blocked, "it needs '\(nodes[failed].result.label)', which failed")
    }
    if nodes[place].result.status == .running {
      return state.status == .succeeded
        ? (.succeeded, nil) : (.interrupted, FollowedRun.unknownEnd)
    }
    // The engine leaves out what it did not have to run.
    return (.notRun, nil)
  }

  /// A node before another one that failed.
  private func failure(before place: Int) -> Int? {
    var open = [place]
    var seen: Set<Int> = [place]
    while let next = open.popLast() {
      for parent in nodes[next].parents
      where nodes.indices.contains(parent) && seen.insert(parent).inserted {
        let status = nodes[parent].result.status
        if status.isFailure { return parent }
        if status == .blocked || status == .notRun { open.append(parent) }
      }
    }
    return nil
  }

  private func told(_ events: [FollowedNode.Event]) -> [RunEvent] {
    events.map { event in
      var subject = subject
      subject.node = event.node
      subject.notebook = event.notebook
      return RunEvent(event.kind, of: subject, time: event.time)
    }
  }
}
