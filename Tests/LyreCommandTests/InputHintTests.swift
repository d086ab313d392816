import Glibc
import KernelTesting
import Testing

@Suite("Files that are not what a command reads")
struct InputHintTests {
  /// The commands that read a notebook, and how they begin a message.
  private static let notebookCommands = [
    (["run"], "error: "), (["check"], ""), (["format"], ""), (["inspect"], "error: "),
    (["recover"], ""),
  ]

  /// Runs every command that reads a notebook with a file.
  private func expectNotebook(_ lyre: Lyre, _ name: String, _ message: String) async throws {
    for (command, start) in InputHintTests.notebookCommands {
      #expect(
        try await lyre.run(command + [name]) == .init(2, errors: "\(start)\(name): \(message)\n"),
        "\(command)")
    }
  }

  /// Runs commands that read a pipeline with a file.
  private func expectPipeline(_ lyre: Lyre, _ name: String, _ message: String) async throws {
    for command in ["run", "describe", "migrate"] {
      #expect(
        try await lyre.run(["pipeline", command, name])
          == .init(2, errors: "error: \(name): \(message)\n"), "\(command)")
    }
  }

  @Test("a pointer of Git LFS is told with its remedy")
  func pointer() async throws {
    try await Lyre.with { lyre in
      let text = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
      let message =
        "this is a pointer of Git LFS, and not the file that is stored there; "
        + "`git lfs pull` fetches that file"
      for name in ["a.ipynb", "a.pipeline"] { try lyre.directory.write(text, to: name) }
      try await expectNotebook(lyre, "a.ipynb", "not a notebook: \(message)")
      try await expectPipeline(lyre, "a.pipeline", "not a pipeline: \(message)")
      try lyre.pipeline([.init(file: "a.ipynb")])
      #expect(
        try await lyre.run(["pipeline", "validate", "p.pipeline"])
          == .init(
            2,
            output: """
              error: a.ipynb: filename: 'a.ipynb' is not a notebook: this is a pointer of Git \
              LFS, and not the file that is stored there
                  `git lfs pull` fetches that file
              p.pipeline: not valid: 1 error

              """))
    }
  }

  @Test("markers of a merge conflict are told with the line", arguments: ["\n", "\r\n"])
  func conflict(end: String) async throws {
    try await Lyre.with { lyre in
      let text = ["{", "<<<<<<< HEAD", "\"a\": 1", "=======", "\"a\": 2", ">>>>>>> b", "}", ""]
        .joined(separator: end)
      let message =
        "line 2 is the marker <<<<<<< of an unresolved merge conflict; resolve the conflict, or "
        + "choose a side with `git checkout --ours` or `git checkout --theirs`"
      for name in ["a.ipynb", "a.pipeline"] { try lyre.directory.write(text, to: name) }
      try await expectNotebook(lyre, "a.ipynb", "not a notebook: \(message)")
      try await expectPipeline(lyre, "a.pipeline", "not a pipeline: \(message)")
    }
  }

  @Test("a broken file that only resembles one is told as before")
  func noConflict() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write("{\n<<<<<<<<\n}", to: "a.ipynb")
      try await expectNotebook(
        lyre, "a.ipynb",
        "not a notebook, because it is not JSON: line 2, column 1: expected a member's name in "
          + "double quotes, found '<'")
    }
  }

  @Test("a pipeline in the place of a notebook, and a notebook in that of a pipeline")
  func exchanged() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print 1"])
      try lyre.pipeline([.init(file: "nb.ipynb")])
      try await expectNotebook(
        lyre, "p.pipeline", "this is a pipeline, not a notebook; `lyre pipeline run` runs it")
      try await expectPipeline(
        lyre, "nb.ipynb", "this is a notebook, not a pipeline; `lyre run` runs it")
      #expect(
        try await lyre.run(["pipeline", "validate", "nb.ipynb"])
          == .init(
            2,
            output: """
              error: this is a notebook, not a pipeline; `lyre run` runs it
              nb.ipynb: not valid: 1 error

              """))
    }
  }

  @Test("a script in the place of a notebook or pipeline, which a pipeline can run")
  func script() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write("\"\"\"Measures.\"\"\"\nimport csv\n", to: "m.py")
      try lyre.directory.write("#!/bin/sh\n", to: "c.sh")
      try await expectNotebook(
        lyre, "m.py",
        "this is a Python script, not a notebook; a pipeline can run it: "
          + "`lyre pipeline new my.pipeline m.py`")
      try await expectNotebook(
        lyre, "c.sh",
        "this is a shell script, not a notebook; a pipeline can run it: "
          + "`lyre pipeline new my.pipeline c.sh`")
      try await expectPipeline(
        lyre, "m.py",
        "this is a Python script, not a pipeline; make one that runs it: "
          + "`lyre pipeline new my.pipeline m.py`")
    }
  }

  @Test("a link without its target is told as one")
  func link() async throws {
    try await Lyre.with { lyre in
      try #require(symlink("data/x.ipynb", "\(lyre.directory.path)/a.ipynb") == 0)
      let message = "this is a link to 'data/x.ipynb', which is not there"
      try await expectNotebook(lyre, "a.ipynb", message)
      try await expectPipeline(lyre, "a.ipynb", message)
      let parameters = try await lyre.run(["run", "a.ipynb", "-f", "a.ipynb"])
      #expect(parameters.code == 2)
      #expect(parameters.errors.hasPrefix("Error: -f a.ipynb: \(message)\n"), "\(parameters)")
    }
  }

  @Test("a name without its extension is completed in the message")
  func extensions() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print 1"], to: "ok.ipynb")
      let notebook = "there is no such file; there is 'ok.ipynb'"
      try await expectNotebook(lyre, "ok", notebook)
      try await expectNotebook(lyre, "ok.", notebook)
      try await expectPipeline(lyre, "ok", notebook)
      try lyre.pipeline([.init(file: "ok.ipynb")], to: "ok.pipeline")
      try await expectPipeline(lyre, "ok", "there is no such file; there is 'ok.pipeline'")
      try await expectNotebook(lyre, "ok", notebook)
      try await expectNotebook(lyre, "no", "there is no such file")
      // A name that is part of the message is shown, too.
      try await expectNotebook(lyre, "file", "there is no such file")
    }
  }
}
