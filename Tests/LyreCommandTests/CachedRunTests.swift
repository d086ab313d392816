import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("lyre run --cached")
struct CachedRunTests {
  private func names(_ lyre: Lyre) async throws -> [String] {
    let listed = try await lyre.run(["history", "--json"])
    return try JSONValue(parsing: Array(listed.output.utf8)).array?.compactMap {
      $0["run"]?.string
    } ?? []
  }

  @Test("an unchanged notebook is left alone, and is not in the history")
  func unchanged() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print one"])
      let first = try await lyre.run(["run", "--cached", "-q", "nb.ipynb"])
      #expect(first == .init(0, output: "one\n"))
      let before = try lyre.directory.read("nb.ipynb")
      let runs = try await names(lyre)
      let cached = try await lyre.run(["run", "--cached", "nb.ipynb"])
      #expect(cached == .init(0, errors: "nb.ipynb: unchanged, as in run \(runs[0])\n"))
      #expect(try await lyre.run(["run", "--cached", "-q", "nb.ipynb"]) == .init(0))
      #expect(try lyre.directory.read("nb.ipynb") == before)
      #expect(try await names(lyre) == runs)
      #expect(lyre.kernel.starts.count == 1)
    }
  }

  @Test("a good run without it is not compared with later, and a failed one ends what counted")
  func plainRuns() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print one"])
      func reason(_ options: String...) async throws -> String {
        let outcome = try await lyre.run(["run", "--no-save", "nb.ipynb"] + options)
        return String(outcome.errors.prefix { $0 != "\n" })
      }
      _ = try await reason()
      #expect(
        try await reason("--cached") == "nb.ipynb: started (no earlier run to compare with)")
      _ = try await reason()
      #expect(try await reason("--cached").hasPrefix("nb.ipynb: unchanged"))
      let good = try lyre.directory.read("nb.ipynb")
      try lyre.notebook(["error E x"])
      _ = try await reason()
      try lyre.directory.write(good, to: "nb.ipynb")
      #expect(
        try await reason("--cached") == "nb.ipynb: started (it did not succeed the last time)")
    }
  }

  @Test("a page is made anew if its outputs are stored nowhere")
  func page() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print one"])
      for _ in 1...2 {
        let outcome = try await lyre.run(
          ["run", "-q", "--no-save", "--cached", "--html", "nb.html", "nb.ipynb"])
        #expect(outcome == .init(0, output: "one\n"))
        #expect(try lyre.text(of: "nb.html").contains("one"))
      }
    }
  }

  @Test("a selection by number selects other cells when a cell is added")
  func selection() async throws {
    try await Lyre.with { lyre in
      let options = ["run", "-q", "--cached", "--cells", "2-3", "nb.ipynb"]
      try lyre.notebook(["print a", "print b", "print c"])
      #expect(try await lyre.run(options) == .init(0, output: "b\nc\n"))
      #expect(try await lyre.run(options) == .init(0))
      // The numbers shift by one.
      let file = try JSONValue(parsing: lyre.directory.read("nb.ipynb"))
      var notebook = try #require(file.object)
      let text: JSONValue = [
        "cell_type": "markdown", "id": "new", "metadata": [:], "source": "new",
      ]
      notebook["cells"] = .array([text] + (notebook["cells"]?.array ?? []))
      try lyre.directory.write(JSONValue.object(notebook).serialized(), to: "nb.ipynb")
      #expect(try await lyre.run(options) == .init(0, output: "a\nb\n"))
    }
  }

  @Test("without it, everything runs")
  func withoutIt() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print one"])
      for _ in 1...2 {
        #expect(try await lyre.run(["run", "-q", "nb.ipynb"]) == .init(0, output: "one\n"))
      }
    }
  }

  /// A run that is not good.
  struct Bad: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var sources: [String]
    var options: [String] = []
    var code: Int32
  }

  @Test(
    "a run that was not good never counts, even if its notebook is unchanged",
    arguments: [
      Bad(testDescription: "it failed", sources: ["print one", "error E x"], code: 1),
      Bad(
        testDescription: "it timed out", sources: ["print one", "hang"],
        options: ["--timeout", "0.3"], code: 3),
      Bad(
        testDescription: "a time limit was exceeded, and allowed", sources: ["hang", "print one"],
        options: ["--timeout", "0.3", "--on-timeout", "continue", "--allow-errors"], code: 0),
      Bad(testDescription: "its kernel died", sources: ["print one", "crash"], code: 4),
    ])
  func bad(_ bad: Bad) async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(bad.sources)
      for reason in ["no earlier run to compare with", "it did not succeed the last time"] {
        let outcome = try await lyre.run(["run", "--cached", "nb.ipynb"] + bad.options)
        #expect(outcome.code == bad.code, "\(outcome)")
        #expect(outcome.errors.hasPrefix("nb.ipynb: started (\(reason))\n"), "\(outcome)")
      }
    }
  }

  @Test(
    "a run that was interrupted or killed does not count, and neither does the one before it",
    arguments: [SIGINT, SIGTERM, SIGKILL])
  func stopped(signal: Int32) async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print one"])
      #expect(try await lyre.run(["run", "--no-save", "-q", "nb.ipynb"]).code == 0)
      let good = try lyre.directory.read("nb.ipynb")
      try lyre.notebook(["print one", "hang"])
      let run = try lyre.start(["run", "--no-save", "--cached", "nb.ipynb"])
      #expect(await run.hasPrinted("one"))
      run.send(signal: signal)
      _ = await run.result()
      try lyre.directory.write(good, to: "nb.ipynb")
      let next = try await lyre.run(["run", "--no-save", "--cached", "nb.ipynb"])
      #expect(next.code == 0)
      #expect(
        next.errors.hasPrefix("nb.ipynb: started (it did not succeed the last time)\n"), "\(next)")
    }
  }

  @Test("parameters are compared by their values, and of those in the file only without others")
  func parameters() async throws {
    try await Lyre.with(members: ["language": "python"]) { lyre in
      try lyre.notebook(["# print = 1", "print body"], tags: [0: "parameters"])
      func run(_ options: String...) async throws -> String {
        let outcome = try await lyre.run(["run", "nb.ipynb", "--cached"] + options)
        #expect(outcome.code == 0, "\(outcome)")
        return String(outcome.errors.prefix { $0 != "\n" })
      }
      let secret = "hunter2"
      #expect(
        try await run("-p", "print", secret) == "nb.ipynb: started (no earlier run to compare with)"
      )
      #expect(try await run("-p", "print", secret).hasPrefix("nb.ipynb: unchanged"))
      let found = try await lyre.shell(
        "ls .local/state/lyre/reuse; grep -r \(secret) .local/state/lyre/reuse")
      #expect(found.code == 1 && found.output.contains(".json"), "\(found)")
      #expect(
        try await run("-p", "print", "b") == "nb.ipynb: started (parameter print changed)")
      #expect(
        try await run("-p", "print", "b", "-p", "display", "1")
          == "nb.ipynb: started (parameter display is new)"
      )
      // The injected parameters are now code of the notebook.
      let without = try await run()
      #expect(without.hasPrefix("nb.ipynb: started (cell 2 is new, and 2 more)"), "\(without)")
      #expect(try await run().hasPrefix("nb.ipynb: unchanged"))
    }
  }

  @Test("each place of a result has its own last good run")
  func places() async throws {
    try await Lyre.with(members: ["language": "python"]) { lyre in
      try lyre.notebook(["# print = 1", "print body"], tags: [0: "parameters"])
      func run(_ region: String) async throws -> Lyre.Outcome {
        try await lyre.run([
          "run", "nb.ipynb", "-o", "nb-{print}.ipynb", "-p", "print", region, "--cached",
        ])
      }
      for region in ["north", "south"] { #expect(try await run(region).output != "") }
      for region in ["north", "south"] { #expect(try await run(region).isUnchanged) }
      unlink(lyre.directory.path("nb-north.ipynb"))
      #expect(try await run("north").errors.hasPrefix("nb.ipynb: started (its result"))
      #expect(try await run("south").isUnchanged)
    }
  }

  @Test(
    "of several notebooks those run that changed, one after another or at once", arguments: [1, 3])
  func several(jobs: Int) async throws {
    try await Lyre.with { lyre in
      for name in ["a", "b", "c"] { try lyre.notebook(["print \(name)"], to: "\(name).ipynb") }
      let command = [
        "run", "a.ipynb", "b.ipynb", "c.ipynb", "--cached", "-j", "\(jobs)", "--depends", "*.ipynb",
        "--events", "e.jsonl", "--report", "r.xml",
      ]
      #expect(try await lyre.run(command).code == 0)
      #expect(lyre.kernel.starts.count == 3)
      let same = try await lyre.run(command)
      #expect(same.code == 0 && same.output == "", "\(same)")
      #expect(same.errors.split(separator: "\n").count == 3, "\(same)")
      #expect(lyre.kernel.starts.count == 3)
      try lyre.notebook(["print new"], to: "b.ipynb")
      let later = try await lyre.run(command)
      #expect(later.errors.contains("b.ipynb: started (cell 1 changed)\n"), "\(later)")
      // The others depend on its code.
      #expect(later.errors.contains("a.ipynb: started (file b.ipynb changed)\n"), "\(later)")
      #expect(try await lyre.run(command).output == "")
    }
  }

  @Test("events and the report show an unchanged notebook, and the event of a run its reason")
  func reports() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print one", "", "print two"])
      let command = ["run", "nb.ipynb", "--cached", "--events", "e.jsonl", "--report", "r.xml"]
      func events() throws -> [JSONValue] {
        try lyre.text(of: "e.jsonl").split(separator: "\n").map {
          try JSONValue(parsing: Array($0.utf8))
        }
      }
      #expect(try await lyre.run(command).code == 0)
      let began = try events().first { $0["event"] == "run_started" }
      #expect(began?["reason"] == "no earlier run to compare with")
      let run = try #require(try await names(lyre).first)
      #expect(try await lyre.run(command).isUnchanged)
      let event = try #require(try events().first)
      #expect(try events().count == 1)
      #expect(event["event"] == "run_finished" && event["outcome"] == "cached", "\(event)")
      #expect(event["cached_run"]?.string == run && event["cells"] == ["skipped": 3], "\(event)")
      let report = try lyre.text(of: "r.xml")
      #expect(report.contains("tests=\"2\" failures=\"0\" errors=\"0\" skipped=\"2\""), "\(report)")
      #expect(report.contains("<skipped message=\"unchanged, as in run \(run)\"/>"), "\(report)")
      // The event of a run that is followed has the reason too.
      try lyre.notebook(["print other"])
      #expect(try await lyre.run(command).code == 0)
      let log = try await lyre.run(["follow", "last", "--json"])
      #expect(log.output.contains("\"reason\":\"cell 1 changed\""), "\(log)")
    }
  }

  @Test(
    "what cannot be compared is refused",
    arguments: [
      (["nb.ipynb", "--no-record"], "--cached and --no-record cannot be combined: "),
      (["nb.ipynb", "--prepare-only"], "--cached and --prepare-only cannot be combined: "),
      (["nb.ipynb", "--existing", "k.json"], "--cached and --existing cannot be combined: "),
      (["nb.ipynb", "--stdin", "inherit"], "--cached and --stdin inherit cannot be combined: "),
      (["-"], "--cached: standard input has no earlier run; name a file"),
      (["nb.ipynb", "-o", "-"], "--cached: a result on standard output or in a pipe is not kept"),
      (
        ["nb.ipynb", "--depends", "data/*.cvs"], "--depends: no file or folder matches 'data/*.cvs'"
      ),
      (["nb.ipynb", "--depends", "**/x"], "--depends: no file or folder matches '**/x'"),
      (["nb.ipynb", "--depends", ""], "--depends: no file or folder matches ''"),
      (["nb.ipynb", "--depends-variable", "A=1"], "--depends-variable: 'A=1' is not a valid name"),
    ])
  func refused(options: [String], message: String) async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print one"])
      let outcome = try await lyre.run(["run", "--cached"] + options)
      #expect(outcome.code == 2 && outcome.output == "", "\(outcome)")
      #expect(outcome.errors.hasPrefix("Error: \(message)"), "\(outcome)")
      #expect(lyre.kernel.starts.isEmpty)
    }
  }

  @Test("without a home directory --state names the record; a record of others is not used")
  func records() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print one"])
      let nobody = ["HOME": lyre.directory.path("nobody")]
      let homeless = try await lyre.run(["run", "--cached", "nb.ipynb"], environment: nobody)
      #expect(homeless.code == 2, "\(homeless)")
      #expect(homeless.errors.contains("name a directory with --state DIR"), "\(homeless)")
      let command = ["run", "--cached", "nb.ipynb", "--state", "state"]
      #expect(try await lyre.run(command, environment: nobody).output == "one\n")
      #expect(try await lyre.run(command, environment: nobody).isUnchanged)
      #expect(chmod(lyre.directory.path("state/reuse"), 0o777) == 0)
      let open = try await lyre.run(command)
      #expect(open.code == 2 && open.errors.contains("open to other users"), "\(open)")
    }
  }

  @Test("a damaged file of the record is as none", arguments: ["", "{", "[]", "{\"good\": true}"])
  func damaged(content: String) async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print one"])
      #expect(try await lyre.run(["run", "-q", "--cached", "nb.ipynb"]).code == 0)
      let folder = lyre.directory.path(".local/state/lyre/reuse")
      let cut = try await lyre.shell(
        "for f in '\(folder)'/*; do printf '%s' '\(content)' > \"$f\"; done")
      #expect(cut.code == 0)
      let outcome = try await lyre.run(["run", "--cached", "nb.ipynb"])
      #expect(
        outcome.errors.hasPrefix("nb.ipynb: started (no earlier run to compare with)\n"),
        "\(outcome)")
      #expect(try await lyre.run(["run", "--cached", "nb.ipynb"]).isUnchanged)
    }
  }

  @Test("a warning about an unchanged notebook does not begin a run in the history")
  func warning() async throws {
    try await Lyre.with(members: ["language": "fallback"]) { lyre in
      try lyre.notebook(["print one"], kernel: "absent", language: "fallback")
      #expect(try await lyre.run(["run", "--cached", "nb.ipynb"]).code == 0)
      let runs = try await names(lyre)
      let cached = try await lyre.run(["run", "--cached", "nb.ipynb"])
      #expect(cached.errors.contains("warning: nb.ipynb: no kernel named 'absent'"), "\(cached)")
      #expect(cached.errors.contains("nb.ipynb: unchanged, as in run "), "\(cached)")
      #expect(try await names(lyre) == runs)
      // The warning is in the log of a run that does happen.
      try lyre.notebook(["print two"], kernel: "absent", language: "fallback")
      #expect(try await lyre.run(["run", "--cached", "nb.ipynb"]).code == 0)
      #expect(try await lyre.run(["follow", "last"]).errors.contains("no kernel named 'absent'"))
    }
  }
}
