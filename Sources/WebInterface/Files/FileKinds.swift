import Pipelines

/// The kinds of files by which the page shows them.
enum FileKinds {
  /// The kind of a file, by its name.
  static func kind(of name: String) -> String {
    switch PipelinePath.suffix(name) {
    case "ipynb": "notebook"
    case "py": "python"
    case "r": "r"
    case "sh", "bash", "zsh", "pl", "rb", "jl", "js", "ts", "lua": "script"
    case "pipeline": "pipeline"
    default: "other"
    }
  }
}
