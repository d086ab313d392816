import Glibc
import KernelTesting
import RealKernels
import Testing

@Suite("Input from a terminal")
struct TerminalInputTests {
  /// Starts `lyre run --stdin inherit` with a terminal as standard input; its messages go to
  /// standard output.
  private func start(_ lyre: Lyre, _ terminal: PseudoTerminal) throws -> RunningCommand {
    try RunningCommand(
      "/bin/sh",
      [
        "-c", "exec \"$0\" run -q --stdin inherit nb.ipynb < \"$1\" 2>&1",
        try BuiltProduct.path("lyre"), terminal.path,
      ],
      environment: [
        "PATH": "/usr/bin:/bin", "HOME": lyre.directory.path,
        "JUPYTER_PATH": lyre.kernel.jupyterPath, "TMPDIR": lyre.directory.path,
      ], directory: lyre.directory.path, limit: .seconds(60))
  }

  @Test("answers are echoed, passwords are not, and the echo is restored afterwards")
  func password() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["input name?", "password secret?", "input again?"])
      let terminal = try PseudoTerminal()
      let command = try start(lyre, terminal)
      #expect(await command.hasPrinted("name?"))
      terminal.type("Ada\n")
      #expect(await command.hasPrinted("Ada\n"))
      #expect(terminal.shown() == "Ada\r\n")
      #expect(await command.hasPrinted("secret?"))
      #expect(!terminal.echoes)
      terminal.type("hush\n")
      #expect(await command.hasPrinted("hush\n"))  // by the cell, which prints it
      #expect(terminal.shown() == "")
      #expect(await command.hasPrinted("again?"))
      #expect(terminal.echoes)
      terminal.type("Bob\n")
      let outcome = Lyre.Outcome(await command.result())
      #expect(outcome.code == 0, "\(outcome)")
      #expect(terminal.echoes)
      #expect(try lyre.text(2) == "Bob\n")
    }
  }

  @Test("a signal ends a run that waits for a password, and restores the echo")
  func interrupted() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print begun\npassword secret?", "print never"])
      let terminal = try PseudoTerminal()
      let command = try start(lyre, terminal)
      #expect(await command.hasPrinted("secret?"))
      command.send(signal: SIGINT)
      let outcome = Lyre.Outcome(await command.result())
      #expect(outcome.code == 130, "\(outcome)")
      #expect(terminal.echoes)
      #expect(try lyre.text(0) == "begun\n")
    }
  }

  @Test("a limit ends a cell that waits for an answer, and the next cell gets the line")
  func limit() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["input first?", "input second?"], timeouts: [0: 0.3])
      let terminal = try PseudoTerminal()
      let command = try RunningCommand(
        "/bin/sh",
        [
          "-c",
          "exec \"$0\" run -q --stdin inherit --on-timeout continue nb.ipynb < \"$1\" 2>&1",
          try BuiltProduct.path("lyre"), terminal.path,
        ],
        environment: [
          "PATH": "/usr/bin:/bin", "HOME": lyre.directory.path,
          "JUPYTER_PATH": lyre.kernel.jupyterPath, "TMPDIR": lyre.directory.path,
        ], directory: lyre.directory.path, limit: .seconds(60))
      #expect(await command.hasPrinted("second?"))
      terminal.type("late\n")
      let outcome = Lyre.Outcome(await command.result())
      #expect(outcome.code == 3, "\(outcome)")
      #expect(try lyre.text(1) == "late\n")
    }
  }
}
