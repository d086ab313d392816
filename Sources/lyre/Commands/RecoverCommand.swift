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

      EXAMPLES
        lyre recover analysis.ipynb
      """)

  @Argument(help: "The notebooks.") var notebooks: [String]

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
      if let recovery = try NotebookSaver.recover(notebook) {
        Printer.shared.log("\(notebook): \(recovery)")
      } else {
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
