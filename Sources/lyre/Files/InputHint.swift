import Glibc
import NotebookDocument
import Pipelines

/// Explains errors of files named on the command line by their names: the content alone does not
/// say what the user meant.
enum InputHint {
  /// The error of a file that should be a notebook.
  static func notebook(_ path: String, _ error: NotebookError) -> NotebookError {
    guard path != "-" else { return error }
    switch error.code {
    case .notFound: return missing(path, [".ipynb", ".pipeline"], error)
    case .notJSON:
      guard let script = script(path) else { return error }
      return NotebookError(
        .notJSON, "this is \(script), not a notebook; a pipeline can run it: \(creation(path))")
    default: return error
    }
  }

  /// The error of a file that should be a pipeline, and cannot be read.
  static func pipeline(_ path: String, _ error: NotebookError) -> NotebookError {
    error.code == .notFound ? missing(path, [".pipeline", ".ipynb"], error) : error
  }

  /// The error of a file that should be a pipeline.
  static func pipeline(_ path: String, _ error: PipelineError) -> PipelineError {
    guard error.code == .notJSON, let script = script(path) else { return error }
    return PipelineError(
      .notJSON, "this is \(script), not a pipeline; make one that runs it: \(creation(path))")
  }

  /// Names the file with the extension that was left out.
  private static func missing(
    _ path: String, _ suffixes: [String], _ error: NotebookError
  ) -> NotebookError {
    guard !path.isEmpty, !path.hasSuffix("/") else { return error }
    let stem = path.hasSuffix(".") ? String(path.dropLast()) : path
    guard let found = suffixes.map({ stem + $0 }).first(where: { access($0, F_OK) == 0 }) else {
      return error
    }
    var error = error
    error.message += "; there is '\(found)'"
    return error
  }

  /// The kind of a script, by its name; nil for another file.
  private static func script(_ path: String) -> String? {
    switch PipelinePath.suffix(path) {
    case "py": "a Python script"
    case "r": "an R script"
    case "sh": "a shell script"
    case "jl": "a Julia script"
    default: nil
    }
  }

  private static func creation(_ path: String) -> String {
    "`lyre pipeline new my.pipeline \(path)`"
  }
}
