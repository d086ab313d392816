import ArgumentParser
import NotebookExecution

/// All options of `lyre pipeline status`.
struct PipelineStatusOptions: ParsableArguments {
  @Argument(help: "The pipeline's file.", completion: Completions.pipelines)
  var pipeline: String

  @Flag(help: "Write JSON.")
  var json = false

  @OptionGroup(title: "Parameters") var parameters: ParameterOptions
  @OptionGroup(title: "Containers and clusters") var places: NodePlaceOptions
  @OptionGroup(title: "Record of runs") var record: RecordOptions

  @Option(
    help: ArgumentHelp(
      "Run Python scripts with this Python. (default: the active environment's)",
      valueName: "python"), completion: .file())
  var python: String?

  @Option(help: "If a notebook's kernel is not installed: default (see lyre run) or never.")
  var kernelFallback: KernelFallback = .default

  @Option(
    help: ArgumentHelp(
      "The project's folder; no path may leave it. (default: git's work tree)",
      valueName: "dir"), completion: .directory)
  var root: String?
}
