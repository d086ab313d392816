import JSONCore
import KernelTesting
import Testing

@Suite("Notebooks of other versions, and incomplete ones")
struct FormatVersionTests {
  private let version3 = #"""
    {"metadata": {"name": "old", "kernelspec": {"name": "scripted", "display_name": "S"}},
     "nbformat": 3, "nbformat_minor": 0,
     "worksheets": [{"metadata": {}, "cells": [
      {"cell_type": "heading", "level": 2, "metadata": {}, "source": ["Title"]},
      {"cell_type": "code", "collapsed": false, "input": ["print 1"], "language": "python",
       "metadata": {}, "outputs": [], "prompt_number": 3}]}]}
    """#

  @Test("older than 4 are upgraded to 4.5 by a run in place, which reports it")
  func upgrade() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write(version3, to: "nb.ipynb")
      let outcome = try await lyre.run(["run", "-q", "nb.ipynb", "-k", "scripted"])
      #expect(
        outcome
          == .init(
            0, output: "1\n",
            errors: "warning: nb.ipynb: nbformat 3 is old; the result is nbformat 4.5\n"))
      let value = try JSONValue(parsing: lyre.directory.read("nb.ipynb"))
      #expect(value["nbformat"] == 4 && value["nbformat_minor"] == 5)
      #expect(try lyre.cells()[0]["source"] == ["## Title"])
      #expect(try lyre.text(1) == "1\n")
    }
  }

  @Test("older than 4 are rejected with --keep-version, before a kernel starts")
  func keepVersion() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write(version3, to: "nb.ipynb")
      let outcome = try await lyre.run([
        "run", "-q", "nb.ipynb", "-k", "scripted", "--keep-version",
      ])
      #expect(
        outcome
          == .init(
            2,
            errors: "error: nb.ipynb: nbformat 3 is older than 4, and a run would make it nbformat "
              + "4.5; leave out --keep-version to allow that\n"))
      #expect(try lyre.directory.read("nb.ipynb") == Array(version3.utf8))
      #expect(lyre.kernel.starts.isEmpty)
    }
  }

  @Test(
    "of 4.0 to 4.4, and of unknown minor versions, keep their version", arguments: [0, 4, 9])
  func minors(minor: Int) async throws {
    try await Lyre.with { lyre in
      let text = #"""
        {"cells": [{"cell_type": "code", "future": [1.0], "metadata": {}, "execution_count": null,
          "id": "a", "outputs": [], "source": "print 1"}], "metadata": {},
         "nbformat": 4, "nbformat_minor": \#(minor), "unknown": {"b": 1, "a": 1e-07}}
        """#
      try lyre.directory.write(text, to: "nb.ipynb")
      let outcome = try await lyre.run([
        "run", "-q", "nb.ipynb", "-k", "scripted", "--keep-version", "--no-record-timing",
      ])
      #expect(outcome == .init(0, output: "1\n"))
      let result = String(decoding: try lyre.directory.read("nb.ipynb"), as: UTF8.self)
      #expect(result.contains(#""nbformat_minor": \#(minor), "unknown": {"b": 1, "a": 1e-07}}"#))
      #expect(result.contains(#""future": [1.0]"#))
      #expect(try lyre.text(0) == "" && result.contains(#""text": "1\n""#))
    }
  }

  @Test("of an unknown major version are rejected before a kernel starts")
  func unknownMajor() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write(
        #"{"cells": [], "metadata": {}, "nbformat": 5, "nbformat_minor": 0}"#, to: "nb.ipynb")
      let outcome = try await lyre.run(["run", "nb.ipynb", "-k", "scripted"])
      #expect(
        outcome
          == .init(
            2,
            errors:
              "error: nb.ipynb: nbformat: nbformat 5 is not known; this version of Lyre reads "
              + "nbformat 1 to 4\n"))
      #expect(lyre.kernel.starts.isEmpty)
    }
  }

  @Test(
    "with an invalid version are rejected by run, check, format and inspect",
    arguments: [
      (#""nbformat": 4, "nbformat_minor": -1"#, "nbformat_minor: expected at least 0, found -1"),
      (#""nbformat": 4, "nbformat_minor": 5.0"#, "nbformat_minor: expected an integer, found 5.0"),
      (
        #""nbformat": 4, "nbformat_minor": true"#,
        "nbformat_minor: expected an integer, found a boolean"
      ),
      (#""nbformat": 4"#, "there is no nbformat_minor"),
      (#""nbformat": 4.0, "nbformat_minor": 5"#, "nbformat: expected an integer, found 4.0"),
      (
        #""nbformat": 100000000000000000000000, "nbformat_minor": 5"#,
        "nbformat: nbformat 100000000000000000000000 is not known; this version of Lyre reads "
          + "nbformat 1 to 4"
      ),
      (#""nbformat_minor": 5"#, "not a notebook: there is no nbformat"),
    ])
  func noVersion(members: String, message: String) async throws {
    try await Lyre.with { lyre in
      let text = #"{"cells": [], "metadata": {}, \#(members)}"#
      try lyre.directory.write(text, to: "nb.ipynb")
      for command in ["run", "inspect"] {
        #expect(
          try await lyre.run([command, "nb.ipynb"])
            == .init(2, errors: "error: nb.ipynb: \(message)\n"))
      }
      for command in ["check", "format"] {
        #expect(
          try await lyre.run([command, "nb.ipynb"]) == .init(2, errors: "nb.ipynb: \(message)\n"))
      }
      #expect(try lyre.directory.read("nb.ipynb") == Array(text.utf8))
      #expect(lyre.kernel.starts.isEmpty)
    }
  }

  @Test("with a minor version beyond all integers count as a later version")
  func hugeMinor() async throws {
    try await Lyre.with { lyre in
      let text = #"""
        {"cells": [{"cell_type": "code", "future": 1, "metadata": {}, "execution_count": null, "id": "a",
          "outputs": [], "source": "print 1"}], "metadata": {}, "nbformat": 4,
         "nbformat_minor": 100000000000000000000000}
        """#
      try lyre.directory.write(text, to: "nb.ipynb")
      #expect(try await lyre.run(["check", "nb.ipynb"]) == .init(0))
      #expect(
        try await lyre.run(["run", "-q", "nb.ipynb", "-k", "scripted"]) == .init(0, output: "1\n"))
      let result = String(decoding: try lyre.directory.read("nb.ipynb"), as: UTF8.self)
      #expect(result.contains(#""nbformat_minor": 100000000000000000000000"#))
    }
  }

  @Test(
    "older than 4 are validated in their own version",
    arguments: [
      (
        #""collapsed": false, "input": "1", "language": "python", "outputs": [], "trusted": true"#,
        "worksheets[0].cells[0]: nbformat 3.0 has no 'trusted' here"
      ),
      (
        #""collapsed": false, "input": "1", "language": "python""#,
        "worksheets[0].cells[0]: 'outputs' is missing"
      ),
      (
        #""input": "1", "outputs": [], "prompt_number": -1"#,
        "worksheets[0].cells[0]: 'language' is missing\nnb.ipynb: "
          + "worksheets[0].cells[0].prompt_number: expected at least 0, found -1"
      ),
      (
        #"""
        "input": "1", "language": "python", "outputs": [{"output_type": "stream", "name": "stdout",
          "stream": "stdout", "text": []}]
        """#, "worksheets[0].cells[0].outputs[0]: nbformat 3.0 has no 'name' here"
      ),
      (
        #""input": 1, "language": "python", "outputs": []"#,
        "worksheets[0].cells[0].input: expected a string or a list of strings, found a number"
      ),
    ])
  func checkVersion3(members: String, message: String) async throws {
    try await Lyre.with { lyre in
      let cell = #"{"cell_type": "code", "metadata": {}, \#(members)}"#
      try lyre.directory.write(
        #"""
        {"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0,
         "worksheets": [{"metadata": {}, "cells": [\#(cell)]}]}
        """#, to: "nb.ipynb")
      #expect(
        try await lyre.run(["check", "nb.ipynb"]) == .init(2, errors: "nb.ipynb: \(message)\n"))
    }
  }

  @Test("of version 3 are valid only with a minor version and with cell types of that version")
  func checkVersion3Whole() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write(version3, to: "good.ipynb")
      #expect(try await lyre.run(["check", "good.ipynb"]) == .init(0))
      let bad =
        version3.replacing(#""nbformat_minor": 0,"#, with: "").replacing(
          #""code""#, with: #""cod""#)
      try lyre.directory.write(bad, to: "bad.ipynb")
      #expect(
        try await lyre.run(["check", "bad.ipynb"])
          == .init(
            2,
            errors: """
              bad.ipynb: 'nbformat_minor' is missing
              bad.ipynb: worksheets[0].cells[1].cell_type: expected "code", "markdown", "heading", \
              "raw" or "html", found "cod"

              """))
    }
  }

  @Test("without members that have a default get them, with a warning")
  func repair() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write(
        #"""
        {"cells": [
          {"cell_type": "markdown", "source": "m"},
          {"cell_type": "code", "id": "a", "metadata": {}, "source": "print 1"},
          {"cell_type": "code", "id": "a", "metadata": {}, "source": "print 2",
           "execution_count": null, "outputs": []}],
         "nbformat": 4, "nbformat_minor": 5}
        """#, to: "nb.ipynb")
      let outcome = try await lyre.run(["run", "-q", "nb.ipynb", "-k", "scripted"])
      #expect(
        outcome
          == .init(
            0, output: "1\n2\n",
            errors: """
              warning: nb.ipynb: Lyre added missing unique ids: cell 1, 3
              warning: nb.ipynb: Lyre added missing metadata, outputs or execution_count: cell 1, 2
              warning: nb.ipynb: Lyre added the missing metadata

              """))
      #expect(try await lyre.run(["check", "nb.ipynb"]) == .init(0))
    }
  }
}
