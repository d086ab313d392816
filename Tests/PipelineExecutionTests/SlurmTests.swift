import JSONCore
import Pipelines
import RunEvents
import Testing

@testable import PipelineExecution

@Suite("Jobs of Slurm")
struct SlurmTests {
  private func request(
    _ properties: JSONObject = [:], limit: Double? = nil,
    _ change: (inout SlurmSettings) -> Void = { _ in }
  ) throws -> JobRequest {
    var settings = SlurmSettings()
    change(&settings)
    return JobRequest(
      try ContainerArgumentTests.node(properties), command: ["/l y'r/lyre", "node", "/d.json"],
      workingDirectory: "/w d", output: "/o%j", comment: "c", limit: limit, settings: settings)
  }

  private static let plain = [
    "--parsable", "--job-name=lyre-a.ipynb", "--nodes=1", "--ntasks=1", "--chdir=/w d",
    "--output=/o%%j", "--open-mode=append", "--no-requeue", "--comment=c",
  ]

  @Test(
    "a job asks for what its node asks for",
    arguments: [
      ([:], nil, []),
      (["cpu": 1.5, "memory": 2], nil, ["--cpus-per-task=2", "--mem=1908M"]),
      (
        ["cpu": 1, "cpu_limit": 4, "memory": 1, "memory_limit": 3, "gpu": 2], nil,
        ["--cpus-per-task=4", "--mem=2862M", "--gres=gpu:2"]
      ),
      ([:], 90.0, ["--time=4"]),
    ] as [(JSONObject, Double?, [String])])
  func resources(properties: JSONObject, limit: Double?, options: [String]) throws {
    let request = try request(properties, limit: limit)
    #expect(request.arguments(script: "/s") == SlurmTests.plain + options + ["/s"])
  }

  @Test("the user's options come last")
  func options() throws {
    let request = try request(limit: 60) {
      ($0.partition, $0.account, $0.time, $0.options) = ("p", "a", "1:00", ["--qos=low"])
    }
    #expect(
      request.arguments(script: "/s") == SlurmTests.plain + [
        "--partition=p", "--account=a", "--time=1:00", "--qos=low", "/s",
      ])
    #expect(request.script == "#!/bin/sh\nexec '/l y'\\''r/lyre' 'node' '/d.json'\n")
    #expect(JobRequest.name("a b\nJobState=X ü") == "lyre-a_b_JobState_X__")
  }

  @Test("what Slurm says about a job")
  func states() throws {
    let state = try #require(
      JobState(
        line: "JobId=2 JobName=j.sh UserId=root(0) Account=(null) JobState=FAILED "
          + "Reason=NonZeroExitCode Dependency=(null) ExitCode=7:9 RunTime=00:00:01 "
          + "ReqNodeList=(null) ExcNodeList=(null) NodeList=n2 Comment=x JobState=RUNNING"))
    #expect(state.name == "FAILED" && state.exitCode == 7 && state.signal == 9)
    #expect(state.machine == "n2" && state.hasEnded && state.obstacle == nil)
    let waiting = try #require(
      JobState(line: "JobId=6 JobState=PENDING Reason=PartitionTimeLimit NodeList= x=1"))
    #expect(waiting.isWaiting && !waiting.hasEnded && waiting.obstacle == "PartitionTimeLimit")
    #expect(waiting.machine == nil)
    #expect(JobState(line: "slurm_load_jobs error: Invalid job id specified") == nil)
    #expect(JobState(accounting: "CANCELLED by 1000|0:15")?.name == "CANCELLED")
    #expect(JobState(accounting: "") == nil)
  }

  @Test(
    "the end of a job without a result is explained",
    arguments: [
      ("TIMEOUT", 0, "", NodeStatus.timedOut, "took longer than the time limit of its job 5"),
      ("CANCELLED", 0, "", .failed, "its job 5 was cancelled by somebody else"),
      (
        "FAILED", 127, "j: exec: /l: not found", .failed,
        "its job 5 could not run '/l': j: exec: /l: not found. All machines of the cluster have to "
          + "see that file; name another one with --node-program"
      ),
      ("FAILED", 1, "", .failed, "its job 5 exited with code 1 and left no result"),
      ("FAILED", 3, "", .timedOut, "took longer than its limit"),
      ("FAILED", 4, "", .kernelDied, "its kernel died"),
      (
        "OUT_OF_MEMORY", 0, "", .failed,
        "ran out of memory: its limit is 2 GB (memory_limit in the node's properties)"
      ),
    ])
  func endings(name: String, code: Int, output: String, status: NodeStatus, message: String) {
    var state = JobState(name)
    state.exitCode = code
    var ending = JobEnding(job: "5", state: state, output: output, program: "/l")
    ending.memory = 2_000_000_000
    #expect(ending.outcome(nil).status == status)
    #expect(ending.outcome(nil).message == message)
  }

  @Test(
    "results that cannot be read do not hide why Slurm says that the job ended",
    arguments: [
      ("OUT_OF_MEMORY", 0, .failed, "ran out of memory (memory_limit in the node's properties)"),
      ("TIMEOUT", 0, .timedOut, "took longer than the time limit of its job 5"),
      ("NODE_FAIL", 0, .failed, "the machine of its job 5 failed"),
      ("FAILED", 3, .timedOut, "took longer than its limit"),
      ("FAILED", 1, .failed, "its job 5 exited with code 1 and left no result"),
      // These may have done all, which is not repeated.
      ("FAILED", 6, .notWritten, "its job 5 exited with code 6 and left no result"),
      ("COMPLETED", 0, .notWritten, "its job 5 exited with code 0 and left no result"),
    ] as [(String, Int, NodeStatus, String)])
  func unreadable(name: String, code: Int, status: NodeStatus, reason: String) {
    var state = JobState(name)
    state.exitCode = code
    let outcome = JobEnding(job: "5", state: state, program: "/l").outcome(nil)
      .withoutResults("its results in 'x' cannot be read: away")
    #expect(outcome.status == status)
    #expect(outcome.message == "\(reason); its results in 'x' cannot be read: away")
  }

  @Test("a result counts, unless somebody else ended the job")
  func results() {
    let ending = JobEnding(job: "5", state: JobState("CANCELLED"), program: "/l")
    #expect(ending.outcome(NodeOutcome(status: .succeeded)).status == .succeeded)
    let stopped = NodeOutcome(status: .interrupted)
    #expect(ending.outcome(stopped).message == "its job 5 was cancelled by somebody else")
    var ours = ending
    ours.isStopped = true
    #expect(ours.outcome(stopped).status == .interrupted)
    #expect(ours.outcome(nil).status == .interrupted)
    let forgotten = JobEnding(job: "5", state: nil, program: "/l").outcome(nil)
    #expect(forgotten.status == .failed && forgotten.message?.contains("no longer knows") == true)
  }
}
