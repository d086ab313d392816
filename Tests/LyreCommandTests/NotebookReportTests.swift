import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("Pages of notebooks")
struct NotebookReportTests {
  private func page(_ lyre: Lyre, _ name: String) throws -> String {
    String(decoding: try lyre.directory.read(name), as: UTF8.self)
  }

  @Test("lyre run --html writes the result as a page")
  func runWritesPage() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print <1>", "print 2"])
      let outcome = try await lyre.run(["run", "-q", "nb.ipynb", "--html", "nb.html"])
      #expect(outcome == .init(0, output: "<1>\n2\n"))
      let html = try page(lyre, "nb.html")
      #expect(html.contains("<title>nb</title>"))
      #expect(html.contains(">succeeded</b>"))
      #expect(html.contains("<pre>&lt;1&gt;\n</pre>"))
      #expect(html.contains("<section class=\"cell code-cell\" id=\"cell-2\">"))
    }
  }

  @Test("a failed run has its error first, and cells that did not run are marked")
  func failedRun() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print 1", "error Oops bad <thing>", "print 3"])
      let outcome = try await lyre.run(["run", "-q", "nb.ipynb", "--html", "nb.html"])
      #expect(outcome.code == 1)
      let html = try page(lyre, "nb.html")
      #expect(html.contains(">failed</b>"))
      #expect(
        html.contains(
          "<section class=\"failures\"><p><a href=\"#cell-2\">cell 2 (In [2]) &#39;error Oops bad"))
      #expect(html.contains("<p class=\"note\">not run</p>"))
    }
  }

  @Test(
    "a run that could not begin has its reason on the page",
    arguments: [
      (
        ["run", "nb.ipynb", "--kernel", "none", "--kernel-fallback", "never"], Int32(5),
        "no kernel named"
      ),
      (["run", "broken.ipynb"], 2, "not"),
      (["run", "missing.ipynb"], 2, "there is no such file"),
    ])
  func notBegun(arguments: [String], code: Int32, reason: String) async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print 1"])
      try lyre.directory.write(Array("{".utf8), to: "broken.ipynb")
      let outcome = try await lyre.run(arguments + ["--html", "out.html"])
      #expect(outcome.code == code)
      let html = try page(lyre, "out.html")
      #expect(html.contains("<section class=\"failures\"><p>"))
      #expect(html.contains(reason))
    }
  }

  @Test("several notebooks get a page each, by a pattern")
  func several() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print a"], to: "a.ipynb")
      try lyre.notebook(["print b"], to: "b.ipynb")
      let outcome = try await lyre.run(["run", "-q", "a.ipynb", "b.ipynb", "--html", "{name}.html"])
      #expect(outcome.code == 0)
      #expect(try page(lyre, "a.html").contains("<pre>a\n</pre>"))
      #expect(try page(lyre, "b.html").contains("<pre>b\n</pre>"))
      let one = try await lyre.run(["run", "a.ipynb", "b.ipynb", "--html", "x.html"])
      #expect(one.code == 2)
      #expect(
        one.errors.contains(
          "--html: with several notebooks it needs {name} in it, as in out/{name}.html"))
    }
  }

  @Test(
    "no page replaces another file of the command, or a notebook",
    arguments: [
      (["nb.ipynb", "--html", "nb.ipynb"], "nb.ipynb"),
      (["nb.ipynb", "--html", "other.ipynb"], "is a notebook"),
      (["nb.ipynb", "--html", "x.html", "--report", "x.html"], "x.html"),
      (["nb.ipynb", "-o", "x.ipynb", "--html", "x.ipynb"], "x.ipynb"),
      (["nb.ipynb", "--html", "no/such/x.html"], "no/such"),
    ])
  func conflicts(arguments: [String], word: String) async throws {
    try await Lyre.with { lyre in
      let before = try lyre.notebook(["print 1"])
      try lyre.notebook(["print 2"], to: "other.ipynb")
      let outcome = try await lyre.run(["run"] + arguments)
      #expect(outcome.code == 2)
      #expect(outcome.errors.contains("--html"))
      #expect(outcome.errors.contains(word))
      #expect(try lyre.directory.read("nb.ipynb") == before)
    }
  }

  @Test("to standard output, with what cells print on standard error")
  func standardOutput() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print 1"])
      let outcome = try await lyre.run(["run", "-q", "nb.ipynb", "--html", "-"])
      #expect(outcome.code == 0)
      #expect(outcome.errors == "1\n")
      #expect(outcome.output.hasPrefix("<!DOCTYPE html>"))
      #expect(outcome.output.hasSuffix("</html>\n"))
    }
  }

  @Test("lyre report writes the page of a notebook without running it")
  func report() async throws {
    try await Lyre.with { lyre in
      let bytes = try lyre.notebook(["print 1"])
      let outcome = try await lyre.run([
        "report", "nb.ipynb", "-o", "x.html", "--no-input", "--title", "T & U",
      ])
      #expect(outcome == .init(0))
      let html = try page(lyre, "x.html")
      #expect(html.contains("<title>T &amp; U</title>"))
      #expect(!html.contains("print 1"))
      #expect(try lyre.directory.read("nb.ipynb") == bytes)
      let standard = try await lyre.run(["report", "-"], input: bytes)
      #expect(standard.code == 0)
      #expect(standard.output.contains("print 1"))
    }
  }

  @Test("images beside the notebook become part of the page, and no other files")
  func embedsImages() async throws {
    try await Lyre.with { lyre in
      let source =
        "![a](img/a.png) ![b](../b.png) <img src=\"/etc/passwd\"> ![c](link.png) ![d](x.txt) "
        + "![e](.env%00.png) ![f](logo.png)"
      let cell: JSONValue = [
        "cell_type": "markdown", "id": "m", "metadata": [:], "source": .init(source),
      ]
      let notebook: JSONValue = [
        "nbformat": 4, "nbformat_minor": 5, "metadata": [:], "cells": .array([cell]),
      ]
      try lyre.directory.write(notebook.serialized(), to: "sub/nb.ipynb")
      try lyre.directory.write([1, 2, 3, 4], to: "sub/img/a.png")
      try lyre.directory.write([1], to: "b.png")
      try lyre.directory.write([1], to: "sub/x.txt")
      try lyre.directory.write([1], to: "sub/.env")
      #expect(symlink(".env", "\(lyre.directory.path)/sub/logo.png") == 0)
      #expect(symlink("../b.png", "\(lyre.directory.path)/sub/link.png") == 0)
      let outcome = try await lyre.run(["report", "sub/nb.ipynb"])
      #expect(outcome.code == 0)
      #expect(outcome.output.contains("src=\"data:image/png;base64,AQIDBA==\""))
      #expect(outcome.output.matches(of: /base64/).count == 1)
      #expect(outcome.output.contains("src=\"../b.png\""))
    }
  }

  @Test(
    "lyre report says what it cannot report",
    arguments: [
      ("missing.ipynb", "error: missing.ipynb: there is no such file"),
      ("nothing", "there is no run 'nothing'; see lyre history"),
    ])
  func reportFails(subject: String, message: String) async throws {
    try await Lyre.with { lyre in
      let outcome = try await lyre.run(["report", subject])
      #expect(outcome.code == 2)
      #expect(outcome.errors.contains(message), "\(outcome)")
      #expect(outcome.output == "")
    }
  }

  @Test("lyre report of a run has the outputs of that run, from the notebook or from the log")
  func reportRun() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print first\ndisplay bold", "error Oops bad"])
      let record = ["--state", "record"]
      #expect(try await lyre.run(["run", "-q", "nb.ipynb"] + record).code == 1)
      let fromFile = try await lyre.run(["report", "last"] + record)
      #expect(fromFile.code == 0, "\(fromFile)")
      #expect(fromFile.output.contains(">failed</b>"))
      #expect(fromFile.output.contains("<pre>first\n</pre>"))
      // The same cells without outputs: those of the log are shown.
      try lyre.notebook(["print first\ndisplay bold", "error Oops bad"])
      let fromLog = try await lyre.run(["report", "last"] + record)
      #expect(fromLog.code == 0, "\(fromLog)")
      #expect(fromLog.output.contains("<pre>first\n</pre>"))
      #expect(fromLog.output.contains(">failed</b>"))
      // Other cells: nothing is shown that the run did not make.
      try lyre.notebook(["print other"])
      let changed = try await lyre.run(["report", "last"] + record)
      #expect(changed.code == 2)
      #expect(changed.errors.contains("has other cells by now, or is gone; lyre follow"))
    }
  }
}
