import Glibc
import JSONCore
import KernelTesting
import RealKernels
import SystemSupport
import Testing

@Suite("Following runs from another process", .timeLimit(.minutes(2)))
struct FollowTests {
  /// The lines of a log as events, without their numbers.
  private func events(_ text: String) throws -> [JSONObject] {
    try text.split(separator: "\n").map { line in
      try #require(try JSONValue(parsing: Array(line.utf8)).object)
    }
  }

  @Test(
    "a notebook: output is shown before the run ends, then the end, with the run's exit code")
  func notebook() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print first", "hang"])
      let run = try lyre.start(["run", "nb.ipynb", "--events", "events.jsonl"])
      #expect(await run.hasPrinted("first"))
      let live = try lyre.start(["follow", "nb.ipynb"])
      #expect(await live.hasPrinted("first"))
      #expect(!run.hasEnded && !live.hasEnded)
      let listed = try await lyre.run(["history", "--json"])
      #expect(try JSONValue(parsing: Array(listed.output.utf8))[0]?["status"] == "running")
      run.send(signal: SIGINT)
      #expect(await run.result().ending == .exited(130))
      let shown = await live.result()
      #expect(shown.ending == .exited(130), "\(shown)")
      #expect(shown.outputText == "first\n")
      #expect(shown.errorText.contains("nb.ipynb: 1/2 cell 1 In [1] ok in "), "\(shown)")
      #expect(shown.errorText.contains("nb.ipynb: stopped, 2 cells in "), "\(shown)")

      let later = try await lyre.run(["follow", "last", "--json"])
      #expect(later.code == 130)
      #expect(later.output == (try lyre.text(of: "events.jsonl")))
      let after = try await lyre.run(["history", "nb.ipynb"])
      #expect(after.output.contains("  interrupted  "), "\(after)")
    }
  }

  @Test(
    "a pipeline: a script's line is shown before the run ends, then the end, with the run's exit code"
  )
  func pipeline() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "echo begun; until [ -e go ]; do sleep 0.02; done; exit 3")
      try lyre.notebook(["print in the notebook"])
      try lyre.pipeline([.init(file: "nb.ipynb"), .init(file: "a.sh", parents: ["nb.ipynb"])])
      let run = try lyre.start([
        "pipeline", "run", "p.pipeline", "-j", "1", "--events", "events.jsonl",
      ])
      #expect(await run.hasPrinted("begun"))
      let live = try lyre.start(["follow", "1"])
      #expect(await live.hasPrinted("nb.ipynb | in the notebook", "a.sh | begun"))
      #expect(!run.hasEnded && !live.hasEnded)
      try lyre.directory.write("", to: "go")
      #expect(await run.result().ending == .exited(1))
      let shown = await live.result()
      #expect(shown.ending == .exited(1), "\(shown)")
      #expect(shown.errorText.contains("a.sh: failed after "), "\(shown)")
      #expect(shown.errorText.contains("p.pipeline: failed in "), "\(shown)")

      let later = try await lyre.run(["follow", "p.pipeline", "--json"])
      #expect(later.code == 1)
      #expect(later.output == (try lyre.text(of: "events.jsonl")))
    }
  }

  @Test(
    "the running process is killed: the follower reports it and ends",
    arguments: [false, true])
  func killed(isPipeline: Bool) async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print first", "hang"])
      try lyre.pipeline([.init(file: "nb.ipynb")])
      let run = try lyre.start(
        isPipeline ? ["pipeline", "run", "p.pipeline", "-v"] : ["run", "nb.ipynb"])
      #expect(await run.hasPrinted("first"))
      let live = try lyre.start(["follow", "last"])
      #expect(await live.hasPrinted("first"))
      run.send(signal: SIGKILL)
      #expect(await run.result().ending == .killed(signal: SIGKILL))
      let shown = await live.result()
      #expect(shown.ending == .exited(1), "\(shown)")
      #expect(
        shown.errorText.hasSuffix(
          "the process that ran it was killed, or could not write the log\n"),
        "\(shown)")
      let after = try await lyre.run(["history"])
      #expect(after.output.contains("  killed  "), "\(after)")
      #expect(await lyre.kernel.leftovers() == [])
    }
  }

  @Test("the log of a flood is bounded, and names the complete file")
  func flood() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["flood 40000 100", "print after"])
      #expect(try await lyre.run(["run", "nb.ipynb"]).code == 0)
      let shown = try await lyre.run(["follow", "last", "--json"])
      #expect(shown.code == 0)
      #expect(shown.output.utf8.count < 3 << 20)
      let marks = try events(shown.output).filter { $0["kind"] == "cut_log" }
      #expect(marks.count == 1)
      #expect(
        marks.first?["message"]?.string?.hasSuffix(
          "'\(lyre.directory.path("nb.ipynb"))' contains all of it")
          == true)
      #expect(shown.output.contains("\"after\\n\""))
    }
  }

  @Test("--no-record and a record that cannot be written do not affect the run")
  func unrecorded() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print first"])
      let none = try await lyre.run(["run", "nb.ipynb", "--no-record"])
      #expect(none.code == 0)
      #expect(!lyre.directory.entries.contains(".local"))
      try lyre.directory.write("", to: "file")
      let blocked = try await lyre.run(
        ["run", "nb.ipynb", "-q"], environment: ["XDG_STATE_HOME": lyre.directory.path("file")])
      #expect(blocked.code == 0 && blocked.errors == "", "\(blocked)")
      let told = try await lyre.run(["run", "nb.ipynb", "--state", "file/state", "-q"])
      #expect(told.errors.contains("this run is not recorded"), "\(told)")
      let homeless = try await lyre.run(
        ["run", "nb.ipynb", "-q"], environment: ["HOME": lyre.directory.path("nobody")])
      #expect(homeless.code == 0 && homeless.errors == "", "\(homeless)")
      #expect(!lyre.directory.entries.contains("nobody"))
      let empty = try await lyre.run(["history"])
      #expect(empty.errors == "no runs yet\n" && empty.code == 0)
      let missing = try await lyre.run(["follow", "last"])
      #expect(missing.code == 2)
      #expect(missing.errors == "error: nothing has been run yet; there is no record\n")
    }
  }

  @Test("a refused run does not hide the one before it")
  func refused() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print first"])
      #expect(try await lyre.run(["run", "nb.ipynb", "-q"]).code == 0)
      #expect(try await lyre.run(["run", "missing.ipynb", "-q"]).code == 2)
      let shown = try await lyre.run(["follow", "last"])
      #expect(shown.code == 0 && shown.output == "first\n", "\(shown)")
      let none = try await lyre.run(["history", "missing.ipynb"])
      #expect(none.errors == "no runs of 'missing.ipynb' are recorded\n")
    }
  }

  @Test("if a result cannot be written, the follower ends with the run's exit code")
  func notWritten() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print first"])
      let run = try await lyre.run(["run", "nb.ipynb", "-o", "/dev/full"])
      #expect(run.code == 6, "\(run)")
      let shown = try await lyre.run(["follow", "last"])
      #expect(shown.code == 6, "\(shown)")
      #expect(try await lyre.run(["history"]).output.contains("  not written  "))
      #expect(shown.errors.contains("warning: nb.ipynb: "), "\(shown)")
    }
  }

  @Test(
    "a log with impossible numbers crashes neither lyre follow nor lyre history",
    arguments: [
      #""event":"error","message":"x","code":99999999999"#,
      #""event":"run_finished","outcome":"stopped","signal_number":2147483647,"seconds":4e18"#,
      #""event":"run_finished","outcome":"failed","cell":9223372036854775807,"seconds":1"#,
      #""event":"warning","cell":9223372036854775807,"message":"x""#,
      #""event":"cell_finished","cell":-9223372036854775808,"status":"failed","seconds":1e300"#,
      #""event":"cell_started","cell":0,"number":9223372036854775807,"to_run":1"#,
    ])
  func hostileLog(members: String) async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print first"])
      #expect(try await lyre.run(["run", "nb.ipynb", "-q", "--state", "state"]).code == 0)
      let run = try #require(FilePath.names(in: lyre.directory.path("state/runs")).first)
      let subject = #""seq":1,"time":"2026-11-29T12:00:00.000000Z","notebook":"n","run":"a""#
      try lyre.directory.write(
        "{\(members),\(subject)}\n", to: "state/runs/\(run)/events.jsonl", mode: 0o600)
      let shown = try await lyre.run(["follow", "last", "--state", "state"])
      #expect([1, 143].contains(shown.code), "\(shown)")
      #expect(try await lyre.run(["history", "--state", "state"]).code == 0)
    }
  }

  @Test("variables of the environment are not in the record of a notebook's run")
  func secrets() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print fine"])
      let run = try await lyre.run(
        ["run", "nb.ipynb", "--state", "state"], environment: ["TOKEN": "sesame-4712"])
      #expect(run.code == 0)
      var count = 0
      FilePath.forEachFile(below: lyre.directory.path("state/runs")) { path in
        count += 1
        let text = (try? readFile(path)).map { String(decoding: $0, as: UTF8.self) }
        #expect(text?.contains("sesame") == false, "\(path): \(text ?? "")")
        return true
      }
      #expect(count == 2)
    }
  }
}
