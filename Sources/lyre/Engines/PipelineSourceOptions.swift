import ArgumentParser

/// Where the parts of a pipeline for an engine are found.
struct PipelineSourceOptions: ParsableArguments {
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A folder with definitions of components (component.yaml); may be repeated.",
      valueName: "dir"), completion: .directory)
  var components: [String] = []

  @Option(
    help: ArgumentHelp(
      "The project's folder; no path may leave it. (default: git's work tree)", valueName: "dir"),
    completion: .directory)
  var root: String?

  @Flag(help: "Treat warnings as errors.") var strict = false
}
