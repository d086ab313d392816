import ArgumentParser
import NotebookDocument

/// The command `lyre check`.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Say whether files are notebooks, and where they are not.",
    discussion: """
      Writes a line for each fault, with its place, and ends with code 2 when there is one.

      EXAMPLES
        lyre check analysis.ipynb
        lyre check notebooks/*.ipynb
      """)

  @Argument(help: "The notebooks; `-` is standard input.") var notebooks: [String]

  func run() throws {
    var isFaulty = false
    for notebook in notebooks {
      do throws(NotebookError) {
        for fault in try NotebookInput.document(notebook).faults {
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
