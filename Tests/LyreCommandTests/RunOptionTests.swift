import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("Options of lyre run")
struct RunOptionTests {
  @Test("--cells, --only-tag: a selector without a matching cell causes a warning")
  func missingCells() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print a", "print b"], tags: [0: "load"])
      let selected = try await lyre.run([
        "run", "-q", "--no-save", "nb.ipynb", "--cells", "laod,2,3-4,cell-1,load,7-",
      ])
      #expect(
        selected
          == .init(
            0, output: "a\nb\n",
            errors: """
              warning: nb.ipynb: --cells: there is no cell 3; the last one is 2
              warning: nb.ipynb: --cells: there is no cell 7; the last one is 2
              warning: nb.ipynb: --cells: no cell has the id or the tag 'laod'

              """))
      let tagged = try await lyre.run([
        "run", "-q", "--no-save", "nb.ipynb", "--only-tag", "load", "--only-tag", "nope",
      ])
      #expect(
        tagged
          == .init(
            0, output: "a\n",
            errors: "warning: nb.ipynb: --only-tag: no cell has the tag 'nope'\n"))
    }
  }

  @Test(
    "--cells, --only-tag: if no cell would run, the exit code is 2 and the existing cells are listed",
    arguments: [
      (
        ["--cells", "7,laod"],
        "no cell would run: --cells: there is no cell 7; the last one is 6; "
          + "--cells: no cell has the id or the tag 'laod'. "
      ),
      (["--only-tag", "x"], "no cell would run: --only-tag: no cell has the tag 'x'. "),
      (
        ["--cells", "5,6"],
        "no cell would run: the selected cells are not code cells, or a tag excludes them. "
      ),
    ])
  func noCells(options: [String], reason: String) async throws {
    try await Lyre.with { lyre in
      let before = try lyre.notebook(
        ["print a", "print b", "print c", "", "print d", ""],
        tags: [0: "load", 4: "skip-execution"])
      let outcome = try await lyre.run(
        ["run", "-q", "nb.ipynb", "--report", "r.xml"] + options)
      let cells =
        "Code cells: 1-3, 5; ids: cell-0, cell-1, cell-2, cell-4; tags: load, skip-execution"
      #expect(outcome == .init(2, errors: "error: nb.ipynb: \(reason)\(cells)\n"))
      #expect(try lyre.directory.read("nb.ipynb") == before)
      #expect(try lyre.text(of: "r.xml").contains("<error message=\"no cell would run"))
      #expect(lyre.kernel.starts.isEmpty)
    }
  }

  @Test("--strict: a cell that only displays an error fails; without the option that is a warning")
  func strict() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["error-on-iopub E v", "print x"])
      let lenient = try await lyre.run(["run", "-q", "nb.ipynb"])
      #expect(
        lenient
          == .init(
            0, output: "x\n",
            errors:
              "warning: nb.ipynb: cell 1: the cell displayed the error 'E', although the kernel "
              + "reported success\n"))
      let strict = try await lyre.run(["run", "-q", "--strict", "nb.ipynb"])
      #expect(strict.code == 1)
      // Its traceback is shown once.
      #expect(strict.errors.split(separator: "\n").count { $0 == "E: v" } == 1, "\(strict)")
    }
  }

  @Test("the traceback is coloured on a terminal, or on request")
  func colour() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["error E v"])
      let outcome = try await lyre.run(
        ["run", "-q", "nb.ipynb"], environment: ["CLICOLOR_FORCE": "1"])
      #expect(outcome.errors.contains("\u{1B}[31mE\u{1B}[0m: v"))
    }
  }

  @Test("--max-output: the notebook keeps the beginning, and a file beside it keeps all outputs")
  func maximumOutput() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print 0123456789\nprint more"])
      let outcome = try await lyre.run(["run", "-q", "--max-output", "5", "nb.ipynb"])
      #expect(
        outcome
          == .init(
            0, output: "0123456789\nmore\n",
            errors:
              "warning: nb.ipynb: cell 1: outputs exceed 5 bytes and were truncated; all of them "
              + "are in 'nb.cell-1.outputs.jsonl'\n"))
      #expect(try lyre.text(0) == "01234")
      #expect(
        try lyre.text(0, "stderr").contains("The complete outputs are in nb.cell-1.outputs.jsonl.]")
      )
      let whole = try lyre.directory.read("nb.cell-1.outputs.jsonl").split(separator: 0x0A)
      let texts = try whole.map { try JSONValue(parsing: Array($0))["text"]?.string ?? "" }
      #expect(texts.joined() == "0123456789\nmore\n")
      let bad = try await lyre.run(["run", "--max-output", "5x", "nb.ipynb"])
      #expect(bad.code == 2)
      #expect(bad.errors.hasPrefix("Error: --max-output: expected bytes, such as 2000, 64k or 10M"))
    }
  }

  @Test("--papermill-metadata: papermill's keys, with the parameters")
  func papermill() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print x"], language: "python")
      let outcome = try await lyre.run([
        "run", "-q", "--papermill-metadata", "nb.ipynb", "-o", "out.ipynb",
      ])
      #expect(outcome == .init(0, output: "x\n"))
      let metadata = try JSONValue(parsing: lyre.directory.read("out.ipynb"))["metadata"]?[
        "papermill"]
      #expect(metadata?["input_path"] == "nb.ipynb")
      #expect(metadata?["output_path"] == "out.ipynb")
      #expect(metadata?["exception"] == JSONValue.null)
      #expect(metadata?["version"]?.string?.hasPrefix("lyre ") == true)
      #expect(
        try lyre.cells("out.ipynb")[0]["metadata"]?["papermill"]?["status"] == "completed")
    }
  }

  @Test("--prepare-only: the notebook is written, and no kernel started")
  func prepared() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print x"], kernel: "none-such", language: "python")
      let outcome = try await lyre.run([
        "run", "-q", "--prepare-only", "-p", "a", "1", "--report-mode", "nb.ipynb", "-o",
        "out.ipynb",
      ])
      #expect(outcome.code == 0, "\(outcome)")
      let cells = try lyre.cells("out.ipynb")
      #expect(cells.count == 2)
      #expect(cells[0]["metadata"]?["tags"] == ["injected-parameters"])
      #expect(cells[1]["metadata"]?["jupyter"]?["source_hidden"] == true)
      #expect(lyre.kernel.starts.isEmpty)
    }
  }

  @Test("--events: numbered, each run with an id, with limits and the use of the machine")
  func events() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print x", "hang"], timeouts: [1: 0.2])
      let outcome = try await lyre.run(["run", "-q", "--events", "log.jsonl", "nb.ipynb"])
      #expect(outcome.code == 3)
      let events = try lyre.directory.read("log.jsonl").split(separator: 0x0A).map {
        try JSONValue(parsing: Array($0))
      }
      #expect(events.map { $0["seq"]?.int } == Array(1...events.count))
      #expect(Set(events.map { $0["run"]?.string }).count == 1)
      let ends = events.filter { $0["event"] == "cell_finished" }
      #expect(ends.map { $0["status"]?.string } == ["succeeded", "timed_out"])
      #expect(ends.map { $0["limit_seconds"]?.double } == [nil, 0.2])
      #expect((ends[0]["resources"]?["memory_bytes"]?.int ?? 0) > 100_000)
      let last = events.last?["resources"]
      #expect((last?["peak_memory_bytes"]?.int ?? 0) > 100_000)
      #expect((last?["cpu_seconds"]?.double ?? -1) >= 0)
    }
  }

  @Test("--report: a time limit and a dead kernel are reported with their reasons")
  func report() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["hang"], to: "a.ipynb", timeouts: [0: 0.2])
      try lyre.notebook(["exit 3"], to: "b.ipynb")
      let outcome = try await lyre.run([
        "run", "-q", "--report", "r.xml", "a.ipynb", "b.ipynb",
      ])
      #expect(outcome.code == 4)
      let report = String(decoding: try lyre.directory.read("r.xml"), as: UTF8.self)
      #expect(report.contains("message=\"timed out: it took longer than its limit of 0.2 s\""))
      #expect(
        report.contains(
          "message=\"killed with the kernel: the kernel exited with code 3\""), "\(report)")
    }
  }

  @Test("--existing: a running kernel is used and left running, and its end is reported")
  func existing() async throws {
    try await Lyre.with { lyre in
      let connection: JSONValue = [
        "transport": "ipc", "ip": .init(lyre.directory.path("k")), "shell_port": 1,
        "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5, "key": "secret",
        "signature_scheme": "hmac-sha256",
      ]
      try lyre.directory.write(connection.serialized(), to: "kernel.json")
      let kernel = try RunningCommand(
        try BuiltProduct.path("scripted-kernel"), ["-f", "kernel.json"],
        environment: ["PATH": "/usr/bin:/bin"], directory: lyre.directory.path,
        limit: .seconds(60))
      for count in 1...2 {
        try lyre.notebook(["print guest"])
        let guest = try await lyre.run(["run", "-q", "nb.ipynb", "--existing", "kernel.json"])
        #expect(guest == .init(0, output: "guest\n"))
        #expect(try lyre.cells()[0]["execution_count"]?.int == count)
      }
      try lyre.notebook(["print begun\nhang"])
      let last = try lyre.start(["run", "-q", "nb.ipynb", "--existing", "kernel.json"])
      #expect(await last.hasPrinted("begun"))
      kernel.send(signal: SIGKILL)
      let outcome = Lyre.Outcome(await last.result())
      #expect(outcome.code == 4)
      #expect(
        outcome.errors.contains("the kernel no longer answers in cell 1"), "\(outcome)")
      _ = await kernel.result()
    }
  }
}
