import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("lyre test --outputs")
struct TestOutputsTests {
  @Test("--outputs compares every cell, goes on after failures, and shows the lines that differ")
  func outputs() async throws {
    try await Lyre.with { lyre in
      let bytes = try lyre.write(
        [
          StoredCell("print one", "one\n"), StoredCell("print two", "zwei\n"),
          StoredCell("error E v", ""),
          StoredCell("print never run"), StoredCell("print new", ""), StoredCell("no", "gone\n"),
        ])
      let outcome = try await lyre.test("--outputs", "nb.ipynb")
      #expect(outcome.code == 1)
      let traceback = outcome.output.contains("Traceback") || outcome.output.contains("E: v")
      #expect(traceback)
      for part in [
        "nb.ipynb: failed, cells 2, 3, 5 and 6 (6 cells in T)\n",
        """

        nb.ipynb: cell 2 (In [2]) 'print two' differs from the stored outputs
        stdout differs
        @@ -1 +1 @@
        -zwei
        +two

        """, "nb.ipynb: cell 3 (In [3]) 'error E v' failed: E: v\n",
        "nb.ipynb: cell 5 (In [5]) 'print new' differs from the stored outputs\nstdout is new\n",
        "nb.ipynb: cell 6 (In [6]) 'no' differs from the stored outputs\nstdout is missing\n",
      ] { #expect(outcome.output.contains(part), "\(outcome)") }
      #expect(try lyre.directory.read("nb.ipynb") == bytes)
    }
  }

  @Test("a cell that ends the notebook does not undo an earlier failure")
  func exitAfterFailure() async throws {
    try await Lyre.with { lyre in
      try lyre.write([
        StoredCell("error E v", ""), StoredCell("error SystemExit 0", ""),
        StoredCell("print x", ""),
      ])
      let outcome = try await lyre.test("--outputs", "nb.ipynb")
      #expect(outcome.code == 1)
      #expect(outcome.output.contains("cell 1 (In [1]) 'error E v' failed: E: v"), "\(outcome)")
    }
  }

  @Test("obeys the marks of nbval")
  func marks() async throws {
    try await Lyre.with { lyre in
      try lyre.write(
        [
          StoredCell("# NBVAL_IGNORE_OUTPUT\nprint a", "b\n"),
          StoredCell("print a", "b\n", tags: ["nbval-ignore-output"]),
          StoredCell("# NBVAL_SKIP\nerror E v", ""),
          StoredCell("error E v", "", tags: ["nbval-skip"]),
          StoredCell("error E v", "", tags: ["skip-execution"]),
          StoredCell("# NBVAL_RAISES_EXCEPTION\n# NBVAL_IGNORE_OUTPUT\nerror E v", ""),
          StoredCell("error E v", "", tags: ["raises-exception", "nbval-ignore-output"]),
          StoredCell("print a", "a\n"),
        ])
      #expect(
        try await lyre.test("--outputs", "nb.ipynb")
          == .init(0, output: "nb.ipynb: passed, 5 cells in T\n1 passed in T\n"))
      #expect(try await lyre.test("nb.ipynb").code == 0)
    }
  }

  @Test("--marked-outputs compares only cells that are marked for it")
  func lax() async throws {
    try await Lyre.with { lyre in
      try lyre.write([
        StoredCell("print a", "b\n"), StoredCell("# NBVAL_CHECK_OUTPUT\nprint a", "a\n"),
      ])
      #expect(try await lyre.test("--marked-outputs", "nb.ipynb").code == 0)
      try lyre.write([
        StoredCell("print a", "b\n"), StoredCell("# NBVAL_CHECK_OUTPUT\nprint a", "b\n"),
      ])
      let outcome = try await lyre.test("--marked-outputs", "nb.ipynb")
      #expect(outcome.code == 1)
      #expect(outcome.output.hasPrefix("nb.ipynb: failed, cell 2 (2 cells in T)\n"))
    }
  }

  @Test("compares an expected error by its name and message")
  func expectedError() async throws {
    try await Lyre.with { lyre in
      var cell = StoredCell("error ValueError bad", "", tags: ["raises-exception"])
      let error: (String) -> JSONValue = {
        ["ename": "ValueError", "evalue": .init($0), "output_type": "error", "traceback": ["old"]]
      }
      cell.outputs = [error("bad")]
      try lyre.write([cell])
      #expect(try await lyre.test("--outputs", "nb.ipynb").code == 0)
      cell.outputs = [error("good")]
      try lyre.write([cell])
      let outcome = try await lyre.test("--outputs", "nb.ipynb")
      #expect(outcome.code == 1)
      #expect(
        outcome.output.contains(
          """
          output 1 (error) differs
          @@ -1 +1 @@
          -ValueError: good
          +ValueError: bad

          """))
    }
  }

  @Test("--update stores the outputs that differ and nothing else")
  func update() async throws {
    try await Lyre.with { lyre in
      try lyre.write(
        [
          StoredCell("print one", "one\n", metadata: ["kept": true]),
          StoredCell("print two", "zwei\n"),
          StoredCell("print three"), StoredCell("# NBVAL_IGNORE_OUTPUT\nprint a", "b\n"),
        ])
      let before = try lyre.cells()
      let outcome = try await lyre.test("--update", "nb.ipynb")
      #expect(
        outcome
          == .init(0, output: "nb.ipynb: updated, cells 2 and 3 (4 cells in T)\n1 updated in T\n"))
      let after = try lyre.cells()
      #expect(after[0] == before[0])
      #expect(after[3] == before[3])
      #expect(try lyre.text(1) == "two\n")
      #expect(try lyre.text(2) == "three\n")
      #expect(after.map { $0["execution_count"]?.int } == [1, 2, 3, 4])
      let bytes = try lyre.directory.read("nb.ipynb")
      #expect(
        try await lyre.test("--update", "nb.ipynb")
          == .init(0, output: "nb.ipynb: passed, 4 cells in T\n1 passed in T\n"))
      #expect(try lyre.directory.read("nb.ipynb") == bytes)
      #expect(try await lyre.test("--outputs", "nb.ipynb").code == 0)
    }
  }

  @Test("--update stores no outputs of a cell that failed, which still fails")
  func updateFailure() async throws {
    try await Lyre.with { lyre in
      try lyre.write([StoredCell("error E v", "a\n"), StoredCell("print b", "a\n")])
      let before = try lyre.cells()
      let outcome = try await lyre.test("--update", "nb.ipynb")
      #expect(outcome.code == 1)
      #expect(outcome.output.hasPrefix("nb.ipynb: failed, cell 1 (2 cells in T), cell 2 updated\n"))
      #expect(try lyre.cells()[0] == before[0])
      #expect(try lyre.text(1) == "b\n")
    }
  }

  @Test("--overwrite stores the outputs of every cell that ran, and compares none")
  func overwrite() async throws {
    try await Lyre.with { lyre in
      try lyre.write(
        [
          StoredCell(
            "print one", "eins\n",
            metadata: ["kept": true, "nbmake": ["post_cell_execute": "print x"]]),
          StoredCell("# NBVAL_IGNORE_OUTPUT\nprint two", "zwei\n"),
          StoredCell("# NBVAL_SKIP\nprint three", "drei\n"), StoredCell("error E v", "vier\n"),
          StoredCell("print five", "fünf\n"),
        ])
      let before = try lyre.cells()
      let outcome = try await lyre.test("--overwrite", "nb.ipynb")
      #expect(outcome.code == 1)
      #expect(outcome.output.hasPrefix("nb.ipynb: failed, cell 4 (3 cells in T)\n"), "\(outcome)")
      let after = try lyre.cells()
      #expect(after.count == 5 && after[0]["metadata"] == before[0]["metadata"])
      #expect(try lyre.text(0) == "one\n" && lyre.text(1) == "two\n")
      #expect(after[3]["outputs"]?[0]?["ename"] == "E")
      #expect(after[2] == before[2] && after[4] == before[4])
    }
  }

  @Test("shows control characters of outputs as symbols")
  func hostile() async throws {
    try await Lyre.with { lyre in
      try lyre.write([StoredCell("display \\e[2J\\e]0;title", "")])
      let outcome = try await lyre.test("--outputs", "nb.ipynb")
      #expect(outcome.code == 1)
      #expect(outcome.output.contains("+␛[2J␛]0;title\n"), "\(outcome)")
      #expect(!outcome.output.contains("\u{1B}"))
    }
  }

  @Test("--mask and --ignore hide what a user knows to differ")
  func masks() async throws {
    try await Lyre.with { lyre in
      try lyre.write(
        [StoredCell("print value 7", "value 8\n"), StoredCell("stream stderr late\\n", "")])
      try lyre.directory.write(Array("regex: value \\d\nreplace: N\n".utf8), to: "m.cfg")
      let arguments = ["--outputs", "nb.ipynb", "--mask", "m.cfg"]
      #expect(try await lyre.run(["test"] + arguments).code == 1)
      #expect(try await lyre.run(["test"] + arguments + ["--ignore", "stderr"]).code == 0)
    }
  }

  @Test(
    "passes the notebooks of every language with the outputs that were recorded",
    .enabled(if: RealKernels.has("python3"), Comment(rawValue: RealKernels.missing)),
    arguments: ["python3", "bash", "ir", "octave", "gnuplot", "deno", "xpython"])
  func kernels(_ kernel: String) async throws {
    try await TemporaryDirectory.with { directory in
      let folder = RealKernels.repositoryRoot + "/Fixtures/notebooks/kernels"
      let stored = try readFile("\(folder)/\(kernel).expected.ipynb")
      try directory.write(stored, to: "nb.ipynb")
      let result = try await RunningCommand(
        try BuiltProduct.path("lyre"), ["test", "--outputs", "nb.ipynb"],
        environment: RealKernels.environment, directory: directory.path, limit: .seconds(120)
      ).result()
      #expect(result.ending == .exited(0), "\(result.outputText)\(result.errorText)")
      #expect(try directory.read("nb.ipynb") == stored)
    }
  }

  @Test(
    "sets nbmake's mocks in the language of the kernel",
    .enabled(if: RealKernels.has("python3"), Comment(rawValue: RealKernels.missing)),
    arguments: [
      ("python3", "x = 1", "assert x == [1, None, \"a'b\"], x"),
      ("ir", "x <- 1", "stopifnot(x[[1]] == 1, x[[3]] == \"a'b\")"),
    ])
  func mocks(_ kernel: String, _ source: String, _ check: String) async throws {
    try await TemporaryDirectory.with { directory in
      func cell(_ source: String, _ metadata: JSONValue = [:]) -> JSONValue {
        [
          "cell_type": "code", "execution_count": nil, "metadata": metadata, "outputs": [],
          "source": .init(source),
        ]
      }
      let notebook: JSONValue = [
        "cells": [cell(source, ["nbmake": ["mock": ["x": [1, nil, "a'b"]]]]), cell(check)],
        "metadata": ["kernelspec": ["display_name": "", "name": .init(kernel)]],
        "nbformat": 4, "nbformat_minor": 4,
      ]
      try directory.write(notebook.serialized(), to: "nb.ipynb")
      let result = try await RunningCommand(
        try BuiltProduct.path("lyre"), ["test", "nb.ipynb"], environment: RealKernels.environment,
        directory: directory.path, limit: .seconds(120)
      ).result()
      #expect(result.ending == .exited(0), "\(result.outputText)\(result.errorText)")
    }
  }
}
