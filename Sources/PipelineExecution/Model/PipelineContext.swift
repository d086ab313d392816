import Pipelines

/// A run of a pipeline as all its parts know it: what is run, and how.
struct PipelineContext: Sendable {
  /// The nodes.
  let graph: PipelineGraph
  /// What the pipeline says about itself.
  let pipelineDescription: String?
  /// The pipeline's file without links: what its runs are known by.
  let identity: String
  /// The folder that paths of the pipeline begin in.
  let folder: String
  /// What the run is called: the pipeline's name and when it was made.
  let runName: String
  let configuration: PipelineConfiguration
  let parameters: ParameterScope
  /// Called with everything that happens, in order for each node, on any thread.
  let tell: @Sendable (PipelineEvent.Kind) -> Void
}
