import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

/// The notebooks in the record of a run, and their uses.
@Suite("Results of pipeline runs")
struct PipelineOutputsTests {
  private func tags(_ lyre: Lyre) throws -> [JSONValue?] {
    try lyre.cells().map { $0["metadata"]?["tags"] }
  }

  @Test("parameters are in the record of their run and never in the pipeline's notebook")
  func parameters() async throws {
    try await Lyre.with(members: ["language": "python"]) { lyre in
      try lyre.notebook(["# print = 1", "print after"], tags: [0: "parameters"])
      try lyre.pipeline([.init(file: "nb.ipynb")])
      let with = try await lyre.run(["pipeline", "run", "-q", "p.pipeline", "-p", "print", "x"])
      #expect(with == Lyre.Outcome(0))
      #expect(try tags(lyre) == [["parameters"], nil])
      #expect(try lyre.text(1) == "after\n")
      let executed = try await lyre.run(["pipeline", "outputs", "1", "nb"])
      let cells = try JSONValue(parsing: Array(executed.output.utf8))["cells"]?.array ?? []
      #expect(
        cells.map { $0["metadata"]?["tags"] } == [["parameters"], ["injected-parameters"], nil])
    }
  }

  @Test("a notebook that two nodes run has two results, and nothing runs again")
  func twice() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print hello"])
      try lyre.pipeline([.init(file: "nb.ipynb"), .init(file: "other.ipynb")])
      // The second node runs the first one's notebook.
      let text = try lyre.text(of: "p.pipeline")
      let changed = text.replacing(
        "\"filename\": \"other.ipynb\"", with: "\"filename\": \"nb.ipynb\"")
      #expect(changed != text)
      try lyre.directory.write(changed, to: "p.pipeline")
      #expect(try await lyre.statuses().code == 0)
      #expect(Set(try await lyre.statuses(["--cached"]).statuses.values) == ["cached"])
      let got = try await lyre.run(["pipeline", "outputs", "last", "--to", "out"])
      #expect(got == Lyre.Outcome(0, output: "out/nb-1.ipynb\nout/nb-2.ipynb\n"))
      #expect(try lyre.text(0, in: "out/nb-2.ipynb") == "hello\n")
    }
  }

  @Test("unreached cells and nodes are reported as not run")
  func notRun() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print old-text", "error E v", "print never"])
      try lyre.script("b.sh", "true")
      try lyre.pipeline([.init(file: "nb.ipynb"), .init(file: "b.sh", parents: ["nb.ipynb"])])
      let run = try await lyre.run([
        "pipeline", "run", "-q", "p.pipeline", "--events", "events",
      ])
      #expect(run.code == 1)
      #expect(try lyre.text(of: "events").contains(#""status":"not_run""#))
      // From the record alone.
      try lyre.notebook(["print another"])
      let report = try await lyre.run([
        "pipeline", "report", "last", "--html", "r.html", "--report", "r.xml",
      ])
      #expect(report == Lyre.Outcome(0))
      let html = try lyre.text(of: "r.html")
      #expect(html.contains("2 of 3 cells ran, 1 not run."))
      #expect(html.contains("old-text") && !html.contains("another"))
      #expect(try lyre.text(of: "r.xml").contains("<skipped message=\"not run\"/>"))
    }
  }

  @Test("--output-dir does not change the pipeline's notebooks, and must not contain them")
  func elsewhere() async throws {
    try await Lyre.with { lyre in
      let before = try lyre.notebook(["print hello"])
      try lyre.pipeline([.init(file: "nb.ipynb")])
      let run = try await lyre.run([
        "pipeline", "run", "-q", "p.pipeline", "--output-dir", "results",
      ])
      #expect(run == Lyre.Outcome(0))
      #expect(try lyre.directory.read("nb.ipynb") == before)
      #expect(try lyre.text(0, in: "results/nb.ipynb") == "hello\n")
      let own = try await lyre.run(["pipeline", "run", "-q", "p.pipeline", "--output-dir", "."])
      #expect(own.code == 2)
      #expect(own.errors.contains("is a file of the pipeline itself; choose another directory"))
    }
  }

  @Test(
    "--output-dir: results are checked like all other output files",
    arguments: [
      (
        "ln -s b.ipynb out/a.ipynb", [],
        "the result of node 'b.ipynb' and the result of node 'a.ipynb' are the same file"
      ),
      (
        "echo x > out/b.ipynb; ln out/b.ipynb out/a.ipynb", [],
        "the result of node 'b.ipynb' and the result of node 'a.ipynb' are the same file"
      ),
      ("ln -s ../b.ipynb out/a.ipynb", [], "is a file of the pipeline itself"),
      ("mkdir out/a.ipynb", [], "is a directory"),
      ("mkfifo out/a.ipynb", [], "is not a regular file; choose another directory"),
      ("ln -s ../p.pipeline out/a.ipynb", [], "would overwrite the pipeline 'p.pipeline'"),
      ("ln -s ../data.csv out/a.ipynb", [], "would overwrite a dependency of a node"),
      (
        "true", ["--report", "out/a.ipynb"],
        "the result of node 'a.ipynb' and --report 'out/a.ipynb' are the same file"
      ),
    ])
  func planned(lines: String, options: [String], message: String) async throws {
    try await Lyre.with { lyre in
      for name in ["a.ipynb", "b.ipynb"] { try lyre.notebook(["print hello"], to: name) }
      try lyre.directory.write("1\n", to: "data.csv")
      try lyre.pipeline([
        .init(file: "a.ipynb", dependencies: ["data.csv"]), .init(file: "b.ipynb"),
      ])
      #expect(try await lyre.shell("mkdir out; \(lines)").code == 0)
      let before = try lyre.directory.listing()
      for extra in [[], ["--dry-run"]] {
        let outcome = try await lyre.run(
          ["pipeline", "run", "-q", "p.pipeline", "--output-dir", "out"] + options + extra)
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
      }
      #expect(try lyre.directory.listing() == before)
      #expect(lyre.kernel.starts.isEmpty)
    }
  }

  @Test("--output-dir: a new result is as private as its notebook")
  func permissions() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print hello"])
      #expect(chmod(lyre.directory.path("nb.ipynb"), 0o600) == 0)
      try lyre.pipeline([.init(file: "nb.ipynb")])
      let run = try await lyre.run(["pipeline", "run", "-q", "p.pipeline", "--output-dir", "out"])
      #expect(run == Lyre.Outcome(0))
      var status = stat()
      #expect(stat(lyre.directory.path("out/nb.ipynb"), &status) == 0)
      #expect(status.st_mode & 0o777 == 0o600)
    }
  }

  @Test("--dry-run --output-dir reports what that run would do, even after one in place")
  func preview() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print hello"])
      try lyre.pipeline([.init(file: "nb.ipynb")])
      let elsewhere = ["--output-dir", "out", "--cached"]
      #expect(try await lyre.statuses(elsewhere).statuses == ["nb.ipynb": "succeeded"])
      func preview(_ options: [String]) async throws -> Int32 {
        try await lyre.run(["pipeline", "run", "p.pipeline", "--dry-run"] + options).code
      }
      #expect(try await preview(elsewhere) == 0)
      #expect(try await lyre.statuses(elsewhere).statuses == ["nb.ipynb": "cached"])
      // Another program changed or removed the result.
      try lyre.notebook(["print other"], to: "out/nb.ipynb")
      let code = try await preview(elsewhere)
      let status = try await lyre.statuses(elsewhere).statuses["nb.ipynb"]
      #expect((code == 1) == (status == "succeeded"))
    }
  }

  @Test(
    "a report replaces no input or output of nodes, including those given by patterns and folders",
    arguments: [
      ("a.csv", "--report: 'a.csv' would be a dependency of node 'n.sh', '*.csv'"),
      ("new.csv", "--report: 'new.csv' would be a dependency of node 'n.sh', '*.csv'"),
      ("folder/x", "--report: 'folder/x' would be a dependency of node 'n.sh', 'folder'"),
      ("made-1", "--report: 'made-1' would be an output of node 'n.sh', 'made-*'"),
    ])
  func claimed(report: String, message: String) async throws {
    try await Lyre.with { lyre in
      try lyre.script("n.sh", "true")
      try lyre.directory.makeDirectory("folder")
      for name in ["a.csv", "folder/x"] { try lyre.directory.write("1\n", to: name) }
      try lyre.pipeline([
        .init(file: "n.sh", dependencies: ["*.csv", "folder"], outputs: ["made-*"])
      ])
      let before = try lyre.directory.listing()
      let outcome = try await lyre.run(["pipeline", "run", "-q", "p.pipeline", "--report", report])
      #expect(outcome == .init(2, errors: "error: \(message); choose another file\n"))
      #expect(try lyre.directory.listing() == before)
    }
  }

  @Test(
    "--events has one event of a pipeline that is not run, with the reasons and the exit code",
    arguments: ["p.pipeline", "broken.pipeline", "missing.pipeline"], ["e.jsonl", "-"])
  func invalidEvents(pipeline: String, events: String) async throws {
    try await Lyre.with { lyre in
      try lyre.script("n.sh", "true")
      try lyre.pipeline([.init(file: "n.sh", dependencies: ["gone", "gone too"])])
      try lyre.directory.write("{", to: "broken.pipeline")
      let outcome = try await lyre.run([
        "pipeline", "run", pipeline, "--events", events, "--report", "r.xml",
      ])
      #expect(outcome.code == 2, "\(outcome)")
      let text = events == "-" ? outcome.output : try lyre.text(of: events)
      let lines = text.split(separator: "\n")
      #expect(lines.count == 1, "\(text)")
      let event = try JSONValue(parsing: Array(lines[0].utf8))
      #expect(event["event"] == "error" && event["code"] == 2 && event["seq"] == 1)
      #expect(event["pipeline"]?.string == pipeline && event["version"] == 1)
      let message = event["message"]?.string ?? ""
      if pipeline == "p.pipeline" {
        #expect(message.contains("'gone'") && message.contains("'gone too'"), "\(message)")
      } else {
        #expect(outcome.errors.contains(message) && !message.isEmpty, "\(message)")
      }
      #expect(try lyre.text(of: "r.xml").contains("<error message=\""))
    }
  }

  @Test("--events and --report also tell that the record is unusable, and that nothing can run")
  func cannotBegin() async throws {
    try await Lyre.with { lyre in
      try lyre.script("n.sh", "true")
      try lyre.pipeline([.init(file: "n.sh")])
      try lyre.directory.write("", to: "file")
      for arguments in [["--cached", "--state", "file/state"], ["--only", "nobody"]] {
        let outcome = try await lyre.run(
          ["pipeline", "run", "p.pipeline", "--events", "e.jsonl", "--report", "r.xml"] + arguments)
        #expect(outcome.code == 2, "\(outcome)")
        let event = try JSONValue(parsing: Array(try lyre.text(of: "e.jsonl").utf8))
        #expect(event["event"] == "error")
        let message = event["message"]?.string ?? ""
        #expect(outcome.errors.contains(message) && !message.isEmpty, "\(outcome) \(message)")
        #expect(try lyre.text(of: "r.xml").contains("errors=\"1\""))
      }
    }
  }

  @Test("a run that is refused because another one is on leaves that one's event log alone")
  func busyEvents() async throws {
    try await Lyre.with { lyre in
      try lyre.script("n.sh", "until [ -e go ]; do sleep 0.02; done")
      try lyre.pipeline([.init(file: "n.sh")])
      let run = try lyre.start(["pipeline", "run", "p.pipeline", "--events", "e.jsonl"])
      #expect(await eventually { (try? lyre.text(of: "e.jsonl").contains("node_started")) == true })
      let refused = try await lyre.run(["pipeline", "run", "p.pipeline", "--events", "e.jsonl"])
      #expect(refused.code == 2, "\(refused)")
      try lyre.directory.write("", to: "go")
      #expect(await run.result().ending == .exited(0))
      let text = try lyre.text(of: "e.jsonl")
      #expect(text.hasPrefix("{\"event\":\"pipeline_started\""), "\(text)")
      #expect(text.contains("pipeline_finished"))
    }
  }

  @Test("--report includes a pipeline that is invalid, or cannot be read")
  func invalid() async throws {
    try await Lyre.with { lyre in
      try lyre.script("n.sh", "true")
      try lyre.pipeline([.init(file: "n.sh", dependencies: ["gone"])])
      try lyre.directory.write("{", to: "broken.pipeline")
      let missing = "n.sh: dependencies: "
      for (command, element) in [("run", "error"), ("validate", "failure")] {
        #expect(
          try await lyre.run(["pipeline", command, "p.pipeline", "--report", "r.xml"]).code == 2)
        let text = try lyre.text(of: "r.xml")
        #expect(text.contains("<\(element) message=\"error: \(missing)"), "\(text)")
        #expect(
          text.contains("<skipped message=\"not run: the pipeline is not valid\"/>")
            == (command == "run"))
        #expect(
          try await lyre.run(["pipeline", command, "broken.pipeline", "--report", "b.xml"]).code
            == 2)
        #expect(try lyre.text(of: "b.xml").contains("<\(element) message=\""))
      }
      try lyre.directory.write("1", to: "gone")
      let valid = try await lyre.run([
        "pipeline", "validate", "p.pipeline", "broken.pipeline", "--report", "r.xml",
      ])
      #expect(valid.code == 2)
      let text = try lyre.text(of: "r.xml")
      #expect(text.contains("<testsuite name=\"p.pipeline\" tests=\"1\" failures=\"0\""))
      #expect(text.contains("<testsuite name=\"broken.pipeline\" tests=\"1\" failures=\"1\""))
    }
  }
}
