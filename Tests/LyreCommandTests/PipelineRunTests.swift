import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("lyre pipeline run")
struct PipelineRunTests {
  @Test("runs nodes in the directory of their file, with their variables and those of Elyra")
  func environment() async throws {
    try await Lyre.with { lyre in
      try lyre.script(
        "sub/a.sh", "pwd; echo $GREETING $ELYRA_RUNTIME_ENV; echo $ELYRA_RUN_NAME >&2")
      try lyre.pipeline([.init(file: "sub/a.sh", environment: ["GREETING": "hello"])])
      let outcome = try await lyre.run(["pipeline", "run", "p.pipeline"])
      #expect(outcome.code == 0, "\(outcome)")
      #expect(
        outcome.output == "sub/a.sh | \(lyre.directory.path)/sub\nsub/a.sh | hello local\n")
      #expect(outcome.errors.contains(/sub\/a.sh \| p-\d{10}\n/))
    }
  }

  @Test("respects the links, and after a failure starts nothing more and ends with exit code 1")
  func order() async throws {
    try await Lyre.with { lyre in
      for name in ["a", "b", "c"] { try lyre.script("\(name).sh", "echo \(name) >> order") }
      try lyre.script("bad.sh", "echo oops >&2; exit 7")
      try lyre.pipeline([
        .init(file: "c.sh", parents: ["bad.sh"]), .init(file: "bad.sh", parents: ["b.sh"]),
        .init(file: "b.sh", parents: ["a.sh"]), .init(file: "a.sh"),
      ])
      let outcome = try await lyre.run(["pipeline", "run", "p.pipeline", "-j", "1"])
      #expect(outcome.code == 1)
      #expect(try lyre.text(of: "order") == "a\nb\n")
      #expect(outcome.errors.contains("bad.sh: the script exited with code 7"))
      #expect(outcome.errors.contains("bad.sh | oops"))
      #expect(outcome.errors.contains(/not run +c.sh/))
    }
  }

  @Test("--keep-going runs nodes that do not depend on a failed one")
  func keepGoing() async throws {
    try await Lyre.with { lyre in
      try lyre.script("bad.sh", "exit 1")
      try lyre.script("ok.sh", "true")
      try lyre.script("after.sh", "true")
      try lyre.script("far.sh", "true")
      try lyre.pipeline([
        .init(file: "bad.sh"), .init(file: "after.sh", parents: ["bad.sh"]),
        .init(file: "ok.sh"), .init(file: "far.sh", parents: ["after.sh", "ok.sh"]),
      ])
      let result = try await lyre.statuses(["--keep-going"])
      #expect(result.code == 1)
      #expect(
        result.statuses == [
          "bad.sh": "failed", "after.sh": "blocked", "ok.sh": "succeeded", "far.sh": "blocked",
        ])
    }
  }

  @Test(
    "runs a part of the pipeline",
    arguments: [
      (["--only", "b"], ["b.sh"]), (["--from", "b.sh"], ["b.sh", "c.sh"]),
      (["--until", "b.sh"], ["a.sh", "b.sh"]), (["--from", "b", "--until", "b"], ["b.sh"]),
    ])
  func selection(options: [String], expected: [String]) async throws {
    try await Lyre.with { lyre in
      for name in ["a", "b", "c"] { try lyre.script("\(name).sh", "true") }
      try lyre.pipeline([
        .init(file: "a.sh"), .init(file: "b.sh", parents: ["a.sh"]),
        .init(file: "c.sh", parents: ["b.sh"]),
      ])
      let result = try await lyre.statuses(options)
      #expect(result.code == 0)
      #expect(result.statuses.filter { $0.value == "succeeded" }.keys.sorted() == expected)
    }
  }

  @Test("checks declared inputs before a node and declared outputs after it")
  func files() async throws {
    try await Lyre.with { lyre in
      try lyre.script("maker.sh", "true")
      try lyre.script("user.sh", "true")
      try lyre.pipeline([
        .init(file: "maker.sh", outputs: ["made.csv"]),
        .init(file: "user.sh", parents: ["maker.sh"], dependencies: ["made.csv"]),
      ])
      let outcome = try await lyre.run(["pipeline", "run", "p.pipeline"])
      #expect(outcome.code == 1)
      #expect(outcome.errors.contains("did not create the declared output: made.csv"))

      let only = try await lyre.run(["pipeline", "run", "p.pipeline", "--only", "user"])
      #expect(only.code == 1)
      #expect(only.errors.contains("missing input: made.csv"))
    }
  }

  @Test("never runs nodes at once that write the same file")
  func commonOutputs() async throws {
    try await Lyre.with { lyre in
      // Each node holds the lock until a node has started that starts after all others that could:
      // `z` beside the first one, and `y`, which waits for `a`, beside the second.
      for (name, witness) in ["a": "z", "b": "y", "c": "y"] {
        try lyre.script(
          "\(name).sh",
          """
          mkdir lock || exit 9
          while [ ! -e \(witness) ]; do sleep 0.01; done
          rmdir lock
          echo x > real/out
          """)
      }
      for name in ["y", "z"] { try lyre.script("\(name).sh", "touch \(name)") }
      // One node names it through a link.
      try lyre.directory.makeDirectory("real")
      symlink("real", lyre.directory.path("link"))
      let outputs = ["a": "real/out", "b": "link/out", "c": "real/out"]
      try lyre.pipeline(
        outputs.sorted { $0.key < $1.key }.map { .init(file: "\($0).sh", outputs: [$1]) }
          + [.init(file: "y.sh", parents: ["a.sh"]), .init(file: "z.sh")])
      let outcome = try await lyre.run(["pipeline", "run", "p.pipeline", "-j", "4"])
      #expect(outcome.code == 0, "\(outcome)")
    }
  }

  @Test("retries a node as often as its properties specify")
  func retries() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "echo x >> tries; test $(wc -l < tries) -ge 3")
      try lyre.pipeline([.init(file: "a.sh", properties: ["retries": 2])])
      let outcome = try await lyre.run(["pipeline", "run", "p.pipeline"])
      #expect(outcome.code == 0, "\(outcome)")
      #expect(outcome.errors.contains("3 attempts"))
      #expect(try lyre.text(of: "tries") == "x\nx\nx\n")
    }
  }

  @Test(
    "a signal ends a node that is retried: in each attempt, and between two",
    arguments: [SIGINT, SIGTERM], ["first", "between", "second"])
  func signalInRetry(signal: Int32, moment: String) async throws {
    try await Lyre.with { lyre in
      try lyre.script(
        "a.sh",
        """
        echo $$ >> pids
        attempt=$(wc -l < pids)
        echo "attempt $attempt begins"
        case \(moment)-$attempt in first-1|second-2) sleep 600 ;; esac
        exit 1
        """)
      try lyre.script("b.sh", "echo never > b")
      let delay = moment == "between" ? 600 : 0.05
      try lyre.pipeline([
        .init(file: "a.sh", properties: ["retries": 5, "retry_delay": .init(delay)]),
        .init(file: "b.sh", parents: ["a.sh"]),
      ])
      let command = try lyre.start(["pipeline", "run", "p.pipeline"])
      switch moment {
      case "second": #expect(await command.hasPrinted("attempt 2 begins"))
      default: #expect(await command.hasPrinted("attempt 1 begins"))
      }
      if moment == "between" {
        let process = try #require(try lyre.text(of: "pids").split(separator: "\n").first)
        #expect(await isGone(String(process)))
        #expect(await eventually { command.errorsSoFar.contains("trying again") })
      }
      command.send(signal: signal)
      let result = await command.result()
      #expect(result.ending == .exited(128 + signal), "\(result.errorText)")
      #expect(result.errorText.contains("interrupted"))
      #expect(access(lyre.directory.path("b"), F_OK) != 0)
      let processes = try lyre.text(of: "pids").split(separator: "\n")
      #expect(processes.count == (moment == "second" ? 2 : 1))
      for process in processes { #expect(await isGone(String(process))) }
    }
  }

  @Test("reports the signal that ended a script, and a timeout")
  func endings() async throws {
    try await Lyre.with { lyre in
      try lyre.script("signal.sh", "kill -SEGV $$")
      try lyre.script("slow.sh", "sleep 600 & sleep 600")
      try lyre.pipeline([
        .init(file: "signal.sh"), .init(file: "slow.sh", properties: ["timeout": 0.3]),
      ])
      let outcome = try await lyre.run(["pipeline", "run", "p.pipeline", "--keep-going"])
      #expect(outcome.code == 3)
      #expect(outcome.errors.contains("signal.sh: the script was killed by SIGSEGV"))
      #expect(outcome.errors.contains("slow.sh: took longer than its limit"))
    }
  }

  @Test("leaves no daemon of a script behind")
  func daemons() async throws {
    try await Lyre.with { lyre in
      try lyre.script(
        "a.sh",
        "setsid sh -c 'echo $$ > daemon; exec sleep 600' </dev/null >/dev/null 2>&1 &\n"
          + "while ! test -s daemon; do sleep 0.02; done")
      try lyre.pipeline([.init(file: "a.sh")])
      let outcome = try await lyre.run(["pipeline", "run", "p.pipeline"])
      #expect(outcome.code == 0)
      #expect(await isGone(try lyre.text(of: "daemon")))
    }
  }

  @Test("keeps all output of a script, with lines of any length and without a last newline")
  func logs() async throws {
    try await Lyre.with { lyre in
      try lyre.script(
        "a.sh", "head -c 3000000 /dev/zero | tr '\\0' x; echo; printf 'first\\rsecond\\nno newline'"
      )
      try lyre.pipeline([.init(file: "a.sh")])
      let outcome = try await lyre.run(["pipeline", "run", "p.pipeline"])
      #expect(outcome.code == 0)
      #expect(outcome.output.hasSuffix("a.sh | second\na.sh | no newline\n"))
      #expect(outcome.output.count { $0 == "x" } == 3_000_000)
      let log = try await lyre.run(["pipeline", "logs", "last", "a.sh"])
      #expect(log.output.utf8.count == 3_000_001 + 13 + 10)
      let nodes = try await lyre.run(["pipeline", "logs", "last"])
      #expect(nodes.output.hasPrefix("1  a.sh  ok"))
    }
  }

  @Test("ends all nodes on Ctrl-C, and reports it")
  func interrupt() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print before", "sleep 60000"])
      try lyre.script("a.sh", "echo $$ > pid; echo ready; sleep 600")
      try lyre.script("b.sh", "echo never > b")
      try lyre.pipeline([
        .init(file: "a.sh"), .init(file: "nb.ipynb"), .init(file: "b.sh", parents: ["a.sh"]),
      ])
      let command = try lyre.start(["pipeline", "run", "p.pipeline", "-j", "2", "-v"])
      #expect(await command.hasPrinted("ready"))
      #expect(await command.hasPrinted("before"))
      command.send(signal: SIGINT)
      let result = await command.result()
      #expect(result.ending == .exited(130), "\(result.errorText)")
      #expect(result.errorText.contains(/not run +b.sh/))
      #expect(try lyre.text(0) == "before\n")
      #expect(await isGone(try lyre.text(of: "pid")))
    }
  }

  @Test("runs notebooks in place, and adds nothing to a failed one")
  func notebooks() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print hello"], to: "good.ipynb")
      try lyre.notebook(["error ValueError no good", "print never"], to: "bad.ipynb")
      try lyre.pipeline([
        .init(file: "good.ipynb"), .init(file: "bad.ipynb", parents: ["good.ipynb"]),
      ])
      let outcome = try await lyre.run(["pipeline", "run", "p.pipeline"])
      #expect(outcome.code == 1)
      #expect(outcome.errors.contains("ValueError: no good"))
      #expect(try lyre.text(0, in: "good.ipynb") == "hello\n")
      let cells = try lyre.cells("bad.ipynb")
      #expect(cells.count == 2)
      #expect(!(try lyre.text(of: "bad.ipynb").contains("papermill")))
    }
  }

  @Test("reports a kernel that died, with its exit code")
  func deadKernel() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["die 9"])
      try lyre.pipeline([.init(file: "nb.ipynb")])
      let outcome = try await lyre.run(["pipeline", "run", "p.pipeline"])
      #expect(outcome.code == 4, "\(outcome)")
      #expect(outcome.errors.contains("the kernel was killed by SIGKILL"))
    }
  }

  @Test("rejects an invalid pipeline with code 2, and runs nothing")
  func invalid() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "echo x > ran")
      try lyre.pipeline([
        .init(file: "a.sh", parents: ["b.sh"]), .init(file: "b.sh", parents: ["a.sh"]),
      ])
      try lyre.script("b.sh", "true")
      let cycle = try await lyre.run(["pipeline", "run", "p.pipeline"])
      #expect(cycle.code == 2)
      #expect(cycle.errors.contains("not valid, and was not run"))
      try lyre.directory.write("{}", to: "q.pipeline")
      #expect(try await lyre.run(["pipeline", "run", "q.pipeline"]).code == 2)
      try lyre.pipeline([.init(file: "b.sh")])
      let unknown = try await lyre.run(["pipeline", "run", "p.pipeline", "--only", "x"])
      #expect(unknown.code == 2)
      #expect(unknown.errors.contains("there is no node 'x'. Nodes: b.sh"))
      #expect(access(lyre.directory.path("ran"), F_OK) != 0)
    }
  }

  @Test("runs a pipeline once at a time")
  func once() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "echo ready; while ! test -e go; do sleep 0.02; done")
      try lyre.pipeline([.init(file: "a.sh")])
      let first = try lyre.start(["pipeline", "run", "p.pipeline"])
      #expect(await first.hasPrinted("ready"))
      let second = try await lyre.run(["pipeline", "run", "p.pipeline", "--state", "elsewhere"])
      #expect(second.code == 2)
      #expect(second.errors.contains("another run of this pipeline is still running"))
      // Even if an editor has replaced the file.
      try lyre.directory.write(try lyre.directory.read("p.pipeline"), to: "new")
      try #require(
        rename(lyre.directory.path("new"), lyre.directory.path("p.pipeline")) == 0)
      let third = try await lyre.run(["pipeline", "run", "p.pipeline"])
      #expect(third.code == 2)
      #expect(third.errors.contains("another run of this pipeline is still running"))
      try lyre.directory.write("", to: "go")
      #expect(await first.result().ending == .exited(0))
    }
  }

  @Test("gives parameters to scripts as variables")
  func parameters() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "echo $year $flag $name")
      try lyre.pipeline([.init(file: "a.sh", environment: ["name": "own"])])
      let outcome = try await lyre.run([
        "pipeline", "run", "p.pipeline", "-p", "year", "2026", "-p", "flag", "True", "-p", "name",
        "given",
      ])
      #expect(outcome.output == "a.sh | 2026 True given\n")
    }
  }

  @Test("leaves a variable that is a secret to the cluster, as Elyra does, unless it is given")
  func secretVariables() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "echo $TOKEN-")
      try lyre.pipeline([.init(file: "a.sh", environment: ["TOKEN": "own"], secrets: ["TOKEN"])])
      let without = try await lyre.run(["pipeline", "run", "p.pipeline"])
      #expect(without.output == "a.sh | -\n")
      #expect(
        without.errors.contains(
          "'TOKEN' is also a secret: as with Elyra, its value here is not used"))
      let with = try await lyre.run(["pipeline", "run", "p.pipeline", "-p", "TOKEN", "given"])
      #expect(with.output == "a.sh | given-\n")
    }
  }

  @Test("gives parameters to the notebooks that declare them")
  func notebookParameters() async throws {
    try await Lyre.with(members: ["language": "python"]) { lyre in
      try lyre.notebook(["# print = 1", "print after"], tags: [0: "parameters"])
      try lyre.notebook(["print other"], to: "other.ipynb")
      try lyre.pipeline([.init(file: "nb.ipynb"), .init(file: "other.ipynb")])
      for value in ["first", "second"] {
        let outcome = try await lyre.run(["pipeline", "run", "p.pipeline", "-p", "print", value])
        #expect(outcome.code == 0, "\(outcome)")
        // They are in the record of the run only, and never in the file.
        let cells = try lyre.cells()
        #expect(cells.count == 2)
        #expect(cells.allSatisfy { $0["metadata"]?["tags"] != ["injected-parameters"] })
        let executed = try await lyre.run(["pipeline", "outputs", "last", "nb"])
        let notebook = try JSONValue(parsing: Array(executed.output.utf8))
        #expect(notebook["cells"]?[1]?["metadata"]?["tags"] == ["injected-parameters"])
        #expect(executed.output.contains(value))
      }
      #expect(try lyre.cells("other.ipynb").count == 1)
    }
  }

  @Test("shows a board on a terminal, with lines that fit and without scripts' control sequences")
  func board() async throws {
    try await Lyre.with { lyre in
      let wide = String(repeating: "日本語", count: 12) + ".sh"
      let text = String(repeating: "wide 広い ", count: 30)
      let print = #"printf '\033]0;title\007\033[31m%s\033[K\n' "#
      try lyre.script(wide, print + "'\(text)'; until test -e go; do sleep 0.02; done")
      try lyre.script("bad.sh", "exit 3")
      try lyre.pipeline([.init(file: wide), .init(file: "bad.sh", parents: [wide])])
      let terminal = try PseudoTerminal()
      let command = try RunningCommand(
        "/bin/sh",
        [
          "-c", #"exec "$0" pipeline run p.pipeline 2> "$1""#, try BuiltProduct.path("lyre"),
          terminal.path,
        ],
        environment: [
          "PATH": "/usr/bin:/bin", "HOME": lyre.directory.path, "TERM": "xterm", "LANG": "C.UTF-8",
        ], directory: lyre.directory.path)
      async let result = command.result()
      var shown: [UInt8] = []
      _ = try await eventually {
        shown += terminal.shownBytes()
        let text = String(decoding: shown, as: UTF8.self)
        if text.contains("▶") { try lyre.directory.write("", to: "go") }
        return command.hasEnded || text.contains("critical path")
      }
      #expect(await result.ending == .exited(1))
      shown += terminal.shownBytes()
      let all = String(decoding: shown, as: UTF8.self)
      // The lines of the board are the ones that erase the rest of the line.
      let lines = all.components(endingIn: "\u{1B}[K").map {
        $0.replacing(/\u{1B}\[[?0-9;]*[a-zA-Z]/, with: "")
      }
      #expect(lines.contains { $0.contains("▶") && $0.contains("広い") })
      for line in lines {
        let width = line.unicodeScalars.reduce(0) { $0 + ($1.value >= 0x2E80 ? 2 : 1) }
        #expect(width < 80, "\(line)")
        #expect(!line.contains("title") && !line.contains("\u{241B}"), "\(line)")
      }
      #expect(all.contains("1 of 2 nodes ok, 1 failed"))
    }
  }

  @Test("writes reports and events, without values of variables")
  func reports() async throws {
    try await Lyre.with { lyre in
      let secret = "s3cr3t-value"
      try lyre.notebook(["print shown", "error ValueError <bad>"])
      try lyre.script("a.sh", "echo '<b>&'; test -n \"$TOKEN\"")
      try lyre.pipeline([
        .init(file: "a.sh", environment: ["TOKEN": secret]),
        .init(file: "nb.ipynb", parents: ["a.sh"], environment: ["TOKEN": secret]),
      ])
      let outcome = try await lyre.run([
        "pipeline", "run", "p.pipeline", "--json", "--report", "r.xml", "--html", "r.html",
        "--events", "e.jsonl", "-v", "-p", "token2", secret,
      ])
      #expect(outcome.code == 1)
      let json = try JSONValue(parsing: Array(outcome.output.utf8))
      #expect(json["platform"] == "LOCAL")
      #expect(json["status"] == "failed")
      #expect(json["exit_code"] == 1)
      let xml = try lyre.text(of: "r.xml")
      #expect(xml.contains("tests=\"2\" failures=\"1\""))
      let html = try lyre.text(of: "r.html")
      #expect(html.contains("&lt;b&gt;&amp;"))
      #expect(html.contains("shown"))
      // Failed nodes come first, with a link to their sections.
      let failures = html.firstMatch(
        of: /<\/header>\s*<section class="failures">\s*(.*)\s*<\/section>/)
      let beginning = ##"<p class="message"><a href="#node-2">nb.ipynb</a>: cell 2 "##
      #expect(failures?.1.hasPrefix(beginning) == true, "\(html.prefix(9000))")
      #expect(html.contains("<details id=\"node-2\" open>"))
      #expect(html.contains("<details id=\"node-1\"><summary>"))
      #expect(html.contains("ValueError: &lt;bad&gt;"))
      #expect(!html.contains("<bad>"))
      let events = try lyre.text(of: "e.jsonl").split(separator: "\n").map {
        try JSONValue(parsing: Array($0.utf8))
      }
      let names = events.compactMap { $0["event"]?.string }
      #expect(names.first == "pipeline_started")
      #expect(names.last == "pipeline_finished")
      #expect(names.filter { $0 == "node_finished" }.count == 2)
      #expect(names.contains("cell_finished"))
      let state = ".local/state/lyre/"
      for file in ["r.xml", "r.html", "e.jsonl"].map(lyre.directory.path)
        + ["pipelines.sqlite", "pipelines.sqlite-wal"].map({ lyre.directory.path(state + $0) })
      {
        guard let content = try? readFile(file) else { continue }
        #expect(!String(decoding: content, as: UTF8.self).contains(secret), "\(file)")
      }
      #expect(!outcome.errors.contains(secret))
    }
  }
}

extension String {
  /// The texts before each occurrence of a mark, from the start of the line, without styles.
  fileprivate func components(endingIn mark: String) -> [String] {
    var rest = self[...]
    var result: [String] = []
    while let end = rest.firstRange(of: mark) {
      let line = String(rest[..<end.lowerBound].split(whereSeparator: \.isNewline).last ?? "")
      result.append(line.replacing(/\u{1B}\[[0-9;]*[A-Za-z]/, with: "").replacing("\r", with: ""))
      rest = rest[end.upperBound...]
    }
    return result
  }
}
