import Glibc
import KernelLauncher
public import NotebookDocument
public import Pipelines
public import RunEvents
public import RunRecord
import SystemSupport

/// Runs a pipeline as Elyra's local runs do, with independent nodes in parallel: as processes of
/// this machine, in containers, or as jobs of Slurm.
public struct PipelineRunner: Sendable {
  /// The nodes.
  public let graph: PipelineGraph
  /// The name of the pipeline: its file name without the extension.
  public let name: String
  /// The absolute path of the pipeline's file.
  public let file: String
  /// How to run it.
  public let configuration: PipelineConfiguration
  /// Stops the run.
  public let control: PipelineControl
  /// The record of runs; nil for none.
  let history: PipelineHistory?
  /// Called with executed notebooks that are not stored in a record, with their nodes' places.
  let keepUnrecorded: (@Sendable (Int, NotebookDocument) -> Void)?

  /// The data that the parts of the run share.
  var context: PipelineContext
  let warmStarts: WarmStarts?
  /// The images of nodes that run in containers.
  let images: NodeImages
  /// The runners; the first that supports a node runs it.
  let runners: [any NodeRunner]

  /// Creates a runner for a valid pipeline.
  ///
  /// - Parameters:
  ///   - pipeline: the pipeline.
  ///   - graph: its nodes.
  ///   - name: its name: the file name without the extension.
  ///   - file: the absolute path of its file.
  ///   - configuration: how to run it.
  ///   - history: the record of runs; nil for none.
  ///   - control: stops the run.
  ///   - keepUnrecorded: called with executed notebooks that are not stored in a record, with their
  ///     nodes' places.
  ///   - report: called with every event, in order for each node, on any thread.
  public init(
    _ pipeline: Pipeline, _ graph: PipelineGraph, name: String, file: String,
    configuration: PipelineConfiguration, history: PipelineHistory? = nil,
    control: PipelineControl = .init(),
    keepUnrecorded: (@Sendable (Int, NotebookDocument) -> Void)? = nil,
    report: @escaping @Sendable (RunEvent) -> Void
  ) {
    self.graph = graph
    self.name = name
    self.file = file
    self.configuration = configuration
    self.history = history
    self.control = control
    var subject = configuration.subject
    subject.pipeline = subject.pipeline ?? file
    context = PipelineContext(
      graph: graph, pipelineDescription: pipeline.description,
      identity: PipelineRunner.identity(of: file), folder: PipelinePath.folder(file),
      runName: PipelineRunner.runName(name), configuration: configuration,
      parameters: ParameterScope(pipeline, given: configuration.parameters),
      subject: subject, report: report)
    self.keepUnrecorded = keepUnrecorded
    // A single kernel is ready sooner when it is started normally.
    let notebooks = graph.nodes.count { $0.kind == .notebook }
    warmStarts = notebooks > 1 && configuration.startsWarm ? WarmStarts() : nil
    images = NodeImages(
      places: configuration.places,
      images: ContainerImages(
        configuration.places.containers, environment: configuration.environment))
    runners = [
      ContainerRunner(
        graph: graph, folder: context.folder, configuration: configuration,
        images: images.images),
      SlurmRunner(graph: graph, folder: context.folder, configuration: configuration),
      LocalNotebookRunner(
        startupTimeout: configuration.startupTimeout, fallback: configuration.kernelFallback,
        keepsOldOutputs: configuration.keepsOldOutputs, warmStarts: warmStarts),
      LocalScriptRunner(python: configuration.python),
    ]
  }

  /// The folder that the pipeline's paths are relative to.
  var folder: String { context.folder }

  /// The real path of the pipeline's file, which identifies its runs.
  var identity: String { context.identity }

  /// The real path of a pipeline's file, which identifies its runs.
  public static func identity(of file: String) -> String {
    FilePath.real(file) ?? file
  }

  /// The value of `ELYRA_RUN_NAME`, as in Elyra: the pipeline's name and month, day and time.
  private static func runName(_ name: String) -> String {
    let now = LocalTime()
    let parts = [now.month, now.day, now.hour, now.minute, now.second]
    return name + "-" + parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined()
  }
}
