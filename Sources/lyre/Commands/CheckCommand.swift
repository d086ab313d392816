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

  @Argument(help: "The notebooks; `-` is standard input.") var notebooks: [String]

  func run() throws {
    var isFaulty = false
    for notebook in NotebookInput.expand(notebooks) {
      do throws(NotebookError) {
        for fault in try NotebookDocument.faults(in: try NotebookInput.bytes(notebook)) {
          isFaulty = true
          Printer.shared.log("\(NotebookInput.name(notebook)): \(fault)")
        }
      } catch {
        isFaulty = true
        Printer.shared.log("\(NotebookInput.name(notebook)): \(error)")
      }
    }
    if isFaulty { throw ExitRequest(code: .unusableInput) }
  }
}
