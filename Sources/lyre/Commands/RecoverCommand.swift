import ArgumentParser
import NotebookDocument

/// The command `lyre recover`.
struct RecoverCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recover",
    abstract: "Merge the outputs of an interrupted run into its notebook.",
    discussion: """
      While a large notebook runs, its outputs go to a journal beside it, because rewriting the \
      whole file each time would cost too much. If lyre is killed, the journal remains; this \
      command, or the next `lyre run`, merges it into the notebook and removes it. Outputs of \
      cells that were edited since are written to a separate file beside the notebook.
      Lyre only uses journals that your own runs on this machine left; it reports others and \
      leaves them alone.

      EXAMPLES
        lyre recover analysis.ipynb
      """)

  @Argument(help: "The notebooks.", completion: Completions.notebooks) var notebooks: [String]

  @Flag(
    help: "Also use a journal or copy that is yours but that no recorded run left.")
  var trust = false

  func run() throws {
    try ExitCode.worst(NotebookInput.expand(notebooks).map(recover)).end()
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
      Printer.shared.log("\(notebook): \(InputHint.notebook(notebook, error))")
      return error.code == .unwritable ? .notWritten : .unusableInput
    }
  }
}
