import ArgumentParser
import NotebookDocument

/// The command `lyre format`.
struct FormatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "format",
    abstract: "Write notebooks in Jupyter's canonical form.",
    discussion: """
      The result is byte for byte what Jupyter writes: one space a level, sorted names, texts as \
      lists of lines. Files already in this form are not touched. With --check nothing is \
      written, and the exit code is 1 if a file would change.

      EXAMPLES
        lyre format analysis.ipynb
        lyre format --check notebooks/*.ipynb
        lyre format --upgrade old.ipynb
      """)

  @Argument(
    help: "The notebooks; `-` is standard input, written to standard output.",
    completion: Completions.notebooks)
  var notebooks: [String]

  @Flag(help: "Write nothing; list files that are not in this form.") var check = false

  @Flag(
    help: "Upgrade older notebooks to nbformat 4.5; cell ids come from the content.")
  var upgrade = false

  func run() throws {
    try ExitCode.worst(NotebookInput.expand(notebooks).map(format)).end()
  }

  private func format(_ notebook: String) -> ExitCode {
    let name = NotebookInput.name(notebook)
    let bytes: [UInt8]
    let document: NotebookDocument
    do throws(NotebookError) {
      bytes = try NotebookInput.bytes(notebook)
      document = try NotebookDocument(bytes)
    } catch {
      Printer.shared.log("\(name): \(InputHint.notebook(notebook, error))")
      return .unusableInput
    }
    if let version = document.upgradedFrom, !upgrade {
      Printer.shared.log(
        "\(name): nbformat \(version.major) is older than 4; --upgrade converts it to nbformat 4.5")
      return .unusableInput
    }
    let formatted = document.formattedPieces(upgrading: upgrade)
    let isFormatted = NotebookInput.isSame(formatted, bytes)
    if check {
      if isFormatted { return .success }
      Printer.shared.log("\(name): not in Jupyter's form")
      return .cellFailed
    }
    if notebook == "-" {
      for piece in formatted { Printer.shared.result(Array(piece)) }
    } else if !isFormatted {
      do throws(NotebookError) {
        try NotebookFile(notebook).write(pieces: formatted)
      } catch {
        Printer.shared.log("\(error)")
        return .notWritten
      }
    }
    return .success
  }
}
