import ArgumentParser

/// A run of a pipeline in the record, and one of its nodes.
struct RecordedNodeArguments: ParsableArguments {
  @Argument(
    help: ArgumentHelp("The number of the run, or `last`.", valueName: "run"),
    completion: Completions.runsOfPipelines)
  var number: String

  @Argument(
    help: "The node's number in the run, label, file, id, or file name without extension.",
    completion: Completions.nodesOfRun)
  var node: String?
}
