import ArgumentParser
import NotebookDocument

/// The command `lyre recover`.
struct RecoverCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recover",
    abstract: "Put what an interrupted run had saved into its notebook.",
    discussion: """
      While a large notebook runs, its outputs go into a journal beside it, as writing the whole \
      file each time would cost too much. Should lyre be killed, the journal stays; this command, \
      or the next `lyre run`, puts its outputs into the notebook and removes it. Cells that were \
      edited since keep what they have: their outputs are written to a file beside it.
      Only what a run of yours on this machine has left is taken up; other files of that name are \
      named and left alone.

      EXAMPLES
        lyre recover analysis.ipynb
      """)

  @Argument(help: "The notebooks.") var notebooks: [String]

  @Flag(
    help: "Take up a journal or copy of yours also where nothing says that a run of yours left it.")
  var trust = false

  func run() throws {
    var worst = ExitCode.success
    for notebook in NotebookInput.expand(notebooks) {
      let code = recover(notebook)
      if code.rawValue > worst.rawValue { worst = code }
    }
    if worst != .success { throw ExitRequest(code: worst) }
  }

  private func recover(_ notebook: String) -> ExitCode {
    do throws(NotebookError) {
      let recovery = try NotebookSaver.recover(notebook, isTrusted: trust)
      if let recovery { Printer.shared.log("\(notebook): \(recovery)") }
      let foreign = NotebookSaver.foreignRemains(notebook)
      for message in foreign where recovery?.damaged == nil {
        Printer.shared.log("\(notebook): \(message)")
      }
      if recovery == nil {
        if !foreign.isEmpty { return .unusableInput }
        _ = try NotebookInput.document(notebook)
        Printer.shared.log("\(notebook): nothing to recover")
      }
      return .success
    } catch {
      Printer.shared.log("\(notebook): \(error)")
      return error.code == .unwritable ? .notWritten : .unusableInput
    }
  }
}
