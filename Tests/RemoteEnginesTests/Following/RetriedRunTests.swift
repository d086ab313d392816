import RemoteEngines
import RunEvents
import Testing

@Suite("A run that an engine was told to run again")
struct RetriedRunTests {
  private static let second: Int64 = 1_000_000_000
  private let now = 100 * RetriedRunTests.second

  private func node(_ task: String, _ status: NodeStatus, ended: Int64? = nil)
    -> EngineRunState.Node
  {
    EngineRunState.Node(task: task, status: status, started: ended.map { $0 - 5 }, ended: ended)
  }

  private func state(
    _ status: EngineRunState.Status, _ nodes: [EngineRunState.Node] = [], finished: Int64? = nil
  ) -> EngineRunState {
    EngineRunState(
      status: status, started: 1, finished: finished,
      message: status == .failed ? "it broke" : nil, nodes: nodes)
  }

  private var before: EngineRunState {
    state(
      .failed, [node("load", .succeeded, ended: 10), node("fit", .failed, ended: 20)], finished: 30)
  }

  private func retried() -> RetriedRun { RetriedRun(after: before, now: now) }

  @Test("the end of the attempt before is not the end, and its failures are not told")
  func former() {
    var run = retried()
    let waiting = EngineRunState(
      status: .waiting, started: 1, nodes: [node("load", .succeeded, ended: 10)])
    #expect(run.take(before, now: now) == waiting)
    var running = before
    (running.status, running.finished, running.message) = (.running, nil, nil)
    #expect(run.take(running, now: now).nodes == waiting.nodes)
    #expect(run.take(running, now: now).status == .running)
    // An engine may fall back to what it said before.
    #expect(run.take(before, now: now) == waiting)
    let again = state(.running, [node("fit", .running)])
    #expect(run.take(again, now: now) == again)
    let end = state(.failed, [node("fit", .failed, ended: 50)], finished: 60)
    #expect(run.take(end, now: now) == end)
    #expect(!run.hasGivenUp)
  }

  @Test("a new end is the end, also of nodes that were not run again")
  func end() {
    var run = retried()
    let end = state(.stopped, before.nodes, finished: 60)
    #expect(run.take(end, now: now) == end)
  }

  @Test("an engine that tells no times is believed once it has said something else")
  func withoutTimes() {
    let before = state(.failed, [node("fit", .failed)])
    var run = RetriedRun(after: before, now: now)
    #expect(run.take(before, now: now).status == .waiting)
    let running = state(.running, [node("fit", .failed)])
    #expect(run.take(running, now: now).nodes == [])
    #expect(run.take(state(.running), now: now).nodes == [])
    // The task was gone in between.
    #expect(run.take(running, now: now).nodes == running.nodes)
    #expect(run.take(before, now: now) == before)
  }

  @Test("an engine that never says anything else is believed in the end")
  func patience() {
    var run = retried()
    #expect(run.take(before, now: now + 119 * RetriedRunTests.second).status == .waiting)
    #expect(!run.hasGivenUp)
    #expect(run.take(before, now: now + 120 * RetriedRunTests.second) == before)
    #expect(run.hasGivenUp)
  }
}
