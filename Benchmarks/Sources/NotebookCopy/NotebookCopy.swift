import NotebookDocument

/// Reads a notebook, changes the execution count of every code cell as a run does, and writes it.
///
/// For `Benchmarks/document.py`: the cost of a run in place without its kernel.
@main
enum NotebookCopy {
  static func main() throws {
    guard CommandLine.arguments.count == 3 else { return }
    var document = try NotebookDocument(try NotebookFile(CommandLine.arguments[1]).read())
    for cell in document.cells where cell.kind == .code {
      document.setExecutionCount((cell.executionCount ?? 0) + 1, at: cell.index)
    }
    try NotebookFile(CommandLine.arguments[2]).write(pieces: document.pieces())
  }
}
