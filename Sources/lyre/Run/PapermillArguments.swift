import Glibc
import JSONCore
import NotebookDocument

extension RunPlan {
  /// Explains Lyre's usage if the arguments look like papermill's input and output path: the second
  /// file does not exist yet, or is papermill's output for the first.
  static func refusePapermillOutput(_ inputs: [String]) throws(UsageError) {
    guard inputs.count == 2, inputs[1].hasSuffix(".ipynb"), access(inputs[0], F_OK) == 0 else {
      return
    }
    let remedy = "To write the result there: lyre run \(inputs[0]) -o \(inputs[1])"
    if access(inputs[1], F_OK) != 0 {
      throw UsageError(message: "there is no notebook '\(inputs[1])'. \(remedy)")
    }
    guard let second = try? NotebookDocument(try NotebookFile(inputs[1]).read()),
      let input = second.metadata("papermill", "input_path")?.string,
      let output = second.metadata("papermill", "output_path")?.string,
      fileName(input) == fileName(inputs[0]), fileName(output) == fileName(inputs[1]),
      input != output
    else { return }
    throw UsageError(
      message: "'\(inputs[1])' is a result of '\(inputs[0])'. \(remedy). To run both in place, "
        + "run each by itself.")
  }

  private static func fileName(_ path: String) -> Substring? { path.split(separator: "/").last }
}
