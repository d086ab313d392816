import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("Output files")
struct OutputFileTests {
  /// Options that write, with their values.
  private static let clashes: [([String], String)] = [
    (
      ["a.ipynb", "./a.ipynb"],
      "the notebook './a.ipynb' and the notebook 'a.ipynb' are the same file"
    ),
    (
      ["a.ipynb", "hard.ipynb"],
      "the notebook 'hard.ipynb' and the notebook 'a.ipynb' are the same file"
    ),
    (
      ["a.ipynb", "soft.ipynb"],
      "the notebook 'soft.ipynb' and the notebook 'a.ipynb' are the same file"
    ),
    (
      ["x/r.ipynb", "y/r.ipynb", "--output-dir", "out/new"],
      "the result of 'y/r.ipynb' and the result of 'x/r.ipynb' are the same file, 'out/new/r.ipynb'"
    ),
    (
      ["x/r.ipynb", "y/r.ipynb", "-o", "{name}-2.ipynb"],
      "the result of 'y/r.ipynb' and the result of 'x/r.ipynb' are the same file, 'r-2.ipynb'"
    ),
    (
      ["a.ipynb", "x/a.ipynb", "--output-dir", "x"],
      "the result of 'a.ipynb' would overwrite the notebook 'x/a.ipynb', which the command reads"
    ),
    (
      ["a.ipynb", "--events", "a.ipynb"],
      "--events 'a.ipynb' would overwrite the notebook 'a.ipynb', which the command reads"
    ),
    (
      ["a.ipynb", "--report", "hard.ipynb"],
      "--report 'hard.ipynb' would overwrite the notebook 'a.ipynb', which the command reads"
    ),
    (["a.ipynb", "--events", "b.ipynb"], "--events: 'b.ipynb' is a notebook; choose another file"),
    (["a.ipynb", "--report", "b.ipynb"], "--report: 'b.ipynb' is a notebook; choose another file"),
    (["a.ipynb", "--report", "p"], "--report: 'p' is a pipeline; choose another file"),
    (["a.ipynb", "-o", "p"], "--output: 'p' is a pipeline; choose another file"),
    (
      ["a.ipynb", "--events", "text"],
      "--events: 'text' already exists and is not an event log; choose another file"
    ),
    (
      ["a.ipynb", "-f", "p.yaml", "--report", "p.yaml"],
      "--report 'p.yaml' would overwrite the parameters 'p.yaml', which the command reads"
    ),
    (
      ["a.ipynb", "--stdin", "text", "-o", "text"],
      "the result of 'a.ipynb' would overwrite the answers 'text', which the command reads"
    ),
    (
      ["a.ipynb", "--report", "new", "--events", "./new"],
      "--report 'new' and --events './new' are the same file"
    ),
    (
      ["a.ipynb", "-o", "new", "--report", "new"],
      "--report 'new' and the result of 'a.ipynb' are the same file"
    ),
    (
      ["a.ipynb", "-o", "x"],
      "--output: 'x' is a directory; --output-dir 'x' writes 'a.ipynb' into it"
    ),
    (
      ["a.ipynb", "-o", "none/r.ipynb"],
      "--output: there is no directory 'none'; --output-dir makes one"
    ),
    (["a.ipynb", "--report", "none/r.xml"], "--report: there is no directory 'none'"),
    (
      ["a.ipynb", "-o", "-", "--events", "-"],
      "--events - and a notebook cannot both go to standard output"
    ),
    (
      ["a.ipynb", "--max-output", "9", "--report", "a.cell-1.outputs.jsonl"],
      "the --max-output files of 'a.ipynb' and --report 'a.cell-1.outputs.jsonl' are the same file, "
        + "'./a.cell-….outputs.jsonl'"
    ),
    (
      ["a.ipynb", "--max-output", "9", "-o", "x/n.ipynb", "--stdin", "x/n.cell-20.outputs.jsonl"],
      "the --max-output files of 'x/n.ipynb' and the answers 'x/n.cell-20.outputs.jsonl' are the "
        + "same file, 'x/n.cell-….outputs.jsonl'"
    ),
    (["a.ipynb", "-o", "/dev/fd/77"], "--output: '/dev/fd/77' is not open for writing"),
  ]

  @Test(
    "that would overwrite other files are refused with exit code 2 before anything is opened",
    arguments: clashes)
  func refused(arguments: [String], message: String) async throws {
    try await Lyre.with { lyre in
      for folder in ["x", "y"] { try lyre.directory.makeDirectory(folder) }
      for name in ["a.ipynb", "b.ipynb", "x/r.ipynb", "y/r.ipynb", "x/a.ipynb"] {
        try lyre.notebook(["print 1"], to: name)
      }
      #expect(link(lyre.directory.path("a.ipynb"), lyre.directory.path("hard.ipynb")) == 0)
      #expect(symlink("a.ipynb", lyre.directory.path("soft.ipynb")) == 0)
      try lyre.directory.write(#"{"doc_type": "pipeline", "pipelines": []}"#, to: "p")
      try lyre.directory.write("x: 1\n", to: "p.yaml")
      try lyre.directory.write("text\n", to: "text")
      try lyre.directory.write("text\n", to: "x/n.cell-20.outputs.jsonl")
      let before = try lyre.directory.listing()
      let outcome = try await lyre.run(["run", "-q"] + arguments)
      #expect(outcome.code == 2)
      #expect(outcome.errors.hasPrefix("Error: \(message)\n"), "\(outcome.errors)")
      #expect(lyre.kernel.starts.isEmpty)
      #expect(try lyre.directory.listing() == before)
    }
  }

  @Test(
    "a new result, and files of --max-output, are as private as the notebook",
    arguments: [0o600, 0o640, 0o444])
  func permissions(mode: UInt32) async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print much-output"])
      #expect(chmod(lyre.directory.path("nb.ipynb"), mode) == 0)
      let outcome = try await lyre.shell(
        """
        umask 022
        $LYRE run -q nb.ipynb -o a.ipynb --max-output 3 && $LYRE run -q nb.ipynb --output-dir out &&
        $LYRE run -q nb.ipynb -o a.ipynb --no-record-timing
        """)
      #expect(outcome.code == 0)
      let expected = mode & 0o644 | 0o600
      for name in ["a.ipynb", "out/nb.ipynb", "a.cell-1.outputs.jsonl"] {
        var status = stat()
        #expect(stat(lyre.directory.path(name), &status) == 0)
        #expect(status.st_mode & 0o777 == expected, "\(name)")
      }
    }
  }

  @Test("files of --max-output follow no link and wait for no pipe")
  func spoolLink() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print much-output", "print much-output"])
      try lyre.directory.write("precious", to: "other")
      #expect(symlink("other", lyre.directory.path("nb.cell-1.outputs.jsonl")) == 0)
      #expect(mkfifo(lyre.directory.path("nb.cell-2.outputs.jsonl"), 0o600) == 0)
      let outcome = try await lyre.run(["run", "-q", "nb.ipynb", "--max-output", "3"])
      #expect(
        outcome.errors.contains(
          "'nb.cell-1.outputs.jsonl' cannot be written: it is a symbolic link"))
      #expect(outcome.errors.contains("'nb.cell-2.outputs.jsonl' cannot be written"))
      #expect(try lyre.text(of: "other") == "precious")
    }
  }

  @Test(
    "a result that goes into its own notebook, by any name, is in place",
    arguments: [
      "nb.ipynb", "./nb.ipynb", "soft.ipynb", "hard.ipynb",
    ])
  func ownNotebook(name: String) async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print started\nsleep 300"])
      #expect(symlink("nb.ipynb", lyre.directory.path("soft.ipynb")) == 0)
      #expect(link(lyre.directory.path("nb.ipynb"), lyre.directory.path("hard.ipynb")) == 0)
      let command = try lyre.start(["run", "-q", "nb.ipynb", "-o", name])
      #expect(await command.hasPrinted("started"))
      // An editor's changes in the meantime are kept.
      var theirs = try JSONValue(parsing: lyre.directory.read("nb.ipynb")).object ?? [:]
      theirs["metadata"] = ["kernelspec": ["display_name": "S", "name": "scripted"], "theirs": 1]
      try lyre.directory.write(JSONValue.object(theirs).serialized(.jupyter), to: "nb.ipynb")
      #expect(Lyre.Outcome(await command.result()).code == 0)
      #expect(try lyre.text(0) == "started\n")
      let result = try JSONValue(parsing: lyre.directory.read("nb.ipynb"))
      #expect(result["metadata"]?["theirs"] == 1)
    }
  }

  @Test("/dev/null accepts a result, and no file is left beside it")
  func null() async throws {
    try await Lyre.with { lyre in
      let before = try lyre.notebook(["print 1"])
      let outcome = try await lyre.run([
        "run", "-q", "nb.ipynb", "-o", "/dev/null", "--max-output", "0", "--report", "/dev/null",
        "--events", "/dev/null",
      ])
      #expect(outcome.code == 0)
      #expect(try lyre.directory.read("nb.ipynb") == before)
      #expect(access("/dev/null.lyre.ipynb", F_OK) != 0)
      #expect(access("/dev/null.cell-1.outputs.jsonl", F_OK) != 0)
    }
  }

  @Test("a pipe accepts a result, events and reports", arguments: ["-o", "--events", "--report"])
  func pipe(option: String) async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print 1"])
      let path = lyre.directory.path("fifo")
      #expect(mkfifo(path, 0o600) == 0)
      let reading = Task.detached { try readFile(path) }
      let outcome = try await lyre.run([
        "run", "-q", "nb.ipynb", "--no-record-timing", option, path,
      ])
      #expect(outcome == .init(0, output: "1\n"))
      let text = String(decoding: try await reading.value, as: UTF8.self)
      let expected = [
        "-o": "\"nbformat\": 4", "--events": "run_finished", "--report": "</testsuites>",
      ]
      #expect(text.contains(try #require(expected[option])))
    }
  }

  @Test("a pipe without a reader is refused, before a kernel starts")
  func noReader() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print 1"])
      #expect(mkfifo(lyre.directory.path("fifo"), 0o600) == 0)
      let outcome = try await lyre.run(["run", "-q", "nb.ipynb", "--events", "fifo"])
      #expect(outcome.code == 2)
      #expect(
        outcome.errors.hasPrefix(
          "Error: 'fifo' is a pipe without a reader; start the reader first\n"))
      #expect(lyre.kernel.starts.isEmpty)
    }
  }

  @Test("/dev/stdout gets the notebook, with the output of cells on standard error")
  func standardOutput() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print 1"])
      let outcome = try await lyre.run(["run", "-q", "nb.ipynb", "-o", "/dev/stdout"])
      #expect(outcome.code == 0)
      #expect(outcome.errors == "1\n")
      #expect(try JSONValue(parsing: Array(outcome.output.utf8))["nbformat"] == 4)
    }
  }

  @Test("an event log is replaced by the next one; its lines are complete even on a full disk")
  func eventLog() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print 1"])
      for _ in 0..<2 {
        #expect(try await lyre.run(["run", "-q", "nb.ipynb", "--events", "log"]).code == 0)
      }
      let log = String(decoding: try lyre.directory.read("log"), as: UTF8.self)
      #expect(log.split(separator: "\n").filter { $0.contains("run_finished") }.count == 1)
      let limited = try await lyre.shell(
        "ulimit -f 1; exec \"$LYRE\" run -q nb.ipynb --no-save --events log2")
      #expect(limited.code == 6)
      #expect(
        limited.errors.hasSuffix("error: some events could not be written to 'log2'\n"))
      let rest = try lyre.directory.read("log2")
      #expect(rest.last == 0x0A)
      for line in rest.split(separator: 0x0A) { _ = try JSONValue(parsing: Array(line)) }
    }
  }

  @Test(
    "the reports of a pipeline replace neither it nor its nodes' files",
    arguments: [
      ["--html", "p.pipeline"], ["--report", "p.pipeline"], ["--events", "p.pipeline"],
      ["--html", "a.py"], ["--report", "data.csv"], ["--events", "other.ipynb"],
      ["--html", "made.csv"], ["--html", "x", "--report", "./x"],
    ])
  func pipeline(options: [String]) async throws {
    try await Lyre.with { lyre in
      try lyre.pipeline([
        PipelineFileNode(file: "a.py", dependencies: ["data.csv"], outputs: ["made.csv"])
      ])
      try lyre.directory.write("print(1)\n", to: "a.py")
      try lyre.directory.write("1,2\n", to: "data.csv")
      try lyre.notebook(["print 1"], to: "other.ipynb")
      let before = try lyre.directory.listing()
      let outcome = try await lyre.run(["pipeline", "run", "p.pipeline", "-q"] + options)
      #expect(outcome.code == 2)
      #expect(try lyre.directory.listing() == before)
    }
  }
}

extension TemporaryDirectory {
  /// Every file in the directory and below, with its content.
  func listing(_ folder: String = ".") throws -> [String: [UInt8]] {
    var result: [String: [UInt8]] = [:]
    guard let entries = opendir(path(folder)) else { return [:] }
    defer { closedir(entries) }
    while let entry = readdir(entries) {
      let kind = entry.pointee.d_type
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name == "." || name == ".." { continue }
      if kind == UInt8(DT_DIR) {
        result["\(folder)/\(name)/"] = []
        result.merge(try listing("\(folder)/\(name)")) { $1 }
      } else if kind == UInt8(DT_FIFO) {
        result["\(folder)/\(name)"] = nil
      } else {
        // A link's target may not exist.
        result["\(folder)/\(name)"] = (try? read("\(folder)/\(name)")) ?? []
      }
    }
    return result
  }
}
