import JSONCore
import KernelTesting
import Testing

@Suite("The other commands")
struct OtherCommandTests {
  @Test("check prints nothing for a valid notebook and lists the faults of others")
  func check() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print 1"])
      #expect(try await lyre.run(["check", "nb.ipynb"]) == .init(0))
      try lyre.directory.write("{\n \"nbformat\": 4,", to: "bad.ipynb")
      let outcome = try await lyre.run(["check", "nb.ipynb", "bad.ipynb", "none.ipynb"])
      #expect(
        outcome
          == .init(
            2,
            errors: """
              bad.ipynb: not a notebook, because it is not JSON: line 2, column 16: expected a \
              member's name in double quotes, found the end of the text
              none.ipynb: there is no such file

              """))
    }
  }

  @Test("check lists every place that violates the format's schema")
  func faults() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write(
        #"""
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code",
         "id": "a b", "metadata": {"tags": ["x,y"]}, "execution_count": null, "source": [],
         "outputs": [{"output_type": "display_data", "metadata": {}, "data": {"text/plain": 1}}]}]}
        """#, to: "bad.ipynb")
      #expect(
        try await lyre.run(["check", "bad.ipynb"])
          == .init(
            2,
            errors: """
              bad.ipynb: cells[0].id: expected 1 to 64 letters, digits, '-' and '_', found "a b"
              bad.ipynb: cells[0].metadata.tags[0]: a tag must not be empty or contain a comma, \
              found "x,y"
              bad.ipynb: cells[0].outputs[0].data["text/plain"]: expected a string or a list of \
              strings, found a number

              """))
    }
  }

  @Test("format writes Jupyter's form, --check only reports what it would change")
  func format() async throws {
    try await Lyre.with { lyre in
      let text = #"{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": []}"#
      try lyre.directory.write(text, to: "a.ipynb")
      #expect(
        try await lyre.run(["format", "--check", "a.ipynb"])
          == .init(1, errors: "a.ipynb: not in Jupyter's form\n"))
      #expect(try await lyre.run(["format", "a.ipynb"]) == .init(0))
      #expect(try await lyre.run(["format", "--check", "a.ipynb"]) == .init(0))
      let old =
        #"{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": []}]}"#
      try lyre.directory.write(old, to: "old.ipynb")
      #expect(
        try await lyre.run(["format", "old.ipynb"])
          == .init(
            2,
            errors: "old.ipynb: nbformat 3 is older than 4; --upgrade converts it to nbformat 4.5\n"
          ))
      #expect(try await lyre.run(["format", "--upgrade", "old.ipynb"]) == .init(0))
      #expect(try await lyre.run(["check", "old.ipynb"]) == .init(0))
    }
  }

  @Test("inspect shows kernel, cells, tags and outputs")
  func inspect() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print 1\n# more", "error E x"], tags: [1: "raises-exception"])
      #expect(try await lyre.run(["run", "-q", "nb.ipynb"]).code == 0)
      let outcome = try await lyre.run(["inspect", "nb.ipynb"])
      #expect(
        outcome
          == .init(
            0,
            output: """
              format   nbformat 4.5
              kernel   scripted (script)
              cells    2

              1    In [1]    print 1  → stdout
              2    In [2]    error E x  [raises-exception]  → error E

              """))
      let json = try await lyre.run(["inspect", "nb.ipynb", "--json"])
      let value = try JSONValue(parsing: Array(json.output.utf8))
      #expect(value["cells"]?[1]?["tags"] == ["raises-exception"])
      #expect(value["kernel"] == "scripted")
    }
  }

  @Test("kernels lists installed, shadowing and unusable kernels")
  func kernels() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write("{", to: "kernels/torn/kernel.json")
      try lyre.directory.write(
        #"{"argv": ["x"], "display_name": "x", "language": "x"}"#,
        to: ".local/share/jupyter/kernels/scripted/kernel.json")
      let outcome = try await lyre.run(["kernels"])
      #expect(outcome.code == 0)
      let path = lyre.directory.path
      #expect(
        outcome.output.hasPrefix(
          """
          scripted  \(path)/kernels/scripted
          torn      \(path)/kernels/torn  (broken: not JSON: line 1, column 2: expected a member's \
          name in double quotes, found the end of the text)
          scripted  \(path)/.local/share/jupyter/kernels/scripted  (shadowed by \(path)/kernels/scripted)

          """), "\(outcome)")
      let show = try await lyre.run(["kernels", "show", "scripted"])
      #expect(show.output.contains("language     script\n"))
      let missing = try await lyre.run(["kernels", "show", "nope"])
      #expect(missing.code == 5)
      #expect(missing.errors.hasPrefix("error: no kernel named 'nope'. Installed: scripted"))
    }
  }

  @Test(
    "every command has a help text, in 80 columns",
    arguments: [
      "", "run", "test", "inspect", "check", "format", "recover", "report", "history", "follow",
      "kernels", "kernels list", "kernels show", "bench", "pipeline", "pipeline run",
      "pipeline status", "pipeline validate", "pipeline describe", "pipeline new",
      "pipeline migrate", "pipeline history", "pipeline logs", "pipeline outputs",
      "pipeline report", "ui", "runtimes", "runtimes list", "runtimes show", "runtimes add",
      "runtimes edit", "runtimes remove", "runtimes check", "images", "images list", "images add",
      "images remove",
    ])
  func help(_ command: String) async throws {
    try await Lyre.with { lyre in
      let arguments = command.split(separator: " ").map(String.init) + ["--help"]
      let outcome = try await lyre.run(arguments, environment: ["COLUMNS": "1000"])
      #expect(outcome.code == 0)
      #expect(outcome.errors == "")
      let text = outcome.output
      let explanation = text[..<(text.firstRange(of: "\nUSAGE:")?.lowerBound ?? text.startIndex)]
      #expect(explanation.contains("\nEXAMPLES\n"))
      for line in explanation.split(separator: "\n") {
        // Indented lines stay unchanged; others are wrapped at the terminal's width, so a line that
        // ends within a sentence would be broken twice.
        if line.hasPrefix("  ") {
          // A line of 80 columns is wrapped, too.
          #expect(line.count < 80)
        } else {
          #expect(line.hasSuffix(".") || line.allSatisfy { $0.isUppercase || $0 == " " })
        }
      }
    }
  }

  @Test("the version is a number, followed by the commit if git knows it")
  func version() async throws {
    try await Lyre.with { lyre in
      let outcome = try await lyre.run(["--version"])
      let form = /\d+\.\d+\.\d+( \(commit [0-9a-f]{7}(, modified)?\))?\n/
      #expect(outcome.output.wholeMatch(of: form) != nil, "\(outcome)")
      #expect(outcome.code == 0 && outcome.errors == "")
    }
  }
}

@Suite("Output of a run for programs")
struct ReportTests {
  @Test("events: a line of JSON for each event")
  func events() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print 1", "error E x"])
      let outcome = try await lyre.run(["run", "-q", "nb.ipynb", "--events", "e.ndjson"])
      #expect(outcome.code == 1)
      let lines = try String(decoding: lyre.directory.read("e.ndjson"), as: UTF8.self)
        .split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
      #expect(
        lines.map { $0["event"]?.string } == [
          "kernel_starting", "kernel_ready", "run_started", "cell_started", "stream",
          "cell_finished", "cell_started", "output", "cell_finished", "run_finished",
        ])
      #expect(lines.allSatisfy { $0["notebook"] == "nb.ipynb" && $0["time"]?.string?.count == 27 })
      #expect(lines[4]["text"] == "1\n")
      #expect(lines[8]["error"]?["ename"] == "E")
      #expect(lines[9]["outcome"] == "failed")
      #expect(lines[9]["cells"] == ["succeeded": 1, "failed": 1])
    }
  }

  @Test("a JUnit report: a case for each cell")
  func junit() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print 1", "error <E> \"x\" & y", "print never"])
      #expect(try await lyre.run(["run", "-q", "nb.ipynb", "--report", "r.xml"]).code == 1)
      let report = try String(decoding: lyre.directory.read("r.xml"), as: UTF8.self)
      #expect(
        report.contains(
          "<testsuite name=\"nb.ipynb\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\""))
      #expect(report.contains("<failure type=\"&lt;E&gt;\" message=\"&quot;x&quot; &amp; y\">"))
      #expect(report.contains("<skipped message=\"not run\"/>"))
    }
  }
}
