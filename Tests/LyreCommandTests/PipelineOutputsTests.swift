import JSONCore
import KernelTesting
import RealKernels
import Testing

/// The notebooks that a run keeps in its record, and what is made of them.
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

  @Test("cells that were not reached are told as not run, and nodes that were not begun")
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

  @Test("--output-dir leaves the pipeline's notebooks as they are, and is no place of theirs")
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
      #expect(own.errors.contains("is a file of the pipeline itself; name another directory"))
    }
  }
}
