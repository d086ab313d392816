import JSONCore
import Pipelines
import Processes
import RunEvents
import Testing

@testable import PipelineExecution

@Suite("The answers of a container engine")
struct ContainerAnswerTests {
  private func json(_ text: String) throws -> JSONValue {
    try JSONValue(parsing: Array(text.utf8))
  }

  @Test(
    "an engine is known by its version, not its name",
    arguments: [
      ("Docker version 28.2.2, build e6534b4", EngineKind.docker),
      ("podman version 4.3.1", .podman), ("nerdctl version 1.7", .docker),
    ])
  func kind(version: String, kind: EngineKind) {
    #expect(EngineKind(version: version) == kind)
  }

  @Test(
    "the reason of an engine that does not answer ends with one mark",
    arguments: [("no such file", "."), ("Is the docker daemon running?", ""), ("It is off.", "")])
  func unreachable(reason: String, end: String) {
    let host = ["DOCKER_HOST": "tcp://h"]
    #expect(
      ContainerEngine.unreachable("docker", reason, host)
        == "the container engine docker (at tcp://h) does not answer: \(reason)\(end) Start it, or "
        + "name another one with --container-engine")
  }

  @Test("what an engine says about itself")
  func facts() throws {
    let docker = EngineFacts(
      try json(
        """
        {"SecurityOptions":["name=seccomp,profile=default","name=rootless","name=userns"],
         "NCPU":2,"MemoryLimit":true,"CpuCfsQuota":false}
        """), of: .docker)
    #expect(docker.isRootless && docker.mapsUsers && !docker.hasSELinux)
    #expect(docker.cores == 2 && docker.limitsMemory && !docker.limitsProcessor)
    let podman = EngineFacts(
      try json(
        """
        {"host":{"cpus":8,"cgroupVersion":"v2","cgroupControllers":["memory","pids"],
         "security":{"rootless":true,"selinuxEnabled":true}}}
        """), of: .podman)
    #expect(podman.isRootless && podman.hasSELinux && podman.cores == 8)
    #expect(podman.limitsMemory && !podman.limitsProcessor)
    // Nothing that an engine may say is a surprise.
    #expect(EngineFacts(nil, of: .docker) == EngineFacts())
    #expect(EngineFacts([1, "x"], of: .podman) == EngineFacts())
  }

  @Test("what an engine says about images and containers")
  func inspections() throws {
    let image = try #require(
      ImageFacts(
        try json(
          """
          [{"Id":"sha256:02ab","Config":{"Env":["PATH=/bin","HOME=/home/jo","A=b=c","odd"]},
            "Architecture":"amd64"}]
          """)))
    #expect(image.digest == "02ab" && image.processor == "amd64")
    #expect(image.variables == ["PATH": "/bin", "HOME": "/home/jo", "A": "b=c"])
    #expect(ImageFacts([]) == nil)
    let containers = ContainerFacts.all(
      try json(
        """
        [{"Id":"f31","State":{"Status":"exited","OOMKilled":true,"ExitCode":137,"Error":""},
          "Config":{"Labels":{"lyre.node":"a"}}}, 7, {"State":{}}]
        """))
    #expect(containers.count == 1)
    #expect(containers[0].ranOutOfMemory && containers[0].exitCode == 137)
    #expect(containers[0].labels == ["lyre.node": "a"])
  }

  @Test(
    "the reason of a failure is the line that says it",
    arguments: [
      ("", nil),
      (
        "docker: Error response from daemon: no such thing\n\nRun 'docker run --help' for more\n",
        "no such thing"
      ),
      ("Error: crun: setrlimit: denied\n", "crun: setrlimit: denied"),
      (
        "sbatch: error: Batch job submission failed: Invalid partition name specified",
        "Batch job submission failed: Invalid partition name specified"
      ),
      ("x\r\ny\r\n", "y"),
    ] as [(String, String?)])
  func reason(errors: String, reason: String?) {
    #expect(ToolCommand.reason(in: errors) == reason)
  }

  private func ending(
    _ status: String = "exited", oom: Bool = false, code: Int = 1, error: String = "",
    errors: String = "", isKnown: Bool = true, memory: Double? = nil
  ) throws -> ContainerEnding {
    let node = try ContainerArgumentTests.node(memory.map { ["memory_limit": .init($0)] } ?? [:])
    return ContainerEnding(
      engine: "docker", image: "i:1", exit: .exited(125), errors: errors,
      facts: isKnown
        ? ContainerFacts(
          id: "1", status: status, ranOutOfMemory: oom, exitCode: code, error: error, labels: [:])
        : nil,
      resources: ContainerResources(node))
  }

  @Test("a container that left no result is explained by what the engine knows")
  func withoutResult() throws {
    func message(_ ending: ContainerEnding) -> String { ending.outcome(nil).message ?? "" }
    #expect(
      message(try ending(oom: true, code: 137, memory: 0.512))
        == "ran out of memory: its limit is 512 MB (memory_limit in the node's properties)")
    #expect(message(try ending(code: 137)).contains("killed (SIGKILL)"))
    #expect(
      message(try ending("created", code: 127, errors: "docker: exec: \"x\": not found: unknown\n"))
        == "docker could not start its container: exec: \"x\": not found: unknown")
    #expect(
      message(try ending(errors: "exec /.lyre/lyre: exec format error")).contains("processor"))
    #expect(
      message(try ending(errors: "docker: Cannot connect to the daemon", isKnown: false))
        == "docker did not run its container: Cannot connect to the daemon")
    #expect(
      message(try ending("running", errors: "unexpected EOF"))
        == "docker no longer answered while the node ran: unexpected EOF")
    var stopped = try ending(code: 143)
    stopped.isStopped = true
    #expect(stopped.outcome(nil).status == .interrupted)
    stopped.isStopped = false
    stopped.isTimedOut = true
    #expect(stopped.outcome(nil).status == .timedOut)
  }

  @Test("results that cannot be read do not hide why the engine says that the container ended")
  func unreadable() throws {
    func outcome(_ ending: ContainerEnding) -> NodeOutcome {
      ending.outcome(nil).withoutResults("its results in 'x' cannot be read: away")
    }
    func expect(
      _ ending: ContainerEnding, _ status: NodeStatus, _ reason: String,
      _ location: SourceLocation = #_sourceLocation
    ) {
      let outcome = outcome(ending)
      #expect(outcome.status == status, sourceLocation: location)
      #expect(
        outcome.message == "\(reason); its results in 'x' cannot be read: away",
        sourceLocation: location)
    }
    let memory =
      "ran out of memory: its limit is 512 MB (memory_limit in the node's properties)"
    expect(try ending(oom: true, code: 137, memory: 0.512), .failed, memory)
    expect(try ending(oom: true, code: 4, memory: 0.512), .kernelDied, memory)
    expect(try ending(code: 3), .timedOut, "took longer than its limit")
    expect(
      try ending(code: 137), .failed,
      "its container was killed (SIGKILL): by somebody else, or because docker ended")
    expect(
      try ending(code: 1), .failed, "its container ended with exit code 1 and without a result")
    var overdue = try ending(code: 143)
    overdue.isTimedOut = true
    expect(overdue, .timedOut, "took longer than its limit")
    // These may have done all, which is not repeated.
    expect(
      try ending(oom: true, code: 0), .notWritten,
      "its container ended with exit code 0 and without a result")
    expect(
      try ending("running", errors: "unexpected EOF"), .notWritten,
      "docker no longer answered while the node ran: unexpected EOF")
    expect(
      try ending(errors: "docker: gone", isKnown: false), .notWritten,
      "docker did not run its container: gone")
    expect(
      try ending("created", code: 127, errors: "docker: exec: \"x\": not found: unknown\n"),
      .failed,
      "docker could not start its container: exec: \"x\": not found: unknown")
  }

  @Test("a container that somebody else stopped has failed, and its end is never a success")
  func stoppedByOthers() throws {
    let left = NodeOutcome(status: .interrupted)
    var ending = try ending()
    #expect(ending.outcome(left).status == .failed)
    #expect(ending.outcome(left).message?.contains("because docker ended") == true)
    ending.isTimedOut = true
    #expect(ending.outcome(left).status == .timedOut)
    ending.isStopped = true
    #expect(ending.outcome(left).status == .interrupted)
    var gone = try self.ending(errors: "docker: Cannot connect", isKnown: false)
    gone.hasBegun = true
    #expect(gone.outcome(nil).message?.contains("`lyre pipeline cleanup` removes it") == true)
  }

  @Test("a kernel that was killed because memory ran out is said to be that")
  func outOfMemory() throws {
    let left = NodeOutcome(
      status: .kernelDied, message: "the kernel was killed by SIGKILL (possibly …) in cell 1")
    let outcome = try ending(oom: true, memory: 2).outcome(left)
    #expect(outcome.status == .kernelDied)
    #expect(outcome.message?.hasPrefix("ran out of memory: its limit is 2 GB") == true)
    #expect(try ending().outcome(left).message == left.message)
    let limited = try ending(memory: 2).outcome(left).message
    #expect(limited?.hasSuffix("; its memory limit is 2 GB") == true)
    let error = NodeOutcome(status: .failed, message: "cell 1 failed: ValueError")
    #expect(try ending(oom: true).outcome(error).message == error.message)
  }
}
