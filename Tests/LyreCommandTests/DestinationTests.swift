import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("Destinations of results")
struct DestinationTests {
  @Test("to another file, leaving the notebook unchanged")
  func output() async throws {
    try await Lyre.with { lyre in
      let before = try lyre.notebook(["print 1"])
      #expect(try await lyre.run(["run", "-q", "nb.ipynb", "-o", "out.ipynb"]).code == 0)
      #expect(try lyre.directory.read("nb.ipynb") == before)
      #expect(try lyre.text(0, in: "out.ipynb") == "1\n")
    }
  }

  @Test("to standard output, with the output of cells on standard error")
  func standardOutput() async throws {
    try await Lyre.with { lyre in
      let before = try lyre.notebook(["print 1"])
      let outcome = try await lyre.run(["run", "-q", "-"], input: before)
      #expect(outcome.code == 0)
      #expect(outcome.errors == "1\n")
      let result = try JSONValue(parsing: Array(outcome.output.utf8))
      #expect(result["cells"]?[0]?["outputs"]?[0]?["text"] == ["1\n"])
    }
  }

  @Test("into a new directory, each under its own name")
  func directory() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print a"], to: "a.ipynb")
      try lyre.notebook(["print b"], to: "b.ipynb")
      let outcome = try await lyre.run(["run", "-q", "a.ipynb", "b.ipynb", "--output-dir", "x/y"])
      #expect(outcome.code == 0)
      #expect(try lyre.text(0, in: "x/y/a.ipynb") == "a\n")
      #expect(try lyre.text(0, in: "x/y/b.ipynb") == "b\n")
    }
  }

  @Test("by a pattern with the notebook's name")
  func pattern() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print a"], to: "a.ipynb")
      try lyre.notebook(["print b"], to: "b.ipynb")
      let outcome = try await lyre.run([
        "run", "-q", "a.ipynb", "b.ipynb", "-o", "{name}-out.ipynb",
      ])
      #expect(outcome.code == 0)
      #expect(try lyre.text(0, in: "b-out.ipynb") == "b\n")
    }
  }

  @Test("nowhere with --no-save")
  func noSave() async throws {
    try await Lyre.with { lyre in
      let before = try lyre.notebook(["print 1"])
      #expect(
        try await lyre.run(["run", "-q", "nb.ipynb", "--no-save"]) == .init(0, output: "1\n"))
      #expect(try lyre.directory.read("nb.ipynb") == before)
    }
  }

  @Test("beside the notebook, if another program saved it during the run")
  func changedMeanwhile() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print started\nhang"])
      let command = try lyre.start(["run", "nb.ipynb"])
      #expect(await command.hasPrinted("started"))
      let theirs = try lyre.notebook(["print mine"])
      command.send(signal: SIGINT)
      let outcome = Lyre.Outcome(await command.result())
      #expect(outcome.code == 130)
      #expect(
        outcome.errors.contains(
          "warning: nb.ipynb: 'nb.ipynb' was changed by another program during the run, "
            + "and no longer has a place for the outputs of cell 1; "
            + "the result is in './nb.lyre.ipynb'"))
      #expect(try lyre.directory.read("nb.ipynb") == theirs)
      #expect(try lyre.text(0, in: "nb.lyre.ipynb") == "started\n")
    }
  }

  @Test("in the directory for temporary files, if a device or a pipe does not take it")
  func fullDevice() async throws {
    try await Lyre.with { lyre in
      let before = try lyre.notebook(["print 1"])
      for name in ["nb.lyre.ipynb", "nb.lyre-1.ipynb"] {
        let path = "\(lyre.directory.path)/\(name)"
        #expect(
          try await lyre.run(["run", "-q", "nb.ipynb", "-o", "/dev/full"])
            == .init(
              6, output: "1\n",
              errors: "warning: nb.ipynb: '/dev/full' cannot be written: No space left on device; "
                + "the result is in '\(path)'\n"))
        #expect(try lyre.text(0, in: name) == "1\n")
      }
      #expect(try lyre.directory.read("nb.ipynb") == before)
      let piped = try await lyre.run(["run", "-q", "-", "-o", "/dev/full"], input: before)
      let path = "\(lyre.directory.path)/notebook.lyre.ipynb"
      #expect(piped.code == 6)
      #expect(piped.errors.hasSuffix("; the result is in '\(path)'\n"), "\(piped)")
      var status = stat()
      #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }
  }

  @Test("a page or a report that a device does not take is told with its path once")
  func fullReports() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print 1"])
      let reason = "'/dev/full' cannot be written: No space left on device\n"
      for (option, name) in [("--html", "page"), ("--report", "report")] {
        #expect(
          try await lyre.run(["run", "-q", "nb.ipynb", option, "/dev/full"])
            == .init(6, output: "1\n", errors: "error: the \(name) \(reason)"))
      }
    }
  }

  @Test("merged into a notebook saved during the run, if its cells are unchanged")
  func mergedMeanwhile() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print started\nsleep 300"])
      let command = try lyre.start(["run", "nb.ipynb"])
      #expect(await command.hasPrinted("started"))
      var theirs = try JSONValue(parsing: lyre.directory.read("nb.ipynb")).object ?? [:]
      let cell: JSONValue = [
        "cell_type": "markdown", "id": "note", "metadata": [:], "source": ["a note"],
      ]
      theirs["cells"] = .array([cell] + (theirs["cells"]?.array ?? []))
      try lyre.directory.write(JSONValue.object(theirs).serialized(.jupyter), to: "nb.ipynb")
      let outcome = Lyre.Outcome(await command.result())
      #expect(outcome.code == 0)
      #expect(
        outcome.errors.contains(
          "warning: nb.ipynb: 'nb.ipynb' was changed by another program during the run; "
            + "Lyre merged the outputs into the new version"))
      #expect(try lyre.cells()[0] == cell)
      #expect(try lyre.text(1) == "started\n")
    }
  }

  @Test("with the kernel that was chosen instead of the notebook's")
  func kernelOverride() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print 1"], kernel: "other")
      #expect(try await lyre.run(["run", "-q", "nb.ipynb", "-k", "scripted"]).code == 0)
      let value = try JSONValue(parsing: lyre.directory.read("nb.ipynb"))
      #expect(value["metadata"]?["kernelspec"]?["name"] == "scripted")
    }
  }
}
