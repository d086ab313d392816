import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("A notebook that never started")
struct NeverStartedTests {
  private func events(_ lyre: Lyre) throws -> [JSONValue] {
    try lyre.directory.read("events").split(separator: 0x0A)
      .map { try JSONValue(parsing: Array($0)) }
  }

  @Test("because of a signal is reported as not run in JUnit and events, with each cell")
  func laterNotebooks() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print started\nhang", "print 2"], to: "a.ipynb")
      let before = try lyre.notebook(["print 3", "print 4"], to: "b.ipynb")
      try lyre.directory.write("no notebook", to: "c.ipynb")
      let command = try lyre.start([
        "run", "-q", "a.ipynb", "b.ipynb", "c.ipynb", "--events", "events", "--report", "r.xml",
      ])
      #expect(await command.hasPrinted("started"))
      command.send(signal: SIGINT)
      let outcome = Lyre.Outcome(await command.result())
      #expect(outcome.code == 130)
      for name in ["b.ipynb", "c.ipynb"] {
        #expect(outcome.errors.contains("\(name): not started; the run was stopped by SIGINT\n"))
      }
      let endings = try events(lyre).filter { $0["event"] == "run_finished" }
      #expect(endings.map { $0["notebook"]?.string } == ["a.ipynb", "b.ipynb", "c.ipynb"])
      #expect(endings.map { $0["outcome"]?.string } == ["stopped", "stopped", "stopped"])
      #expect(endings[1]["cells"] == ["not_run": 2])
      let report = try lyre.text(of: "r.xml")
      #expect(
        report.contains(
          #"<testsuite name="b.ipynb" tests="2" failures="0" errors="0" skipped="2""#))
      #expect(
        report.contains(
          #"<testsuite name="c.ipynb" tests="1" failures="0" errors="0" skipped="1""#))
      #expect(try lyre.directory.read("b.ipynb") == before)
    }
  }

  @Test("because its kernel was still starting is reported too")
  func startingKernel() async throws {
    try await Lyre.with(kernel: ["--no-info"]) { lyre in
      try lyre.notebook(["print 1", "print 2"])
      let command = try lyre.start([
        "run", "nb.ipynb", "--events", "-", "--report", "r.xml",
      ])
      #expect(await command.hasPrinted("kernel_starting"))
      command.send(signal: SIGINT)
      let result = await command.result()
      #expect(Lyre.Outcome(result).code == 130)
      #expect(result.outputText.contains(#""event":"run_finished""#))
      #expect(
        result.outputText.contains(
          #""outcome":"stopped","signal_number":2,"cells":{"not_run":2}"#))
      #expect(
        try lyre.text(of: "r.xml").contains(
          #"<testsuite name="nb.ipynb" tests="2" failures="0" errors="0" skipped="2""#))
    }
  }

  @Test("because there is no kernel is an error, with its cells as not run")
  func noKernel() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print 1", "print 2"], kernel: "gone")
      #expect(try await lyre.run(["run", "-q", "nb.ipynb", "--report", "r.xml"]).code == 5)
      let report = try lyre.text(of: "r.xml")
      #expect(
        report.contains(
          #"<testsuite name="nb.ipynb" tests="3" failures="0" errors="1" skipped="2""#))
      #expect(report.contains(#"<skipped message="not run"/>"#))
    }
  }

  @Test("in a pipeline has an event too")
  func pipelineNodes() async throws {
    try await Lyre.with { lyre in
      try lyre.pipeline([
        PipelineFileNode(file: "a.sh"), PipelineFileNode(file: "b.sh"),
      ])
      try lyre.script("a.sh", "exit 1")
      try lyre.script("b.sh", "exit 0")
      let outcome = try await lyre.run([
        "pipeline", "run", "p.pipeline", "-q", "-j", "1", "--events", "events", "--report", "r.xml",
      ])
      #expect(outcome.code == 1)
      let endings = try events(lyre).filter { $0["event"] == "node_finished" }
      #expect(endings.map { $0["status"]?.string } == ["failed", "not_run"])
      #expect(try lyre.text(of: "r.xml").contains("<skipped message=\"not run\"/>"))
    }
  }
}

@Suite("The directory of a notebook and the program of its kernel")
struct NotebookDirectoryTests {
  @Test("a notebook that is a link runs in the directory of the link, and writing follows it")
  func link() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.makeDirectory("library")
      try lyre.directory.makeDirectory("work")
      try lyre.notebook(["directory"], to: "library/n.ipynb")
      #expect(symlink("../library/n.ipynb", lyre.directory.path("work/n.ipynb")) == 0)
      let outcome = try await lyre.run(["run", "-q", "work/n.ipynb"])
      #expect(outcome.code == 0)
      #expect(outcome.output.hasSuffix("/work\n"), "\(outcome)")
      #expect(try lyre.text(0, in: "library/n.ipynb").hasSuffix("/work\n"))
    }
  }

  @Test(
    "a kernel's program that is not executable is reported as such",
    arguments: [
      ("tool", "which is not executable: permission denied; make it executable with chmod +x"),
      ("kernels", "which is not a program"),
      ("none/tool", "which does not exist; looked in that place"),
    ])
  func program(name: String, reason: String) async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write("#!/bin/sh\n", to: "tool", mode: 0o644)
      let path = lyre.directory.path(name)
      try lyre.directory.write(
        #"{"argv": ["\#(path)"], "display_name": "x", "language": "x"}"#,
        to: "kernels/broken/kernel.json")
      try lyre.notebook(["print 1"], kernel: "broken")
      let outcome = try await lyre.run(["run", "-q", "nb.ipynb"])
      #expect(outcome.code == 5)
      #expect(outcome.errors.hasSuffix("runs '\(path)', \(reason)\n"), "\(outcome)")
    }
  }
}
