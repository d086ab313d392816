import Glibc
import JSONCore
import KernelTesting
import Testing

@Suite("lyre format")
struct FormatCommandTests {
  private let compact = #"{"nbformat":4,"nbformat_minor":4,"metadata":{},"cells":[]}"#
  private let canonical = """
    {
     "cells": [],
     "metadata": {},
     "nbformat": 4,
     "nbformat_minor": 4
    }

    """

  @Test("writes every file that it can, and ends with the worst exit code")
  func several() async throws {
    try await Lyre.with { lyre async throws in
      let directory = lyre.directory
      try directory.write(compact, to: "a.ipynb")
      try directory.write(#"{"nbformat": 3, "metadata": {}, "worksheets": []}"#, to: "old.ipynb")
      try directory.write("{", to: "torn.ipynb")
      try directory.makeDirectory("folder.ipynb")
      try directory.write(compact, to: "z.ipynb")
      let errors = """
        folder.ipynb: this is a directory, not a notebook
        old.ipynb: nbformat 3 is older than 4; --upgrade converts it to nbformat 4.5
        torn.ipynb: not a notebook, because it is not JSON: line 1, column 2: expected a member's \
        name in double quotes, found the end of the text

        """
      let checked = try await lyre.run(["format", "--check", "*.ipynb"])
      #expect(
        checked
          == .init(
            2,
            errors: "a.ipynb: not in Jupyter's form\n" + errors
              + "z.ipynb: not in Jupyter's form\n"))
      #expect(try directory.read("a.ipynb") == Array(compact.utf8))
      #expect(try await lyre.run(["format", "*.ipynb"]) == .init(2, errors: errors))
      #expect(try directory.read("a.ipynb") == Array(canonical.utf8))
      #expect(try directory.read("z.ipynb") == Array(canonical.utf8))
      #expect(try await lyre.run(["format", "--check", "a.ipynb", "z.ipynb"]) == .init(0))
    }
  }

  @Test("reads standard input and writes to standard output")
  func standardInput() async throws {
    try await Lyre.with { lyre async throws in
      let input = Array(compact.utf8)
      #expect(try await lyre.run(["format", "-"], input: input) == .init(0, output: canonical))
      #expect(
        try await lyre.run(["format", "--check", "-"], input: input)
          == .init(1, errors: "standard input: not in Jupyter's form\n"))
      #expect(
        try await lyre.run(["format", "--check", "-"], input: Array(canonical.utf8)) == .init(0))
    }
  }

  @Test(
    "keeps lone surrogates, links, modes and canonical files, unlike nbformat")
  func kept() async throws {
    try await Lyre.with { lyre async throws in
      let directory = lyre.directory
      let source = #"{"nbformat":4,"nbformat_minor":4,"metadata":{},"#
      try directory.write(
        source
          + #""cells":[{"cell_type":"raw","metadata":{"n":[NaN,1e5]},"source":"a\uD800\nb"}]}"#,
        to: "real.ipynb", mode: 0o640)
      try #require(symlink("real.ipynb", directory.path("link.ipynb")) == 0)
      #expect(try await lyre.run(["format", "link.ipynb"]) == .init(0))
      let text = String(decoding: try directory.read("real.ipynb"), as: UTF8.self)
      #expect(text.contains("\"source\": [\n    \"a\\ud800\\n\",\n    \"b\"\n   ]"))
      #expect(text.contains("     NaN,\n     100000.0\n"))
      var status = stat()
      try #require(lstat(directory.path("link.ipynb"), &status) == 0)
      #expect(status.st_mode & S_IFMT == S_IFLNK)
      try #require(stat(directory.path("real.ipynb"), &status) == 0)
      #expect(status.st_mode & 0o777 == 0o640)
      // A file that is already in this form is not written.
      let node = status.st_ino
      #expect(try await lyre.run(["format", "link.ipynb"]) == .init(0))
      try #require(stat(directory.path("real.ipynb"), &status) == 0)
      #expect(status.st_ino == node)
    }
  }

  @Test("creates the same ids each time a notebook is upgraded")
  func upgrade() async throws {
    try await Lyre.with { lyre async throws in
      let cell = #"{"cell_type": "markdown", "metadata": {}, "source": "same"}"#
      let text = #"{"nbformat": 4, "nbformat_minor": 2, "metadata": {}, "cells": ["#
      for name in ["a.ipynb", "b.ipynb"] {
        try lyre.directory.write(text + "\(cell), \(cell)]}", to: name)
      }
      #expect(try await lyre.run(["format", "--upgrade", "a.ipynb", "b.ipynb"]) == .init(0))
      #expect(try lyre.directory.read("a.ipynb") == lyre.directory.read("b.ipynb"))
      let ids = try lyre.cells("a.ipynb").map { $0["id"]?.string }
      #expect(ids.count == 2 && ids[0] != ids[1] && ids[0]?.isEmpty == false)
      #expect(try await lyre.run(["format", "--check", "--upgrade", "a.ipynb"]) == .init(0))
      #expect(try await lyre.run(["check", "a.ipynb"]) == .init(0))
    }
  }
}
