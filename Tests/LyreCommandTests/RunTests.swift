import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("lyre run")
struct RunTests {
  @Test("streams the output of cells, byte for byte, and writes it into the file")
  func inPlace() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print one\nstream stderr err\\n", "stream stdout no end", "result 42"])
      let outcome = try await lyre.run(["run", "nb.ipynb", "--no-record-timing"])
      #expect(
        outcome
          == .init(
            0, output: "one\nno end",
            errors: """
              err
              nb.ipynb: 1/3 cell 1 In [1] ok in T
              nb.ipynb: 2/3 cell 2 In [2] ok in T
              nb.ipynb: 3/3 cell 3 In [3] ok in T
              nb.ipynb: 3 cells in T

              """))
      let cells = try lyre.cells()
      #expect(
        cells[0]["outputs"] == [
          ["name": "stdout", "output_type": "stream", "text": ["one\n"]],
          ["name": "stderr", "output_type": "stream", "text": ["err\n"]],
        ])
      #expect(cells[2]["outputs"]?[0]?["data"]?["text/plain"] == ["42"])
      #expect(cells.map { $0["execution_count"]?.int } == [1, 2, 3])
      #expect(cells.allSatisfy { $0["metadata"] == [:] })
      let value = try JSONValue(parsing: lyre.directory.read("nb.ipynb"))
      #expect(value["metadata"]?["language_info"] != nil)
      #expect(value.serialized(.jupyter) + [0x0A] == (try lyre.directory.read("nb.ipynb")))
    }
  }

  @Test("records when each cell ran, unless --no-record-timing is set")
  func timing() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print 1"])
      #expect(try await lyre.run(["run", "-q", "nb.ipynb"]).code == 0)
      let times = try lyre.cells()[0]["metadata"]?["execution"]?.object
      #expect(
        times?.map(\.key.string) == [
          "iopub.execute_input", "iopub.status.busy", "iopub.status.idle", "shell.execute_reply",
        ] || times?.count == 5)
    }
  }

  @Test("stops at the first error, keeps later cells, and reports the failure")
  func failure() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print before\nerror ValueError too bad", "print never"])
      let outcome = try await lyre.run(["run", "nb.ipynb"])
      #expect(outcome.code == 1)
      #expect(outcome.output == "before\n")
      #expect(
        outcome.errors.hasPrefix(
          """
          nb.ipynb: 1/2 cell 1 In [1] failed in T
          error: nb.ipynb: cell 1 (In [1]) 'print before' failed: ValueError: too bad. 1 cell was not run.

          """))
      #expect(outcome.errors.hasSuffix("nb.ipynb: 1 cell in T, 1 failed\n"))
      #expect(!outcome.errors.contains("\u{1B}"))
      let cells = try lyre.cells()
      #expect(cells[0]["outputs"]?[1]?["ename"] == "ValueError")
      #expect(cells[1]["execution_count"] == JSONValue.null)
    }
  }

  @Test(
    "reports the kernel's error on one line",
    arguments: [
      (#", "ename": "EOFError", "evalue": """#, "EOFError."),
      (#", "ename": "", "evalue": "no\nsuch\n""#, "no such."),
      (
        #", "ename": "ValueError", "evalue": "\u001b[31mone\ntwo\u001b[0m.""#,
        "ValueError: one two."
      ),
      (#", "ename": " ", "evalue": " ""#, "an error."), ("", "an error."),
    ])
  func errorSummary(_ members: String, _ words: String) async throws {
    try await Lyre.with { lyre in
      try lyre.notebook([#"reply-is {"status": "error"\#(members)}"#])
      let outcome = try await lyre.run(["run", "nb.ipynb"])
      let line = outcome.errors.split(separator: "\n").first { $0.hasPrefix("error: ") } ?? ""
      #expect(line.hasPrefix("error: nb.ipynb: cell 1 (In [1]) "))
      #expect(line.hasSuffix(" failed: \(words)"))
    }
  }

  @Test(
    "continues after allowed errors",
    arguments: [["--allow-errors"], ["--allow-error", "ValueError"], []])
  func allowedErrors(_ options: [String]) async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(
        ["error ValueError x", "print after"], tags: options.isEmpty ? [0: "raises-exception"] : [:]
      )
      let outcome = try await lyre.run(["run", "-q", "nb.ipynb"] + options)
      #expect(outcome == .init(0, output: "after\n"))
    }
  }

  @Test("stops at an error with another name")
  func otherError() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["error KeyError x", "print after"])
      #expect(try await lyre.run(["run", "nb.ipynb", "--allow-error", "ValueError"]).code == 1)
    }
  }

  @Test("succeeds if the code exits with 0")
  func systemExit() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["error SystemExit 0", "print never"])
      #expect(try await lyre.run(["run", "-q", "nb.ipynb"]) == .init(0))
    }
  }

  @Test("writes an error that the kernel reported only in its reply")
  func replyOnlyError() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["error-in-reply UsageError no such magic"])
      #expect(try await lyre.run(["run", "nb.ipynb"]).code == 1)
      #expect(try lyre.cells()[0]["outputs"]?[0]?["ename"] == "UsageError")
    }
  }

  @Test("ends a cell that exceeds its time limit, and reports it")
  func timeout() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print x\nhang", "print never"], timeouts: [:])
      let outcome = try await lyre.run(["run", "nb.ipynb", "--timeout", "0.3"])
      #expect(outcome.code == 3)
      #expect(
        outcome.errors.contains(
          "error: nb.ipynb: cell 1 (In [1]) 'print x' took longer than its limit (T). "
            + "1 cell was not run. Use --timeout SECONDS for more."))
      #expect(try lyre.text(0) == "x\n")
    }
  }

  @Test("prefers a cell's own limit to the option's, and continues if requested")
  func ownTimeout() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["hang", "sleep 400\nprint on"], timeouts: [0: 0.2, 1: 0])
      let outcome = try await lyre.run(
        ["run", "-q", "nb.ipynb", "--timeout", "0.3", "--on-timeout", "continue"])
      #expect(outcome.output == "on\n")
      #expect(
        outcome.errors.hasSuffix(
          "error: nb.ipynb: cell 1 (In [1]) 'hang' took longer than its limit (T). "
            + "Use --timeout SECONDS for more.\n"))
      #expect(outcome.code == 3)
    }
  }

  @Test("ends a notebook that exceeds its time limit")
  func totalTimeout() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print 1", "hang"])
      let outcome = try await lyre.run(["run", "nb.ipynb", "--total-timeout", "0.5"])
      #expect(outcome.code == 3)
      #expect(outcome.errors.contains("the notebook took longer than its limit, in cell 2"))
    }
  }

  @Test(
    "reports at once how a kernel died, and in which cell",
    arguments: [
      ("crash", "was killed by SIGKILL (possibly because memory ran out)"),
      ("exit 0", "exited with code 0"),
      ("die SIGSEGV", "was killed by SIGSEGV (segmentation fault)"),
    ])
  func death(_ command: String, _ words: String) async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print kept\nstderr last words\nsleep 50\n\(command)", "print never"])
      let outcome = try await lyre.run(["run", "nb.ipynb"])
      #expect(outcome.code == 4)
      #expect(
        outcome.errors.contains(
          "error: nb.ipynb: the kernel \(words) in cell 1 (In [1]) 'print kept'. 1 cell was not run."
        ))
      #expect(outcome.errors.contains("The kernel's last output:\nlast words"))
      #expect(try lyre.text(0) == "kept\n")
    }
  }

  @Test(
    "saves and ends if it is stopped by a signal",
    arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func stopped(_ signal: Int32, _ code: Int32) async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print running\nhang", "print never"])
      let command = try lyre.start(["run", "nb.ipynb"])
      #expect(await command.hasPrinted("running"))
      command.send(signal: signal)
      let outcome = Lyre.Outcome(await command.result())
      #expect(outcome.code == code)
      #expect(
        outcome.errors.contains(
          "nb.ipynb: stopped by \(signal == SIGINT ? "SIGINT" : "SIGTERM"). 1 cell was not run."))
      #expect(try lyre.text(0) == "running\n")
    }
  }

  @Test("leaves no process or file behind if it is killed")
  func killed() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["spawn stubborn\nprint running\nhang"])
      let command = try lyre.start(["run", "nb.ipynb"])
      #expect(await command.hasPrinted("running"))
      command.send(signal: SIGKILL)
      #expect(await command.result().ending == .killed(signal: SIGKILL))
      #expect(await lyre.kernel.leftovers() == [])
      // Complete, with or without the earlier lines.
      #expect(try lyre.cells().count == 1)
      #expect(
        lyre.directory.entries.filter { $0.hasSuffix("ipynb") || $0.hasPrefix(".nb") } == [
          "nb.ipynb"
        ])
    }
  }

  @Test(
    "runs only the selected cells",
    arguments: [
      (["--cells", "2-3"], "2\n3\n"), (["--cells", "1,cell-3"], "1\n4\n"),
      (["--cells", "3-"], "3\n4\n"),
      (["--only-tag", "a"], "2\n"), (["--skip-tag", "a"], "1\n3\n4\n"),
    ])
  func selection(_ options: [String], _ output: String) async throws {
    try await Lyre.with { lyre in
      try lyre.notebook((1...4).map { "print \($0)" }, tags: [1: "a"])
      #expect(try await lyre.run(["run", "-q", "nb.ipynb"] + options) == .init(0, output: output))
    }
  }

  @Test("does not change empty cells and cells tagged skip-execution")
  func skipped() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print 1", "", "print 3"], tags: [0: "skip-execution"])
      let before = try lyre.cells()
      #expect(try await lyre.run(["run", "-q", "nb.ipynb"]) == .init(0, output: "3\n"))
      #expect(try Array(lyre.cells()[..<2]) == Array(before[..<2]))
    }
  }

  @Test("runs every notebook and ends with the worst exit code", arguments: ["1", "3"])
  func several(_ jobs: String) async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["error E x"], to: "a.ipynb")
      try lyre.notebook(["print b"], to: "b.ipynb")
      try lyre.notebook(["crash"], to: "c.ipynb")
      let outcome = try await lyre.run(["run", "*.ipynb", "-j", jobs])
      #expect(outcome.code == 4)
      #expect(outcome.output == (jobs == "1" ? "b\n" : "b.ipynb | b\n"))
      #expect(try lyre.text(0, in: "b.ipynb") == "b\n")
    }
  }
}
