import JSONCore
import KernelTesting
import Testing

@Suite("Input that cannot be run")
struct RefusalTests {
  @Test(
    "invalid usage: exit code 2, the option's name and the remedy",
    arguments: [
      ([], "Missing expected argument '<notebooks> ...'"),
      (["a.ipynb", "--bogus"], "Unknown option '--bogus'"),
      (["a.ipynb", "--timeout", "x"], "The value 'x' is invalid for '--timeout <seconds>'"),
      (["a.ipynb", "--timeout=-1"], "--timeout: expected a number of seconds, 0 for no limit"),
      (["a.ipynb", "-j", "0"], "--jobs must be at least 1"),
      (
        ["a.ipynb", "b.ipynb", "-o", "x"], "--output: with several notebooks it needs {name} in it"
      ),
      (
        ["a.ipynb", "-o", "x", "--no-save"], "use only one of --output, --output-dir and --no-save"
      ),
      (
        ["a.ipynb", "--cells", "7-3"],
        "--cells: '7-3' is not a valid range; cells are numbered from 1"
      ),
      (
        ["a.ipynb", "--cells", "0"], "--cells: '0' is not a valid range; cells are numbered from 1"
      ),
      (["a.ipynb", "--cwd", "/none/such"], "--cwd: there is no directory '/none/such'"),
      (["-", "-"], "standard input can be read only once"),
      (["-", "--stdin", "inherit"], "--stdin inherit: standard input is already the notebook"),
      (["a.ipynb", "--stdin", "none.txt"], "--stdin: none.txt: there is no such file"),
      (
        ["a.ipynb", "--on-timeout", "x"], "The value 'x' is invalid for '--on-timeout <on-timeout>'"
      ),
      (["-", "--events", "-"], "--events - and a notebook cannot both go to standard output"),
    ] as [([String], String)])
  func usage(_ arguments: [String], _ message: String) async throws {
    try await Lyre.with { lyre in
      let outcome = try await lyre.run(["run"] + arguments)
      #expect(outcome.code == 2)
      #expect(outcome.output == "")
      #expect(outcome.errors.hasPrefix("Error: \(message)"), "\(outcome)")
      #expect(lyre.kernel.starts.isEmpty)
    }
  }

  @Test(
    "a file that is not a notebook: exit code 2 and the place",
    arguments: [
      (nil, "error: nb.ipynb: there is no such file\n"),
      ("", "error: nb.ipynb: the file is empty; a notebook is a JSON object\n"),
      (
        "{\"cells\": [",
        "error: nb.ipynb: not a notebook, because it is not JSON: line 1, column 12: expected a value, "
          + "found the end of the text\n"
      ),
      ("[]", "error: nb.ipynb: not a notebook: expected a JSON object, found an array\n"),
    ] as [(String?, String)])
  func input(_ content: String?, _ message: String) async throws {
    try await Lyre.with { lyre in
      if let content { try lyre.directory.write(content, to: "nb.ipynb") }
      #expect(try await lyre.run(["run", "nb.ipynb"]) == .init(2, errors: message))
      #expect(lyre.kernel.starts.isEmpty)
    }
  }

  @Test("a kernel that is not installed: exit code 5 and the installed kernels")
  func wrongKernel() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print 1"], kernel: "scriptde")
      let outcome = try await lyre.run(["run", "nb.ipynb"])
      #expect(outcome.code == 5)
      #expect(
        outcome.errors.hasPrefix(
          "error: no kernel named 'scriptde' (notebook nb.ipynb). Did you mean 'scripted'? "
            + "Installed: scripted"))
      #expect(outcome.errors.hasSuffix(". Use --kernel NAME.\n"))
    }
  }

  @Test("a kernel that is not installed: another kernel of the same language is used")
  func languageMatch() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print 1"], kernel: "scriptde", language: "Script")
      let outcome = try await lyre.run(["run", "-q", "nb.ipynb"])
      #expect(
        outcome
          == .init(
            0, output: "1\n",
            errors: "warning: nb.ipynb: no kernel named 'scriptde'; 'scripted' runs Script too and "
              + "is used\n"))
    }
  }

  @Test(
    "a kernel that dies at its start, even with exit code 0",
    arguments: ["exit 0", "exit 3", "SIGABRT"])
  func deadAtStart(_ end: String) async throws {
    try await Lyre.with(kernel: ["--stderr", "no module named x", "--end-at-start", end]) { lyre in
      let before = try lyre.notebook(["print 1"])
      let outcome = try await lyre.run(["run", "nb.ipynb"])
      #expect(outcome.code == 5)
      let how = ["exit 0": "exited with code 0", "exit 3": "exited with code 3"]
      #expect(
        outcome.errors
          == "error: nb.ipynb: kernel 'scripted' \(how[end] ?? "was killed by SIGABRT (it aborted)") "
          + "before it was ready; it wrote:\nno module named x\n\n")
      #expect(try lyre.directory.read("nb.ipynb") == before)
    }
  }

  @Test("a kernel that never answers")
  func silentKernel() async throws {
    try await Lyre.with(kernel: ["--no-info"]) { lyre in
      try lyre.notebook(["print 1"])
      let outcome = try await lyre.run(["run", "nb.ipynb", "--startup-timeout", "0.5"])
      #expect(
        outcome
          == .init(
            5,
            errors: "error: nb.ipynb: kernel 'scripted' was not ready within T: it did not answer\n"
          ))
    }
  }

  @Test("a kernel that answers on shell and never on iopub")
  func deafIOPub() async throws {
    try await Lyre.with(kernel: ["--no-iopub"]) { lyre in
      try lyre.notebook(["print 1"])
      let outcome = try await lyre.run(["run", "nb.ipynb", "--startup-timeout", "4"])
      #expect(
        outcome
          == .init(
            5,
            errors:
              "error: nb.ipynb: kernel 'scripted' was not ready within T: it answers on shell, "
              + "but sends nothing on iopub\n"))
    }
  }

  @Test("a kernel whose port is taken is started again")
  func portTaken() async throws {
    try await TemporaryDirectory.with { marks in
      try await Lyre.with(kernel: ["--port-taken-unless", marks.path("mark")]) { lyre in
        try lyre.notebook(["print 1"])
        let outcome = try await lyre.run(["run", "-q", "nb.ipynb"])
        #expect(outcome == .init(0, output: "1\n"))
        #expect(lyre.kernel.starts.count == 2)
      }
    }
  }

  @Test("a kernel whose program does not exist")
  func missingProgram() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write(
        #"{"argv": ["no-such-program"], "display_name": "x", "language": "x"}"#,
        to: "kernels/broken/kernel.json")
      try lyre.notebook(["print 1"], kernel: "broken")
      let outcome = try await lyre.run(["run", "nb.ipynb"])
      #expect(outcome.code == 5)
      #expect(
        outcome.errors
          == "error: nb.ipynb: kernel 'broken' (\(lyre.directory.path)/kernels/broken/kernel.json) "
          + "runs 'no-such-program', which does not exist; looked in /usr/bin, PATH (/usr/bin:/bin)\n"
      )
    }
  }
}
