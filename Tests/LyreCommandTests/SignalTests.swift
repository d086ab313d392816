import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("Signals and standard streams")
struct SignalTests {
  /// Starts a shell's line with `$0` as the command.
  private func shell(_ line: String, _ lyre: Lyre, limit: Duration = .seconds(60)) throws
    -> RunningCommand
  {
    try RunningCommand(
      "/bin/sh", ["-c", line, try BuiltProduct.path("lyre")],
      environment: [
        "PATH": "/usr/bin:/bin:/sbin", "HOME": lyre.directory.path,
        "JUPYTER_PATH": lyre.kernel.jupyterPath, "TMPDIR": lyre.directory.path,
      ], directory: lyre.directory.path, limit: limit)
  }

  @Test(
    "signals of users, terminals and batch systems stop a run after saving",
    arguments: [
      (SIGHUP, 129, "SIGHUP"), (SIGINT, 130, "SIGINT"), (SIGQUIT, 131, "SIGQUIT"),
      (SIGUSR1, 138, "SIGUSR1"), (SIGUSR2, 140, "SIGUSR2"), (SIGALRM, 142, "SIGALRM"),
      (SIGTERM, 143, "SIGTERM"), (SIGXCPU, 152, "SIGXCPU (processor time limit)"),
    ] as [(Int32, Int32, String)])
  func stopped(_ signal: Int32, _ code: Int32, _ name: String) async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print running\nhang", "print never"])
      let command = try lyre.start(["run", "nb.ipynb"])
      #expect(await command.hasPrinted("running"))
      command.send(signal: signal)
      let outcome = Lyre.Outcome(await command.result())
      #expect(outcome.code == code)
      #expect(outcome.errors.contains("nb.ipynb: stopped by \(name). 1 cell was not run."))
      // And no crash dump.
      let lines = outcome.errors.split(separator: "\n")
      #expect(lines.allSatisfy { $0.hasPrefix("nb.ipynb: ") }, "\(outcome)")
      #expect(try lyre.text(0) == "running\n")
    }
  }

  @Test(
    "an interrupted cell ends with an error in the notebook, the kernel's or else Lyre's",
    arguments: [
      ("error", "KeyboardInterrupt", ""), ("ok", "CellInterruptedError", stop),
      ("abort", "CellInterruptedError", stop), ("ignore", "CellInterruptedError", killed),
    ])
  func interruptedCell(_ interrupt: String, _ name: String, _ value: String) async throws {
    try await Lyre.with(kernel: ["--interrupt", interrupt]) { lyre in
      try lyre.notebook(["print running\nhang"])
      let command = try shell("exec \"$0\" run nb.ipynb 2>&1", lyre)
      #expect(await command.hasPrinted("running"))
      command.send(signal: SIGINT)
      if interrupt == "ignore" {
        #expect(await command.hasPrinted("sending the kernel an interrupt"))
        command.send(signal: SIGINT)
      }
      let outcome = Lyre.Outcome(await command.result())
      #expect(outcome.code == 130, "\(outcome)")
      let notebook = try JSONValue(parsing: lyre.directory.read("nb.ipynb"))
      let outputs = notebook["cells"]?.array?.first?["outputs"]?.array ?? []
      #expect(outputs.first?["output_type"] == "stream")
      #expect(outputs.last?["ename"]?.string == name, "\(outputs)")
      #expect(outputs.last?["evalue"]?.string == value, "\(outputs)")
    }
  }
  private static let stop = "the run was stopped by SIGINT"
  private static let killed = "\(stop), and its kernel has ended"

  @Test(
    "a signal that was ignored at the start stays ignored",
    arguments: [("HUP", SIGHUP), ("INT", SIGINT), ("QUIT", SIGQUIT), ("TERM", SIGTERM)]
      as [(String, Int32)])
  func ignored(_ name: String, _ signal: Int32) async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print running\ninput go?", "print end"])
      let terminal = try PseudoTerminal()
      let command = try shell(
        "trap '' \(name); exec \"$0\" run -q --stdin inherit nb.ipynb < \(terminal.path) 2>&1", lyre
      )
      #expect(await command.hasPrinted("go?"))
      command.send(signal: signal)
      terminal.type("on\n")
      #expect(Lyre.Outcome(await command.result()).code == 0)
      #expect(try lyre.text(1) == "end\n")
    }
  }

  @Test("nohup also applies to processes of pipelines' scripts")
  func nohupInherited() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "kill -HUP $$; echo survived")
      try lyre.pipeline([.init(file: "a.sh")])
      let ignoring = try shell("trap '' HUP; exec \"$0\" pipeline run p.pipeline", lyre)
      let outcome = Lyre.Outcome(await ignoring.result())
      #expect(outcome.code == 0 && outcome.output.contains("survived"), "\(outcome)")
      let plain = try await lyre.run(["pipeline", "run", "p.pipeline"])
      #expect(plain.code == 1, "\(plain)")
    }
  }

  @Test(
    "after a signal, Lyre does not wait for a reader that has stopped reading", arguments: [1, 2])
  func stalledReader(_ descriptor: Int) async throws {
    try await Lyre.with { lyre in
      try lyre.notebook([
        "flood 300 10000", "stream stderr \(String(repeating: "e", count: 300_000))",
      ])
      // A FIFO with an open reading end that is never read.
      let command = try shell(
        "mkfifo f; exec 7<>f; exec \"$0\" run --events e --report r.xml nb.ipynb \(descriptor)>f",
        lyre)
      // The report is written last: by then the results are saved, and only the reader is missing.
      try #require(await eventually { lyre.directory.entries.contains("r.xml") })
      command.send(signal: SIGTERM)
      let outcome = Lyre.Outcome(await command.result())
      #expect(outcome.code == 143, "\(outcome.code)")
      if descriptor == 1 {
        #expect(outcome.errors.contains("nb.ipynb: 2 cells in T"), "\(outcome.errors.suffix(300))")
      }
      #expect(try lyre.text(1, "stderr").count == 300_000)
    }
  }

  @Test("a pipeline stops even if the output of its scripts is not read")
  func stalledPipeline() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "touch begun; yes | head -c 20000000; touch printed; sleep 600")
      try lyre.pipeline([.init(file: "a.sh")])
      let command = try shell(
        "mkfifo f; exec 7<>f; exec \"$0\" pipeline run p.pipeline >f", lyre)
      try #require(await eventually { lyre.directory.entries.contains("begun") })
      command.send(signal: SIGTERM)
      #expect(Lyre.Outcome(await command.result()).code == 143)
    }
  }

  @Test("closed standard descriptors are not reused for sockets")
  func closedDescriptors() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print text"])
      for closed in ["<&-", ">&-", "<&- >&-", "2>&-", "<&- >&- 2>&-"] {
        let command = try shell("exec \"$0\" run -q nb.ipynb \(closed)", lyre)
        let outcome = Lyre.Outcome(await command.result())
        #expect(outcome.code == 0, "\(closed): \(outcome)")
        #expect(try lyre.text(0) == "text\n")
      }
      // A result for standard output is not lost silently.
      let command = try shell("exec \"$0\" run -q nb.ipynb -o - >&-", lyre)
      let outcome = Lyre.Outcome(await command.result())
      #expect(
        outcome
          == .init(6, errors: "text\nerror: standard output cannot be written: it is closed\n"),
        "\(outcome)")
    }
  }

  @Test("a full disk at standard output is reported once, and the notebook is saved")
  func fullOutput() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print a", "print b"])
      let command = try shell("exec \"$0\" run -q nb.ipynb > /dev/full", lyre)
      #expect(
        Lyre.Outcome(await command.result())
          == .init(6, errors: "error: standard output cannot be written: No space left on device\n")
      )
      #expect(try lyre.text(1) == "b\n")
    }
  }

  @Test("without /proc nothing runs, and the exit code is 2")
  func withoutProc() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print a"])
      let command = try shell(
        "unshare -m true 2>/dev/null || exit 77; "
          + "exec unshare -m /bin/sh -c \"mount -t tmpfs none /proc && exec '$0' run nb.ipynb\"",
        lyre)
      let outcome = Lyre.Outcome(await command.result())
      // If the machine does not allow mounts, this cannot be tested.
      if outcome.code == 77 { return }
      #expect(
        outcome
          == .init(
            2,
            errors:
              "error: /proc is not mounted, and lyre cannot run without it. Nothing was done.\n"),
        "\(outcome)")
    }
  }

  @Test("an argument that is not UTF-8 is rejected with its bytes, and no other file is used")
  func otherBytes() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print a"], to: "caf\u{FFFD}.ipynb")
      let command = try shell("exec \"$0\" run \"$(printf 'caf\\351.ipynb')\"", lyre)
      let outcome = Lyre.Outcome(await command.result())
      #expect(outcome.code == 2, "\(outcome)")
      #expect(
        outcome.errors.hasPrefix(#"Error: argument 2 is not UTF-8: $'caf\xE9.ipynb'. Rename"#),
        "\(outcome)")
      #expect(try lyre.cells("caf\u{FFFD}.ipynb")[0]["execution_count"] == .null)
    }
  }

  @Test("Ctrl-Z restores the echo during a password prompt, and turns it off again afterwards")
  func suspended() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["password secret?"])
      let terminal = try PseudoTerminal()
      // Its parent is in another group of the same session: a stopped program can be continued.
      let command = try shell(
        "set -m; \"$0\" run -q --stdin inherit nb.ipynb < \(terminal.path) & "
          + "echo pid $! .; wait $!; wait $!; echo code $?", lyre)
      #expect(await command.hasPrinted("pid", "."))
      #expect(await command.hasWritten("secret?"))
      #expect(!terminal.echoes)
      let text = command.outputSoFar
      let pid = try #require(text.firstMatch(of: /pid (\d+)/).flatMap { Int32($0.1) })
      kill(pid, SIGTSTP)
      try #require(await eventually { terminal.echoes })
      kill(pid, SIGCONT)
      try #require(await eventually { !terminal.echoes })
      terminal.type("hush\n")
      #expect(await command.hasPrinted("code 0"))
      #expect(try lyre.text(0) == "hush\n")
      _ = await command.result()
    }
  }
}
