import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

/// What the record of runs keeps and says beyond the run itself.
@Suite("Messages of the record of runs")
struct RecordMessageTests {
  @Test("a value that the language cannot represent is not recorded")
  func secrets() async throws {
    try await Lyre.with(members: ["language": "R"]) { lyre in
      try lyre.notebook(["# x = 1"], tags: [0: "parameters"])
      let run = try await lyre.run(["run", "nb.ipynb", "-p", "x", "9007199254740993"])
      #expect(run.code == 2)
      #expect(
        run.errors
          == "error: nb.ipynb: parameter 'x': R cannot represent this integer of 16 digits exactly\n"
      )
      let found = try await lyre.shell(
        "grep -rl 9007199254740993 .local; grep -rl '16 digits' .local")
      #expect(found.output.contains("events.jsonl"), "\(found)")
      #expect(found.output.split(separator: "\n").count == 1, "\(found)")
    }
  }

  @Test("a log that could not be written to its end is told from that of a killed run")
  func fullDisk() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print first", "flood 20000 100"])
      let run = try await lyre.shell(
        "trap '' XFSZ; ulimit -f 64; exec \"$LYRE\" run nb.ipynb --no-save -q > /dev/null")
      #expect(run.code == 0, "\(run)")
      let listed = try await lyre.run(["history"])
      #expect(listed.output.contains("  log not written  "), "\(listed)")
      let shown = try await lyre.run(["follow", "last"])
      #expect(shown.code == 1)
      #expect(
        shown.errors.hasSuffix(
          "error: nb.ipynb: the log ends before the run: it could not be written, for example because "
            + "the disk was full; the run went on\n"), "\(shown)")
    }
  }

  @Test("a damaged line of a log is named by one number")
  func damagedLine() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print first"])
      #expect(try await lyre.run(["run", "nb.ipynb", "-q"]).code == 0)
      let cut = try await lyre.shell(
        "sed -i '3s/.*/{\"a\": tru}/' .local/state/lyre/runs/*/events.jsonl")
      #expect(cut.code == 0)
      let shown = try await lyre.run(["follow", "last"])
      #expect(shown.code == 0)
      #expect(
        shown.errors.contains("warning: line 3 of the log is damaged: column 7: "), "\(shown)")
      #expect(!shown.errors.contains("line 1"), "\(shown)")
    }
  }

  @Test(
    "an empty directory for the record is bad usage of the command that was called",
    arguments: ["run nb.ipynb", "history", "follow last", "pipeline run p.pipeline"])
  func emptyState(command: String) async throws {
    try await Lyre.with { lyre in
      let words = command.split(separator: " ").map(String.init)
      let outcome = try await lyre.run(words + ["--state", ""])
      #expect(outcome.code == 2)
      #expect(
        outcome.errors.hasPrefix("Error: --state: expected the name of a directory\nUsage: lyre "),
        "\(outcome)")
      #expect(!lyre.directory.entries.contains("runs"))
    }
  }

  @Test(
    "bad usage is followed by the usage of the command that was called",
    arguments: [
      ("run nb.ipynb -j 0", "run [<options>] <notebooks> ...", "run"),
      ("run nb.ipynb -p x", "run [<options>] <notebooks> ...", "run"),
      ("pipeline run p.pipeline -j 0", "pipeline run [<options>] <pipeline>", "pipeline run"),
      ("pipeline run --x", "pipeline run [<options>] <pipeline>", "pipeline run"),
    ])
  func usage(command: String, usage: String, name: String) async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print first"])
      let outcome = try await lyre.run(command.split(separator: " ").map(String.init))
      #expect(outcome.code == 2)
      let lines = outcome.errors.split(separator: "\n").suffix(2)
      #expect(
        Array(lines) == [
          "Usage: lyre \(usage)", "  See 'lyre \(name) --help' for more information.",
        ], "\(outcome)")
    }
  }

  @Test("a selection that leaves no node is refused", arguments: [[], ["--dry-run"]])
  func noNode(options: [String]) async throws {
    try await Lyre.with { lyre in
      for name in ["a.sh", "b.sh"] { try lyre.script(name, "echo ran") }
      try lyre.pipeline([.init(file: "a.sh"), .init(file: "b.sh", parents: ["a.sh"])])
      let outcome = try await lyre.run(
        ["pipeline", "run", "p.pipeline", "--only", "a.sh", "--from", "b.sh"] + options)
      #expect(
        outcome
          == .init(
            2,
            errors:
              "error: p.pipeline: no node would run: --only and --from have no node in common\n"))
    }
  }
}
