import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("lyre test")
struct TestCommandTests {
  @Test("passes a notebook that runs, prints nothing of its cells, and changes no file")
  func passes() async throws {
    try await Lyre.with { lyre in
      let bytes = try lyre.write([StoredCell("print one", "stored\n"), StoredCell("print two")])
      #expect(
        try await lyre.test("nb.ipynb")
          == .init(0, output: "nb.ipynb: passed, 2 cells in T\n1 passed in T\n"))
      #expect(try lyre.directory.read("nb.ipynb") == bytes)
      #expect(try await lyre.test("-q", "nb.ipynb") == .init(0))
    }
  }

  @Test("fails at the first error, with the traceback")
  func fails() async throws {
    try await Lyre.with { lyre in
      try lyre.write([
        StoredCell("print a"), StoredCell("error ValueError too bad"), StoredCell("print never"),
      ])
      try lyre.write([StoredCell("print a")], to: "good.ipynb")
      let outcome = try await lyre.test("nb.ipynb", "good.ipynb")
      #expect(outcome.code == 1)
      #expect(
        outcome.output.hasPrefix(
          """
          nb.ipynb: failed, cell 2 (2 cells in T)
          good.ipynb: passed, 1 cell in T

          nb.ipynb: cell 2 (In [2]) 'error ValueError too bad' failed: ValueError: too bad

          """))
      #expect(outcome.output.hasSuffix("1 passed, 1 failed in T\n"))
      #expect(outcome.errors == "")
    }
  }

  @Test("obeys nbmake's metadata: timeout, allow_errors, mock, post_cell_execute")
  func nbmake() async throws {
    try await Lyre.with { lyre in
      try lyre.write(
        [StoredCell("error E v"), StoredCell("print a")], to: "errors.ipynb",
        metadata: ["execution": ["allow_errors": true]])
      #expect(
        try await lyre.test("errors.ipynb")
          == .init(0, output: "errors.ipynb: passed, 2 cells in T\n1 passed in T\n"))
      try lyre.write(
        [StoredCell("hang")], to: "late.ipynb", metadata: ["execution": ["timeout": 0.3]])
      let late = try await lyre.test("late.ipynb")
      #expect(late.code == 3)
      #expect(late.output.contains("'hang' timed out: it took longer than its limit of T\n"))
      try lyre.write(
        [
          StoredCell(
            "print a", "a\n", metadata: ["nbmake": ["post_cell_execute": ["print mocked"]]]),
          StoredCell("print b", "b\n"),
        ], to: "mock.ipynb")
      #expect(try await lyre.test("--outputs", "mock.ipynb").code == 0)
      try lyre.write(
        [
          StoredCell("print a", metadata: ["nbmake": ["post_cell_execute": ["error E v"]]]),
          StoredCell("print b"),
        ], to: "mock.ipynb")
      let failed = try await lyre.test("mock.ipynb")
      #expect(failed.code == 1)
      #expect(
        failed.output.contains(
          "cell 1 (In [1]) 'print a' failed: E: in nbmake's code after the cell: v\n"))
    }
  }

  @Test("skips notebooks that have nothing to run, and those that skip themselves")
  func skips() async throws {
    try await Lyre.with { lyre in
      try lyre.write([], to: "a.ipynb", kernel: "missing")
      try lyre.write([StoredCell("print a", tags: ["skip-execution"])], to: "b.ipynb")
      try lyre.write([StoredCell("error Skipped no GPU"), StoredCell("print a")], to: "c.ipynb")
      let outcome = try await lyre.test("a.ipynb", "b.ipynb", "c.ipynb")
      #expect(
        outcome
          == .init(
            0,
            output: """
              a.ipynb: skipped, there is no code to run
              b.ipynb: skipped, all cells are marked to be skipped
              c.ipynb: skipped, no GPU, 1 cell in T
              3 skipped in T

              """))
    }
  }

  @Test("a skip does not hide what differed before it, and is no failure in the report")
  func skipAfterDifference() async throws {
    try await Lyre.with { lyre in
      try lyre.write([StoredCell("print a", "b\n"), StoredCell("error Skipped no GPU", "")])
      #expect(try await lyre.test("--outputs", "nb.ipynb").code == 1)
      #expect(try await lyre.test("--report", "r.xml", "nb.ipynb").code == 0)
      let report = String(decoding: try lyre.directory.read("r.xml"), as: UTF8.self)
      #expect(report.contains(#"failures="0" errors="0""#), "\(report)")
    }
  }

  @Test("finds the notebooks of folders, each once")
  func folders() async throws {
    try await Lyre.with { lyre in
      for name in [
        "b.ipynb", "a.ipynb", "sub/c.ipynb", ".ipynb_checkpoints/x.ipynb", ".hidden.ipynb",
        "node_modules/x.ipynb", "env/x.ipynb", "text.txt",
      ] {
        let folder = name.split(separator: "/").dropLast().joined(separator: "/")
        if !folder.isEmpty { mkdir("\(lyre.directory.path)/\(folder)", 0o777) }
        try lyre.write([StoredCell("print a")], to: name)
      }
      try lyre.directory.write([], to: "env/pyvenv.cfg")
      let expected = """
        a.ipynb: passed, 1 cell in T
        b.ipynb: passed, 1 cell in T
        sub/c.ipynb: passed, 1 cell in T
        3 passed in T

        """
      #expect(try await lyre.test() == .init(0, output: expected))
      #expect(
        try await lyre.test(".", "sub", "./a.ipynb", "\(lyre.directory.path)/b.ipynb")
          == .init(0, output: expected))
      let none = try await lyre.test("env/..//node_modules/../env")
      #expect(none.code == 0)
      mkdir("\(lyre.directory.path)/empty", 0o777)
      let empty = try await lyre.test("empty")
      #expect(empty.code == 2)
      #expect(empty.errors.contains("there is no notebook in 'empty' or in a folder below it"))
    }
  }

  @Test("reports notebooks that cannot be run as errors, and runs the others")
  func errors() async throws {
    try await Lyre.with { lyre in
      try lyre.write([StoredCell("print a")], to: "kernel.ipynb", kernel: "absent")
      try lyre.directory.write(Array("{".utf8), to: "broken.ipynb")
      try lyre.write([StoredCell("crash")], to: "dead.ipynb")
      try lyre.write([StoredCell("print a")], to: "good.ipynb")
      let outcome = try await lyre.test(
        "kernel.ipynb", "broken.ipynb", "gone.ipynb", "dead.ipynb", "good.ipynb")
      #expect(outcome.code == 5)
      for part in [
        "kernel.ipynb: error, no kernel named 'absent'", "broken.ipynb: error, ",
        "gone.ipynb: error, ", "dead.ipynb: failed, cell 1 (1 cell in T)\n",
        "good.ipynb: passed, 1 cell in T\n",
        "dead.ipynb: cell 1 (In [1]) 'crash' failed: the kernel was killed by SIGKILL",
        "1 passed, 1 failed, 3 errors in T\n",
      ] { #expect(outcome.output.contains(part), "\(outcome)") }
    }
  }

  @Test("-x starts no more notebooks after a failure")
  func failFast() async throws {
    try await Lyre.with { lyre in
      try lyre.write([StoredCell("error E v")], to: "a.ipynb")
      try lyre.write([StoredCell("print a")], to: "b.ipynb")
      let outcome = try await lyre.test("-x", "a.ipynb", "b.ipynb")
      #expect(outcome.code == 1)
      #expect(!outcome.output.contains("b.ipynb"))
      #expect(outcome.output.hasSuffix("1 failed, 1 not run in T\n"))
    }
  }

  @Test("writes a JUnit report with a case for each cell, and events")
  func reports() async throws {
    try await Lyre.with { lyre in
      try lyre.write([StoredCell("print a", "a\n"), StoredCell("print b", "<c>\n")])
      let outcome = try await lyre.test(
        "--outputs", "nb.ipynb", "--report", "r.xml", "--events", "e.jsonl")
      #expect(outcome.code == 1)
      let report = String(decoding: try lyre.directory.read("r.xml"), as: UTF8.self)
      #expect(report.contains(#"tests="2" failures="1" errors="0" skipped="0""#))
      #expect(
        report.contains(
          """
                <failure type="OutputsDiffer" message="the outputs differ from those stored">stdout \
          differs&#10;@@ -1 +1 @@&#10;-&lt;c&gt;&#10;+b</failure>

          """), "\(report)")
      let events = String(decoding: try lyre.directory.read("e.jsonl"), as: UTF8.self)
      #expect(events.contains(#""event":"run_finished""#) || events.contains("run_finished"))
    }
  }

  @Test("each notebook has an event with the verdict, however it ended")
  func verdicts() async throws {
    try await Lyre.with { lyre in
      try lyre.write(
        [
          StoredCell("print a", "b\n", metadata: ["nbmake": ["post_cell_execute": "print x"]]),
          StoredCell("error E v", ""),
        ], to: "a.ipynb")
      try lyre.directory.write("{", to: "b.ipynb")
      try lyre.write([StoredCell("print a", tags: ["skip-execution"])], to: "c.ipynb")
      try lyre.write([StoredCell("error Skipped no GPU", "")], to: "d.ipynb")
      try lyre.write([StoredCell("print a", "a\n")], to: "e.ipynb")
      let outcome = try await lyre.test("--outputs", "--events", "e.jsonl", "-j", "2")
      #expect(outcome.code == 2)
      let events = try lyre.events().filter { $0["event"] == "test_finished" }
      let verdicts = Dictionary(
        uniqueKeysWithValues: events.map { ($0["notebook"]?.string ?? "", $0) })
      #expect(events.count == 5)
      #expect(
        verdicts.mapValues { $0["status"]?.string } == [
          "a.ipynb": "failed", "b.ipynb": "error", "c.ipynb": "skipped", "d.ipynb": "skipped",
          "e.ipynb": "passed",
        ])
      let failures = try #require(verdicts["a.ipynb"]?["failures"]?.array)
      #expect(failures.map { $0["cell"]?.int } == [0, 1])
      #expect(
        failures[0]["message"] == "cell 1 (In [1]) 'print a' differs from the stored outputs")
      #expect(failures[0]["differences"] == ["stdout differs\n@@ -1 +1 @@\n-b\n+a"])
      #expect(failures[1]["message"]?.string?.hasSuffix("'error E v' failed: E: v") == true)
      #expect(failures[1]["traceback"] == "\u{1B}[31mE\u{1B}[0m: v")
      // Without the code that was added for the test.
      #expect(verdicts["a.ipynb"]?["cell_list"]?.array?.count == 2)
      #expect(verdicts["d.ipynb"]?["reason"] == "no GPU")
      #expect(verdicts["c.ipynb"]?["reason"] == "all cells are marked to be skipped")

      let stopped = try await lyre.test("-x", "--events", "e.jsonl", "a.ipynb", "e.ipynb")
      #expect(stopped.code == 1)
      let last = try lyre.events().last
      #expect(last?["event"] == "test_finished" && last?["status"] == "not_run", "\(stopped)")
    }
  }

  @Test("events on standard output are alone there; the results go to standard error")
  func eventsOnOutput() async throws {
    try await Lyre.with { lyre in
      try lyre.write([StoredCell("print a", "b\n")])
      let outcome = try await lyre.test("--outputs", "--events", "-")
      let lines = outcome.output.split(separator: "\n")
      #expect(lines.count > 5 && lines.allSatisfy { $0.hasPrefix("{\"event\":") }, "\(outcome)")
      #expect(outcome.errors.hasPrefix("nb.ipynb: failed, cell 1"), "\(outcome)")
      #expect(outcome.errors.contains("\n-b\n+a\n1 failed in "), "\(outcome)")
    }
  }

  @Test(
    "refuses options that do not go together, and files that cannot be used",
    arguments: [
      (["--outputs", "--marked-outputs"], "use only one of --outputs and --marked-outputs"),
      (["--mask", "m.cfg"], "need --outputs or --marked-outputs"),
      (["--ignore", "stderr"], "need --outputs or --marked-outputs"),
      (["--outputs", "--ignore", "pictures"], "--ignore: expected stdout, stderr, error"),
      (["--outputs", "--image-tolerance", "300"], "--image-tolerance: expected a number"),
      (["--outputs", "--mask", "gone.cfg"], "--mask: 'gone.cfg' cannot be read"),
      (["--outputs", "--mask", "m.cfg"], "--mask: m.cfg: line 2: '(' is not a valid expression"),
      (["--outputs", "--mask", "ok.cfg", "--report", "ok.cfg"], "ok.cfg"),
      (["--jobs", "0"], "--jobs must be at least 1"),
      (["--overwrite", "--update"], "--overwrite compares nothing: it cannot be combined with"),
      (["--overwrite", "--outputs"], "--overwrite compares nothing: it cannot be combined with"),
      (["--update", "--report", "nb.ipynb"], "nb.ipynb"),
    ])
  func refusals(_ options: [String], _ message: String) async throws {
    try await Lyre.with { lyre in
      let bytes = try lyre.write([StoredCell("print a")])
      try lyre.directory.write(Array("[a]\nregex: (\nreplace: x\n".utf8), to: "m.cfg")
      try lyre.directory.write(Array("regex: a\nreplace: x\n".utf8), to: "ok.cfg")
      let outcome = try await lyre.run(["test", "nb.ipynb"] + options)
      #expect(outcome.code == 2)
      #expect(outcome.errors.contains(message), "\(outcome)")
      #expect(try lyre.directory.read("nb.ipynb") == bytes)
    }
  }

  @Test("ends by a signal with the kernels gone, and tells what did not run")
  func signal() async throws {
    try await Lyre.with { lyre in
      try lyre.write([StoredCell("print a\nhang")], to: "a.ipynb")
      try lyre.write([StoredCell("print a")], to: "b.ipynb")
      let command = try lyre.start(["test", "a.ipynb", "b.ipynb", "--events", "e.jsonl"])
      let hasBegun = await eventually {
        let events = (try? lyre.directory.read("e.jsonl")) ?? []
        return String(decoding: events, as: UTF8.self).contains(#""text""#)
      }
      #expect(hasBegun)
      command.send(signal: SIGINT)
      let outcome = Lyre.Outcome(await command.result())
      #expect(outcome.code == 130)
      let output = Lyre.Outcome.withoutTimes(outcome.output)
      #expect(output.contains("a.ipynb: not run, stopped by SIGINT"), "\(outcome)")
      #expect(output.contains("b.ipynb: not run, stopped by SIGINT\n"))
      #expect(output.hasSuffix("2 not run in T\n"))
    }
  }
}
