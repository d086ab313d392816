import RunEvents
import Testing

@testable import RemoteEngines

@Suite("States of Airflow")
struct AirflowStateTests {
  @Test(
    "each state of a task is one of a node",
    arguments: [
      (nil, NodeStatus.waiting, false), ("scheduled", .waiting, false), ("queued", .waiting, false),
      ("running", .running, false), ("restarting", .running, false), ("deferred", .running, false),
      ("up_for_retry", .waiting, false), ("up_for_reschedule", .waiting, false),
      ("success", .succeeded, true), ("failed", .failed, true), ("upstream_failed", .waiting, true),
      ("skipped", .notRun, true), ("removed", .notRun, true), ("of_tomorrow", .waiting, false),
    ])
  func tasks(name: String?, status: NodeStatus, isFinal: Bool) {
    let state = AirflowTaskState(name: name)
    #expect(state.status == status && state.isFinal == isFinal)
  }

  @Test("every state that Airflow has is known by its name", arguments: AirflowTaskState.allCases)
  func names(state: AirflowTaskState) {
    #expect(AirflowTaskState(name: state.rawValue) == state)
  }

  @Test(
    "a run has the times of Airflow, and ends with it",
    arguments: [
      (AirflowRunState.queued, EngineRunState.Status.waiting), (.running, .running),
      (.success, .succeeded), (.failed, .failed), (.unknown, .waiting),
    ])
  func runs(state: AirflowRunState, status: EngineRunState.Status) {
    let run = AirflowRun(id: "r", dag: "d", state: state, started: 1, ended: 2)
    let task = AirflowTaskRun(task: "t", state: .success, attempt: 1, started: 3, ended: 4)
    let found = EngineRunState(run, [task])
    #expect(found.status == status && found.status.isFinal == state.isFinal)
    #expect(found.started == 1 && found.finished == 2)
    #expect(found.nodes == [.init(task: "t", status: .succeeded, started: 3, ended: 4)])
  }
}
