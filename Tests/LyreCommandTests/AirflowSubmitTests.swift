import JSONCore
import KernelTesting
import RealKernels
import Synchronization
import Testing

@Suite("lyre pipeline submit, to Airflow")
struct AirflowSubmitTests {
  private let submit = ["submit", "p.pipeline", "--runtime-config", "air"]
  private var toFolder: [String] { submit + ["--dag-folder", "dags"] }

  @Test("a DAG goes to a folder, once, and starts nothing by itself")
  func folder() async throws {
    try await AirflowStub.with { lyre, stub, server in
      try AirflowStub.operators(lyre)
      let first = try await AirflowStub.run(lyre, toFolder)
      let place = lyre.directory.path("dags/p.py")
      #expect(
        first
          == .init(
            0, output: "p: was delivered; it runs when somebody starts it: \(server.url)\n",
            errors: "p.pipeline: 2 tasks for Airflow\n  DAG p: created, \(place)\n"))
      let second = try await AirflowStub.run(lyre, toFolder)
      #expect(
        second.output == "p: is there already; it runs when somebody starts it: \(server.url)\n")
      #expect(second.errors.contains("  DAG p: unchanged, \(place)\n"))
      // Neither Airflow nor the repository was asked.
      #expect(server.requests.isEmpty && stub.state.withLock { $0.runs.isEmpty })
      let exported = try await AirflowStub.run(
        lyre, ["export", "p.pipeline", "--to", "airflow", "-o", "-", "--runtime-config", "air"])
      #expect(try exported.output == lyre.text(of: "dags/p.py"))
    }
  }

  @Test("--follow starts a run when Airflow has read the DAG, and shows it to its end")
  func follow() async throws {
    try await AirflowStub.with { lyre, stub, server in
      try AirflowStub.operators(lyre)
      let outcome = try await AirflowStub.run(lyre, toFolder + ["--follow", "--run-name", "first"])
      #expect(outcome.code == 0 && outcome.output == "", "\(outcome)")
      for line in [
        "p: submitted as 1 (run first)\n", "  page: \(server.url)/dags/p/runs/first\n",
        "p: run first: 2 nodes\n", "load: ok in T\n", "train: ok in T\n", "p: 2 nodes ok in T\n",
      ] { #expect(outcome.errors.contains(line), "\(line) in \(outcome)") }
      #expect(stub.state.withLock { $0.runs.map(\.id) } == ["first"])
      #expect(!stub.state.withLock { $0.isPaused })
      let again = try await AirflowStub.run(lyre, ["follow", "last", "--json"])
      let json = try JSONValue(parsing: Array(again.output.utf8))
      #expect(json["platform"] == "APACHE_AIRFLOW" && json["run_id"] == "first")
      // Somebody else's run is named by its DAG.
      let other = try await AirflowStub.run(
        lyre, ["follow", "p/first", "--runtime-config", "air", "--state", "none"])
      #expect(other.code == 0 && other.errors.contains("p/first: 2 nodes ok in T\n"), "\(other)")
      let unnamed = try await AirflowStub.run(lyre, ["follow", "other", "--runtime-config", "air"])
      #expect(unnamed.code == 2 && unnamed.errors.contains("DAG/other"))
      let list = try await AirflowStub.run(lyre, ["submitted", "--states"])
      #expect(list.output.contains("  p  success  air  first"))
    }
  }

  @Test("a run that fails ends with code 1, and is retried")
  func failing() async throws {
    try await AirflowStub.with { lyre, stub, server in
      try AirflowStub.operators(lyre)
      stub.state.withLock { $0.fails = true }
      let outcome = try await AirflowStub.run(lyre, toFolder + ["--follow", "--run-name", "r"])
      #expect(outcome.code == 1, "\(outcome)")
      #expect(outcome.errors.contains("p: 0 of 2 nodes ok, 1 failed, 1 blocked"), "\(outcome)")
      #expect(outcome.errors.contains("needs 'load'"), "\(outcome)")
      let stopped = try await AirflowStub.run(lyre, ["stop", "last"])
      #expect(stopped == .init(0, errors: "run 1 has ended already (failed)\n"))
      let retried = try await AirflowStub.run(lyre, ["retry", "last"])
      #expect(retried == .init(0, errors: "run 1 goes on; `lyre pipeline follow 1` shows it\n"))
      let clear = try #require(server.requests.last { $0.target.hasSuffix("/clearTaskInstances") })
      let body = try JSONValue(parsing: clear.body)
      #expect(body["task_ids"] == ["load", "train"] && body["only_failed"] == false)
    }
  }

  @Test("a run is stopped")
  func stop() async throws {
    try await AirflowStub.with { lyre, stub, _ in
      try AirflowStub.operators(lyre)
      #expect(try await AirflowStub.run(lyre, toFolder + ["--run", "--run-name", "r"]).code == 0)
      let outcome = try await AirflowStub.run(lyre, ["stop", "1"])
      #expect(
        outcome
          == .init(0, errors: "run 1 is being stopped; `lyre pipeline follow 1` shows its end\n"))
      #expect(stub.state.withLock { $0.runs[0].state } == "failed")
    }
  }

  @Test("parameters start a run with their types, and Airflow's refusal is shown")
  func parameters() async throws {
    func parameter(_ name: String, _ type: String, _ value: JSONValue) -> JSONValue {
      [
        "name": .init(name), "default_value": ["type": .init(type), "value": value],
        "required": false,
      ]
    }
    try await AirflowStub.with { lyre, stub, _ in
      try AirflowStub.operators(
        lyre, parameters: [parameter("rows", "Integer", 1), parameter("bad", "String", "")])
      #expect(try await AirflowStub.run(lyre, toFolder + ["-p", "rows", "500"]).code == 0)
      #expect(stub.state.withLock { $0.runs.map(\.conf) } == [["rows": 500]])
      let refused = try await AirflowStub.run(lyre, toFolder + ["-p", "bad", "x"])
      #expect(refused.code == 2)
      #expect(refused.errors.contains("the server refuses it: Invalid input for param bad"))
      let unknown = try await AirflowStub.run(lyre, toFolder + ["-p", "other", "x"])
      #expect(unknown.code == 2 && unknown.errors.contains("no parameter 'other'"))
    }
  }

  @Test("archives are uploaded once, and the DAG is committed with the token in a header alone")
  func repository() async throws {
    try await AirflowStub.with { lyre, stub, server in
      try lyre.directory.write("print(1)\n", to: "fit.py")
      try lyre.pipeline([.init(file: "fit.py")])
      let first = try await AirflowStub.run(lyre, submit + ["--operator", "bash"])
      #expect(first.code == 0 && !first.errors.contains("warning:"), "\(first)")
      #expect(first.errors.contains("  1 archive: 1 uploaded, 0 there already\n"))
      #expect(first.errors.contains("  DAG p: created, p.py on branch main of acme/dags\n"))
      #expect(first.output.contains("  file: \(server.url)/github/acme/dags/blob/main/p.py\n"))
      let again = try await AirflowStub.run(lyre, submit + ["--json", "--operator", "bash"])
      #expect(again.errors.contains("  1 archive: 0 uploaded, 1 there already\n"))
      let json = try JSONValue(parsing: Array(again.output.utf8))
      #expect(json["change"] == "unchanged" && json["platform"] == "APACHE_AIRFLOW")
      let text = stub.state.withLock { String(decoding: $0.files["p.py"] ?? [], as: UTF8.self) }
      #expect(text.hasPrefix("# p: made by Lyre from p.pipeline"))
      for secret in ["secret-of-git", "secret-of-storage", "lovelace"] {
        #expect(!text.contains(secret) && !"\(first)\(again)".contains(secret))
        #expect(server.requests.allSatisfy { !$0.target.contains(secret) })
      }
    }
  }

  @Test("--dry-run tells what would be done, and does nothing")
  func dryRun() async throws {
    try await AirflowStub.with { lyre, stub, server in
      try lyre.directory.write("print(1)\n", to: "fit.py")
      try lyre.pipeline([.init(file: "fit.py")])
      let outcome = try await AirflowStub.run(lyre, submit + ["--dry-run", "--run"])
      #expect(
        outcome.code == 0
          && outcome.output == """
            p.pipeline: 1 task for Airflow
              1 archive would be uploaded to s3://bucket/
              DAG p: would be created, p.py on branch main of acme/dags
              a run would be started on Airflow 3.3.2
              nothing was uploaded, delivered or started

            """,
        "\(outcome)")
      #expect(server.requests.allSatisfy { ["GET", "HEAD"].contains($0.method) })
      #expect(stub.state.withLock { $0.objects.isEmpty && $0.runs.isEmpty })
    }
  }

  @Test("what is wrong is said before anything is uploaded")
  func problems() async throws {
    try await AirflowStub.with { lyre, stub, server in
      try AirflowStub.operators(lyre)
      let password = try await AirflowStub.run(lyre, toFolder + ["--run"], password: "secret-wrong")
      #expect(password.code == 2 && password.errors.contains("does not accept the user 'ada'"))
      #expect(!"\(password)".contains("secret-wrong"))
      #expect(lyre.directory.entries.contains("dags"))
      #expect(try await lyre.shell("ls dags").output == "")
      try lyre.directory.write("mine = 1\n", to: "dags/p.py")
      let taken = try await AirflowStub.run(lyre, toFolder)
      #expect(taken.code == 2 && taken.errors.contains("add --overwrite to replace it"))
      #expect(try await AirflowStub.run(lyre, toFolder + ["--overwrite"]).code == 0)
      try lyre.directory.write("# p: made by Lyre from an earlier p.pipeline\n", to: "dags/p.py")
      stub.state.withLock { $0.problem = "Traceback\nModuleNotFoundError: No module named 'x'\n" }
      let broken = try await AirflowStub.run(lyre, toFolder + ["--run", "--dag-wait", "0.1"])
      #expect(broken.code == 2)
      #expect(
        broken.errors.contains(
          "Airflow cannot read p.py: ModuleNotFoundError: No module named 'x'; "))
      #expect(server.requests.allSatisfy { !$0.target.hasPrefix("/github/") })
      #expect(stub.state.withLock { $0.runs.isEmpty })
    }
  }

  @Test("a DAG that Airflow does not read in time is an error with code 3")
  func late() async throws {
    try await AirflowStub.with { lyre, _, _ in
      try AirflowStub.operators(lyre)
      try lyre.directory.makeDirectory("elsewhere")
      let outcome = try await AirflowStub.run(
        lyre, submit + ["--dag-folder", "elsewhere", "--run", "--dag-wait", "0.1"])
      #expect(outcome.code == 3)
      #expect(outcome.errors.contains("Airflow has not read the DAG 'p'"), "\(outcome)")
    }
  }

  @Test("a schedule is in the DAG, which is activated; schedules are listed, paused, and kept")
  func schedules() async throws {
    try await AirflowStub.with { lyre, stub, _ in
      try AirflowStub.operators(lyre)
      let outcome = try await AirflowStub.run(lyre, toFolder + ["--schedule", "0 6 * * 1"])
      #expect(outcome.code == 0 && outcome.output.contains("it runs at '0 6 * * 1'"), "\(outcome)")
      #expect(try lyre.text(of: "dags/p.py").contains(#"schedule="0 6 * * 1","#))
      #expect(stub.state.withLock { !$0.isPaused && $0.runs.isEmpty })
      let list = try await AirflowStub.run(lyre, ["schedules", "list", "--runtime-config", "air"])
      #expect(list == .init(0, output: "p  enabled  @daily  p\n"))
      let paused = try await AirflowStub.run(
        lyre, ["schedules", "disable", "p", "--runtime-config", "air"])
      #expect(paused.code == 0 && stub.state.withLock { $0.isPaused })
      let removed = try await AirflowStub.run(
        lyre, ["schedules", "remove", "p", "--runtime-config", "air"])
      #expect(removed.code == 2 && removed.errors.contains("without --schedule"))
    }
  }

  @Test(
    "options of the other engine are refused",
    arguments: [
      (["--experiment", "e"], "--experiment is for Kubeflow Pipelines"),
      (["--run-name", "a b"], "--run-name: Airflow allows letters"),
      (["--dag-path", "x"], "--dag-path is the folder in the repository"),
      (["--dag-wait", "0"], "--dag-wait: expected a number of seconds"),
      (["--schedule", "@daily", "--follow"], "--schedule starts no run"),
      (["--presigned"], "--presigned is for Kubeflow Pipelines; for Airflow name a secret"),
    ])
  func options(more: [String], message: String) async throws {
    try await AirflowStub.with { lyre, _, server in
      try AirflowStub.operators(lyre)
      let outcome = try await AirflowStub.run(lyre, toFolder + more)
      #expect(outcome.code == 2 && outcome.errors.contains(message), "\(outcome)")
      #expect(server.requests.isEmpty)
    }
  }
}
