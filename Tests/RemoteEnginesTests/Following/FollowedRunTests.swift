import RemoteEngines
import RunEvents
import Testing

@Suite("A run of an engine as the events of a local one")
struct FollowedRunTests {
  private static let second: Int64 = 1_000_000_000
  private let now = 100 * FollowedRunTests.second

  private func run() -> FollowedRun {
    FollowedRun(
      run: "r1", pipeline: "p.pipeline",
      nodes: [
        SubmittedNode(
          id: "a", label: "Load", task: "load", file: "load.ipynb", results: "p/r1/.lyre/a"),
        SubmittedNode(
          id: "b", label: "Fit", task: "fit", file: "fit.py", results: "p/r1/.lyre/b", parents: [0]),
        SubmittedNode(id: "c", label: "Count", task: "count", parents: [1]),
      ])
  }

  private func state(
    _ status: EngineRunState.Status, _ nodes: [(String, NodeStatus)], finished: Int64? = nil
  ) -> EngineRunState {
    EngineRunState(
      status: status, started: 90 * FollowedRunTests.second, finished: finished,
      nodes: nodes.map { EngineRunState.Node(task: $0.0, status: $0.1) })
  }

  /// An event as the node itself writes it.
  private func own(_ kind: RunEvent.Kind, start: Int = 1) -> RunEvent {
    let node = NodeIdentity(place: 7, id: "a", label: "a", attempt: start)
    return RunEvent(kind, of: RunSubject(run: .name("r1"), node: node), time: now)
  }

  private func ended(_ status: NodeStatus, _ message: String? = nil) -> RunEvent.Kind {
    var result = NodeResult(place: 7, id: "a", label: "a", file: "a.ipynb")
    result.status = status
    result.message = message
    result.log = "/tmp/of/the/container.log"
    result.duration = .seconds(3)
    return .nodeFinished(result)
  }

  private func words(_ events: [RunEvent]) -> [String] {
    events.map { event in
      var text = event.kind.name
      if let node = event.subject.node {
        text += " \(node.label)" + (node.attempt.map { " \($0)" } ?? "")
      }
      switch event.kind {
      case .nodeFinished(let node), .nodeRetried(let node, _): text += " \(node.status.rawValue)"
      case .pipelineFinished(let end): text += " \(end.status)"
      default: break
      }
      return text
    }
  }

  @Test("states begin and end nodes, their own events are in between, and each is reported once")
  func whole() {
    var run = run()
    var told = run.take(state(.waiting, []), now: now)
    #expect(words(told) == ["pipeline_started"])
    told = run.take(state(.running, [("load", .running)]), now: now)
    #expect(words(told) == ["node_started Load 1"] && run.active == [0])
    #expect(run.take(own(.nodeStarted(reason: nil)), of: 0, start: 1) == [])
    told = run.take(own(.text(cell: 0, stream: "stdout", text: "x\n")), of: 0, start: 1)
    #expect(words(told) == ["stream Load 1"])
    #expect(told.first?.subject.run == .name("r1"))
    #expect(told.first?.subject.pipeline == "p.pipeline")
    #expect(told.first?.subject.node?.place == 0)
    told = run.take(own(ended(.succeeded)), of: 0, start: 1)
    #expect(words(told) == ["node_finished Load succeeded"] && run.active == [])
    #expect(run.results[0].log == nil && run.results[0].duration == .seconds(3))
    // The events were faster than the engine.
    #expect(run.take(state(.running, [("load", .running), ("fit", .waiting)]), now: now) == [])
    told = run.take(state(.running, [("load", .succeeded), ("fit", .running)]), now: now)
    #expect(words(told) == ["node_started Fit 1"])
    let last = state(
      .succeeded, [("load", .succeeded), ("fit", .succeeded), ("count", .succeeded)],
      finished: 130 * FollowedRunTests.second)
    told = run.take(last, now: now)
    // Without events of its own the engine's word counts.
    #expect(words(told) == ["node_started Count 1", "node_finished Count succeeded"])
    #expect(run.settle(now: now) == [] && !run.isOver)
    told = run.take(own(ended(.succeeded)), of: 1, start: 1) + run.settle(now: now)
    #expect(words(told) == ["node_finished Fit succeeded", "pipeline_finished succeeded"])
    #expect(run.isOver)
    guard case .pipelineFinished(let end)? = told.last?.kind else { return }
    #expect(end.duration == .seconds(40) && end.counts == [.succeeded: 3])
  }

  @Test("a failed attempt waits for the engine, which may start the node again")
  func retries() {
    var run = run()
    _ = run.take(state(.running, [("load", .running)]), now: now)
    #expect(run.take(own(ended(.failed, "boom")), of: 0, start: 1) == [])
    #expect(run.settle(now: now + 100 * FollowedRunTests.second, drained: [0]) == [])
    var told = run.take(own(.nodeStarted(reason: nil), start: 2), of: 0, start: 2)
    #expect(words(told) == ["node_retried Load 1 failed", "node_started Load 2"])
    told = run.take(own(ended(.succeeded), start: 2), of: 0, start: 2)
    #expect(words(told) == ["node_finished Load succeeded"] && run.results[0].attempts == 2)
  }

  @Test("whoever comes late sees every attempt, whatever the engine says already")
  func late() {
    var run = run()
    let over = state(.failed, [("load", .failed)], finished: now)
    #expect(words(run.take(over, now: now)) == ["pipeline_started", "node_started Load 1"])
    #expect(run.take(own(ended(.failed, "one")), of: 0, start: 1) == [])
    var told = run.take(own(.nodeStarted(reason: nil), start: 2), of: 0, start: 2)
    #expect(words(told) == ["node_retried Load 1 failed", "node_started Load 2"])
    _ = run.take(over, now: now)
    #expect(run.take(own(ended(.failed, "two"), start: 2), of: 0, start: 2) == [])
    told = run.settle(now: now, drained: [0])
    #expect(
      words(told) == [
        "node_finished Load failed", "node_finished Fit blocked", "node_finished Count blocked",
        "pipeline_finished failed",
      ])
    #expect(
      run.results.map(\.message) == [
        "two", "it needs 'Load', which failed", "it needs 'Load', which failed",
      ])
  }

  @Test("a node that was killed ends by the engine's word, after its events have had their time")
  func killed() {
    var run = run()
    _ = run.take(state(.running, [("load", .running)]), now: now)
    _ = run.take(own(.nodeStarted(reason: nil)), of: 0, start: 1)
    var failed = state(.failed, [("load", .failed)], finished: now)
    failed.nodes[0].message = "OOMKilled (exit code 137)"
    _ = run.take(failed, now: now)
    #expect(run.settle(now: now + 14 * FollowedRunTests.second, drained: [0]) == [])
    let told = run.settle(now: now + 15 * FollowedRunTests.second, drained: [0])
    #expect(words(told).first == "node_finished Load failed")
    #expect(
      run.results[0].message
        == "it was ended before it could say how, for example because its memory did not suffice, or "
        + "it was evicted: OOMKilled (exit code 137)")
  }

  @Test("the last word of an engine that knows the node's own ends it as soon as all is read")
  func conclusive() {
    var run = run()
    _ = run.take(state(.running, [("load", .running)]), now: now)
    _ = run.take(own(ended(.interrupted)), of: 0, start: 1)
    var failed = state(.failed, [("load", .timedOut), ("fit", .blocked)], finished: now)
    for place in failed.nodes.indices { failed.nodes[place].isConclusive = true }
    failed.nodes[0].message = "took longer than the time limit of its job 5"
    // Not before the reason.
    #expect(run.take(failed, now: now) == [] && run.settle(now: now) == [])
    #expect(
      words(run.settle(now: now, drained: [0])) == [
        "node_finished Load timed_out", "node_finished Fit blocked", "node_finished Count blocked",
        "pipeline_finished failed",
      ])
    #expect(run.results[0].message == failed.nodes[0].message)
    #expect(run.results[0].duration == .seconds(3))
  }

  @Test("a node that left no events ends by the last word, too")
  func conclusiveWithoutEvents() {
    var run = run()
    var failed = state(.failed, [("load", .failed)], finished: now)
    failed.nodes[0].isConclusive = true
    failed.nodes[0].message = "its job 5 could not run '/lyre'"
    _ = run.take(failed, now: now)
    #expect(words(run.settle(now: now, drained: [0])).first == "node_finished Load failed")
    #expect(run.results[0].message == "its job 5 could not run '/lyre'")
  }

  @Test("a container that could not be started says nothing")
  func neverTold() {
    var run = run()
    _ = run.take(state(.failed, [("load", .failed)], finished: now), now: now)
    _ = run.settle(now: now + 20 * FollowedRunTests.second)
    #expect(run.results[0].message?.hasPrefix("it left no events: its container") == true)
    #expect(run.isOver)
  }

  @Test("a stopped run: what ran was interrupted, what did not was not run")
  func stopped() {
    var run = run()
    _ = run.take(state(.running, [("load", .running)]), now: now)
    _ = run.take(own(.nodeStarted(reason: nil)), of: 0, start: 1)
    #expect(run.take(state(.stopped, [("load", .interrupted)], finished: now), now: now) == [])
    _ = run.take(own(ended(.interrupted)), of: 0, start: 1)
    let told = run.settle(now: now, drained: [0])
    #expect(
      words(told) == [
        "node_finished Load interrupted", "node_finished Fit not_run",
        "node_finished Count not_run", "pipeline_finished interrupted",
      ])
  }

  @Test("a run that the engine ends without a word about its nodes ends, too")
  func noWords() {
    var run = run()
    _ = run.take(state(.running, [("load", .running)]), now: now)
    _ = run.take(state(.succeeded, [], finished: now), now: now)
    #expect(run.settle(now: now) == [])
    let told = run.settle(now: now + 20 * FollowedRunTests.second)
    #expect(
      words(told) == [
        "node_finished Load succeeded", "node_finished Fit not_run",
        "node_finished Count not_run", "pipeline_finished succeeded",
      ])
  }

  @Test("results of the engine's cache have no events of this run")
  func cached() {
    var run = run()
    var told = run.take(state(.running, [("load", .cached)]), now: now)
    #expect(words(told) == ["pipeline_started", "node_finished Load cached"])
    told = run.take(own(.nodeStarted(reason: nil)), of: 0, start: 1)
    #expect(told == [])
  }
}
