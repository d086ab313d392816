import Glibc
import KernelLauncher
public import NotebookDocument
public import Pipelines
public import RunEvents
public import RunRecord
import SystemSupport

/// Runs a pipeline on this machine, as Elyra's local run does, but for what can go on at once.
public struct PipelineRunner: Sendable {
  /// The nodes.
  public let graph: PipelineGraph
  /// What the pipeline is called: the name of its file, without the ending.
  public let name: String
  /// The pipeline's file, absolute.
  public let file: String
  /// How it is run.
  public let configuration: PipelineConfiguration
  /// The means to stop it.
  public let control: PipelineControl
  /// Where runs are remembered; nil for nowhere.
  let history: PipelineHistory?
  /// Called with the notebooks that were run and that no record keeps, by the nodes' places.
  let keepUnrecorded: (@Sendable (Int, NotebookDocument) -> Void)?

  /// What the parts of the run have in common.
  var context: PipelineContext
  let warmStarts: WarmStarts?
  /// What runs the nodes, each of which takes the first that can.
  let runners: [any NodeRunner]

  /// A run of a pipeline that is valid.
  ///
  /// - Parameters:
  ///   - pipeline: the pipeline.
  ///   - graph: its nodes.
  ///   - name: what it is called: the name of its file, without the ending.
  ///   - file: its file, absolute.
  ///   - configuration: how it is run.
  ///   - history: where runs are remembered; nil for nowhere.
  ///   - control: the means to stop it.
  ///   - keepUnrecorded: called with notebooks that were run and that no record keeps, by the places
  ///     of their nodes.
  ///   - report: called with everything that happens, in order for each node, on any thread.
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
    // One kernel alone is ready sooner when it is started from nothing.
    let notebooks = graph.nodes.count { $0.kind == .notebook }
    warmStarts = notebooks > 1 && configuration.startsWarm ? WarmStarts() : nil
    runners = [
      LocalNotebookRunner(
        startupTimeout: configuration.startupTimeout, fallback: configuration.kernelFallback,
        keepsOldOutputs: configuration.keepsOldOutputs, warmStarts: warmStarts),
      LocalScriptRunner(python: configuration.python),
    ]
  }

  /// The folder that paths of the pipeline begin in.
  var folder: String { context.folder }

  /// The pipeline's file without links: what its runs are known by.
  var identity: String { context.identity }

  /// A pipeline's file without links: what its runs are known by.
  public static func identity(of file: String) -> String {
    FilePath.real(file) ?? file
  }

  /// What Elyra puts into `ELYRA_RUN_NAME`: the pipeline's name and month, day and time.
  private static func runName(_ name: String) -> String {
    let now = LocalTime()
    let parts = [now.month, now.day, now.hour, now.minute, now.second]
    return name + "-" + parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined()
  }
}
