import ArgumentParser
import NotebookDocument

/// The command `lyre check`.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Validate notebooks.",
    discussion: """
      Reports every fault with its place, one a line. The exit code is 2 if there is any.

      EXAMPLES
        lyre check analysis.ipynb
        lyre check notebooks/*.ipynb
      """)

  @Argument(help: "The notebooks; `-` is standard input.", completion: Completions.notebooks)
  var notebooks: [String]

  /// More faults than this in a file will not be fixed by hand.
  private static let limit = 1000

  func run() throws {
    var isFaulty = false
    for notebook in NotebookInput.expand(notebooks) {
      do throws(NotebookError) {
        let faults = try NotebookDocument.faults(in: try NotebookInput.bytes(notebook))
        isFaulty = isFaulty || !faults.isEmpty
        for fault in faults.prefix(CheckCommand.limit) {
          Printer.shared.log("\(NotebookInput.name(notebook)): \(fault)")
        }
        if faults.count > CheckCommand.limit {
          Printer.shared.log(
            "\(NotebookInput.name(notebook)): \(faults.count - CheckCommand.limit) more faults")
        }
      } catch {
        isFaulty = true
        let reason = InputHint.notebook(notebook, error)
        Printer.shared.log("\(NotebookInput.name(notebook)): \(reason)")
      }
    }
    if isFaulty { throw ExitRequest(code: .unusableInput) }
  }
}
