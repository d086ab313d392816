import NotebookDocument
import NotebookExecution

extension RunPlan {
  /// Cells that the command asks for and a notebook does not have: most likely slips of the pen, with
  /// which less runs than is meant.
  func missing(in document: NotebookDocument) -> [String] {
    let tags = Set(document.cells.flatMap(\.tags))
    return (selection?.missing(in: document) ?? [])
      + runConfiguration.onlyTags.subtracting(tags).sorted().map {
        "--only-tag: no cell has the tag '\($0)'"
      }
  }
}
