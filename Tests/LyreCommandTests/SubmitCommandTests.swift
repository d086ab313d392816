import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("lyre pipeline submit, without a storage")
struct SubmitCommandTests {
  private func submit(_ lyre: Lyre, _ more: [String]) async throws -> Lyre.Outcome {
    try await pipeline(
      lyre, ["submit", "p.pipeline", "--components", ".", "--runtime-config", "team"] + more)
  }

  private func pipeline(_ lyre: Lyre, _ arguments: [String]) async throws -> Lyre.Outcome {
    try await lyre.run(
      ["pipeline"] + arguments,
      environment: ["ELYRA_METADATA_PATH": lyre.directory.path("meta")])
  }

  /// Runs a test with a server whose containers do nothing.
  private func with(_ body: (Lyre, TestServer) async throws -> Void) async throws {
    try await ComponentPipeline.with { lyre, _, server in try await body(lyre, server) }
  }

  @Test("a pipeline of components needs no bucket, and is followed by its states")
  func components() async throws {
    try await with { lyre, server in
      let outcome = try await submit(lyre, ["-p", "rows", "7", "--run-name", "r"])
      #expect(
        outcome
          == .init(
            0,
            output: "r: submitted as 1 (run run-0)\n  page: \(server.url)/#/runs/details/run-0\n"
              + "  lyre pipeline follow 1\n",
            errors: "warning: pipeline_parameters: no node uses the parameter 'rows'\n"
              + "    select it in a node's properties\np.pipeline: 1 task for Kubeflow Pipelines\n"
              + "  pipeline p: uploaded\n"))
      let followed = try await pipeline(lyre, ["follow", "1"])
      #expect(followed.code == 0 && followed.output == "", "\(followed)")
      #expect(followed.errors.contains("Say hi: ok in T\n"))
      // The record does not have it, and says so.
      let history = try await lyre.run(["history"])
      #expect(
        history
          == .init(
            0,
            errors: "no runs yet\n1 more run, submitted to an engine: `lyre pipeline submitted`\n"))
      let ofPipeline = try await pipeline(lyre, ["history", "p.pipeline"])
      #expect(ofPipeline.errors.hasSuffix("engine: `lyre pipeline submitted p.pipeline`\n"))
      let results = try await pipeline(lyre, ["results", "1"])
      #expect(results.code == 2 && results.errors.contains("keeps no files in a bucket"))
    }
  }

  @Test("schedules are made with five fields of cron, listed, paused and removed")
  func schedules() async throws {
    try await with { lyre, _ in
      let made = try await submit(lyre, ["--schedule", "0 6 * * 1"])
      #expect(made.code == 0, "\(made)")
      #expect(
        made.output
          == "p: runs at '0 0 6 * * 1' in the server's time zone, with seconds first (schedule rec-0)\n"
      )
      func schedules(_ words: String...) async throws -> Lyre.Outcome {
        try await pipeline(lyre, ["schedules"] + words + ["--runtime-config", "team"])
      }
      #expect(try await schedules("list") == .init(0, output: "rec-0  enabled  0 0 6 * * 1  p\n"))
      #expect(
        try await schedules("disable", "p") == .init(0, errors: "p: disabled (schedule rec-0)\n"))
      let listed = try await schedules("list", "--json")
      #expect(try JSONValue(parsing: Array(listed.output.utf8))[0]?["enabled"] == false)
      #expect(try await schedules("enable", "rec-0").code == 0)
      #expect(
        try await schedules("remove", "p") == .init(0, errors: "p: removed (schedule rec-0)\n"))
      #expect(try await schedules("list") == .init(0, errors: "there are no schedules\n"))
      let gone = try await schedules("remove", "p")
      #expect(gone.code == 2 && gone.errors.contains("there is no schedule 'p'"))
    }
  }

  @Test(
    "what cannot be submitted is an error that says why, before anything is sent",
    arguments: [
      (["-p", "year", "1"], "the pipeline has no parameter 'year'; it has rows"),
      (["-p", "rows", "many"], "the parameter 'rows' is of the type Integer"),
      (["--schedule", "61 6 * * 1"], "--schedule: '61 6 * * 1' is not a schedule"),
      (["--schedule", "@daily", "--follow"], "--schedule starts no run that --follow could show"),
      (["--presigned-for", "8d"], "--presigned-for: expected up to 7d, in seconds or such as 90m"),
      (["--presigned-for", "0"], "found '0'"), (["--presigned-for", "1x"], "found '1x'"),
      (["--presigned", "--schedule", "@daily"], "presigned URLs end; name a secret"),
      (["--presigned", "--secret", "s"], "--secret and --presigned are two ways for the same"),
      (["--to", "airflow"], "--to airflow: 'team' is a configuration of kfp"),
      (["--runtime-config", "gone"], "'gone'"), (["--runtime-config", ""], "lyre runtimes list"),
      (["--json", "--events", "-", "--follow"], "cannot both go to standard output"),
    ])
  func refusals(_ options: [String], _ message: String) async throws {
    try await TestServer.with { _, _ in
      .close
    } run: { server in
      try await Lyre.with { lyre in
        try ComponentPipeline.write(lyre, server)
        let outcome = try await submit(lyre, options)
        #expect(outcome.code == 2 && outcome.errors.contains(message), "\(outcome)")
        #expect(server.requests.isEmpty)
      }
    }
  }

  @Test("a server that refuses: its words and what to do, exit code 2, and no secret")
  func denied() async throws {
    let reply = TestServer.Reply(403, #"{"code": 7, "message": "no right 'create'"}"#)
    try await TestServer.with { _, _ in
      .reply(reply)
    } run: { server in
      try await Lyre.with { lyre in
        try ComponentPipeline.write(lyre, server)
        let outcome = try await submit(lyre, [])
        #expect(outcome.code == 2, "\(outcome)")
        #expect(outcome.errors.contains("this is not allowed: no right 'create' (status 403)"))
        #expect(!"\(outcome)".contains("s3cr3t-w0rd"))
        let listed = try await pipeline(lyre, ["submitted"])
        #expect(listed == .init(0, errors: "nothing was submitted from this machine\n"))
      }
    }
  }

  @Test("a run that is not known, and a configuration of another engine")
  func unknown() async throws {
    try await with { lyre, _ in
      for command in ["follow", "stop", "retry", "results"] {
        let outcome = try await pipeline(lyre, [command, "7"])
        #expect(
          outcome
            == .init(
              2,
              errors:
                "error: no run '7' was submitted from this machine; `lyre pipeline submitted` "
                + "lists those that were. For another run give the engine's id and --runtime-config\n"
            ))
      }
    }
  }
}
