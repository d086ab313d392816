import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite(
  "lyre pipeline submit --follow, to a server whose runs are real", .serialized,
  .timeLimit(.minutes(5)),
  .enabled(if: Services.has("seaweedfs"), "needs SeaweedFS"),
  .enabled(if: RealKernels.has("python3"), Comment(rawValue: RealKernels.missing)))
struct SubmitLiveServiceTests {
  /// A notebook that waits in its second cell for a file, and a script behind it.
  private func make(_ lyre: Lyre, image: String = "any/image:1", limit: Double? = nil) throws {
    let go = lyre.directory.path("go")
    try lyre.pythonNotebook(
      [
        "print('begun')",
        "import os, time\nwhile not os.path.exists('\(go)'): time.sleep(0.02)\nprint('went on')",
        "open('data.csv', 'w').write('1,2\\n')",
      ], to: "load.ipynb")
    try lyre.directory.write("print(open('data.csv').read())\n", to: "fit.py")
    try lyre.pipeline([
      .init(file: "load.ipynb", outputs: ["data.csv"], image: image),
      .init(file: "fit.py", parents: ["load.ipynb"], dependencies: ["data.csv"], image: image),
    ])
  }

  @Test("--follow shows cells while the node runs, and ends as a local run does")
  func live() async throws {
    try await SubmittedPipeline.with { try await live($0, image: "any/image:1") }
  }

  @Test("while the server does not answer, cells and the nodes behind are shown all the same")
  func stuck() async throws {
    try await SubmittedPipeline.with { submitted in
      let lyre = submitted.lyre
      try make(lyre)
      let command = try submitted.start([
        "submit", "p.pipeline", "--runtime-config", "team", "--follow", "-v", "--run-name", "first",
      ])
      #expect(await command.hasPrinted("load.ipynb | begun\n"), "\(command.errorsSoFar)")
      submitted.stub.ignore { $0.method == "GET" && $0.target.contains("/runs/") }
      let before = submitted.server.requests.count
      #expect(
        await eventually {
          submitted.server.requests.dropFirst(before).contains { $0.target.contains("/runs/") }
        })
      let start = ContinuousClock.now
      try lyre.directory.write("", to: "go")
      #expect(await command.hasPrinted("load.ipynb | went on\n"), "\(command.errorsSoFar)")
      #expect(await command.hasPrinted("fit.py | 1,2\n"), "\(command.errorsSoFar)")
      // A request is given up after a minute.
      #expect(ContinuousClock.now - start < .seconds(50))
      #expect(!command.errorsSoFar.contains("Lyre tries again"), "\(command.errorsSoFar)")
      command.send(signal: SIGINT)
      let outcome = Lyre.Outcome(await command.result())
      #expect(outcome.code == 130 && outcome.errors.contains("the run goes on"), "\(outcome)")
    }
  }

  @Test(
    "the same with real containers",
    .enabled(if: Elsewhere.has("docker"), Comment(rawValue: Elsewhere.missing)))
  func containers() async throws {
    try await SubmittedPipeline.with(starter: containers) {
      try await live($0, image: Elsewhere.python)
    }
  }

  /// Starts containers with the test's folder where it is, and with credentials.
  private func containers(_ lyre: Lyre) throws -> KubeflowStub.Starter {
    let folder = lyre.directory.path
    let keys = SubmittedPipeline.credentials.flatMap { ["-e", "\($0.key)=\($0.value)"] }
    return try SubmittedPipeline.containers(lyre, ["-v", "\(folder):\(folder)"] + keys)
  }

  private func live(_ submitted: SubmittedPipeline, image: String) async throws {
    let lyre = submitted.lyre
    try make(lyre, image: image)
    let command = try submitted.start([
      "submit", "p.pipeline", "--runtime-config", "team", "--follow", "-v", "--events", "e.ndjson",
      "--report", "r.xml", "--run-name", "first",
    ])
    // The first cell is shown while the second one waits.
    #expect(await command.hasPrinted("load.ipynb | begun\n"), "\(command.errorsSoFar)")
    #expect(
      await eventually {
        submitted.kinds("e.ndjson").filter { $0 == "cell_started" }.count == 2
      })
    #expect(submitted.kinds("e.ndjson").contains("cell_finished"))
    #expect(!command.hasEnded && !command.outputSoFar.contains("went on"))
    try lyre.directory.write("", to: "go")
    let outcome = Lyre.Outcome(await command.result())
    #expect(outcome.code == 0, "\(outcome)")
    #expect(
      outcome.output == "load.ipynb | begun\nload.ipynb | went on\nfit.py | 1,2\nfit.py | \n")
    for line in [
      "p.pipeline: 2 tasks for Kubeflow Pipelines\n", "  2 archives: 2 uploaded, 0 there already\n",
      "  pipeline p: uploaded\n", "first: submitted as 1 (run run-0)\n",
      "  page: \(submitted.server.url)/#/runs/details/run-0\n",
      "  results: s3://\(submitted.bucket)/p/run-0/\n", "p: run run-0: 2 nodes\n",
      "load.ipynb: started\n", "load.ipynb: ok in T\n", "fit.py: ok in T\n",
      "p: 2 nodes ok in T\n",
    ] {
      #expect(outcome.errors.contains(line), "\(line) in \(outcome)")
    }
    let kinds = submitted.kinds("e.ndjson")
    #expect(kinds.first == "pipeline_started" && kinds.last == "pipeline_finished")
    #expect(kinds.filter { $0 == "node_started" }.count == 2)
    #expect(kinds.filter { $0 == "node_finished" }.count == 2)
    #expect(kinds.filter { $0 == "cell_finished" }.count == 3)
    let report = try lyre.text(of: "r.xml")
    #expect(report.contains("tests=\"2\"") && report.contains("failures=\"0\""), "\(report)")
    #expect(!"\(outcome)".contains(SubmittedPipeline.secret))
    let state = try await lyre.shell("grep -rl \(SubmittedPipeline.secret) .local e.ndjson; true")
    #expect(state.output == "")
    try await results(submitted)
  }

  /// Fetches what the run has left.
  private func results(_ submitted: SubmittedPipeline) async throws {
    let lyre = submitted.lyre
    let listed = try await submitted.run(["results", "last"])
    #expect(listed.code == 0, "\(listed)")
    let names = listed.output.split(separator: "\n").compactMap { $0.split(separator: " ").first }
    #expect(names == ["data.csv", "fit.log", "load.html", "load.ipynb"])
    let fetched = try await submitted.run(["results", "1", "--to", "out"])
    #expect(fetched.code == 0 && fetched.errors == "", "\(fetched)")
    #expect(try lyre.text(of: "out/data.csv") == "1,2\n")
    #expect(try lyre.text(0, in: "out/load.ipynb") == "begun\n")
    // The same again is no conflict, something else is.
    #expect(try await submitted.run(["results", "1", "--to", "out"]) == .init(0))
    try lyre.directory.write("mine", to: "out/data.csv")
    let kept = try await submitted.run(["results", "1", "--to", "out"])
    #expect(kept.code == 6 && kept.errors.contains("'out/data.csv' already exists"), "\(kept)")
    #expect(try lyre.text(of: "out/data.csv") == "mine")
    try await refusesWhileItRuns(submitted)
    let into = try await submitted.run(["results", "run-0", "--into-notebooks"])
    #expect(into == .init(0, output: "\(lyre.directory.path("load.ipynb"))\n"))
    #expect(try lyre.text(1, in: "load.ipynb") == "went on\n")
    let again = try await submitted.run(["results", "1", "--into-notebooks"])
    #expect(again == .init(0, errors: "load.ipynb: has these results already\n"))
    try lyre.pythonNotebook(["2"], to: "load.ipynb")
    let changed = try await submitted.run(["results", "1", "--into-notebooks"])
    #expect(changed.code == 6 && changed.errors.contains("has changed since it was submitted"))
    #expect(try lyre.cells("load.ipynb").count == 1)
  }

  /// Checks that results do not go into a notebook that is being run, as a second run would not.
  private func refusesWhileItRuns(_ submitted: SubmittedPipeline) async throws {
    let lyre = submitted.lyre
    let before = try lyre.text(of: "load.ipynb")
    // Its second cell waits again.
    unlink(lyre.directory.path("go"))
    let held = try lyre.start(["run", "load.ipynb"], environment: RealKernels.environment)
    #expect(await held.hasPrinted("begun"))
    let refused = try await submitted.run(["results", "1", "--into-notebooks"])
    #expect(
      refused
        == .init(
          2,
          errors: "error: '\(lyre.directory.path("load.ipynb"))' is already being run by process "
            + "\(held.processID); wait until that run has ended, or stop it\n"))
    held.send(signal: SIGTERM)
    _ = await held.result()
    try lyre.directory.write(before, to: "load.ipynb")
  }
}
