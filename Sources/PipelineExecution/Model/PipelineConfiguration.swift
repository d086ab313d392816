public import JSONCore
@_exported public import NotebookExecution
import RunEvents

/// How to run a pipeline.
public struct PipelineConfiguration: Sendable {
  /// Which results of earlier runs to use again.
  public enum Reuse: Sendable, Hashable {
    /// None: every node runs.
    case nothing
    /// Those of the last run: nodes that succeeded in it do not run again.
    case lastRun
    /// Those of nodes whose inputs and outputs are unchanged since they last succeeded.
    case unchanged
  }

  /// The subject of the run's events: the pipeline's file, as the user named it.
  public var subject = RunSubject()
  /// How many nodes run at once; with 1 they run one after another in Elyra's order.
  public var jobs = 1
  /// Whether nodes that do not depend on a failed one still run.
  public var keepsGoing = false
  /// The nodes to run.
  public var selection = NodeSelection()
  /// Which results of earlier runs to use again.
  public var reuse = Reuse.nothing
  /// The given parameters of the pipeline.
  public var parameters: JSONObject = [:]
  /// The time limit of nodes without one of their own; nil for no limit.
  public var timeout: Duration?
  /// How often to retry failed nodes that do not set it themselves.
  public var retries = 0
  /// How long a kernel may take to start.
  public var startupTimeout = Duration.seconds(60)
  /// What to do if the kernel that a notebook names is not installed.
  public var kernelFallback = KernelFallback.default
  /// Whether cells that the run does not reach keep the results of an earlier run.
  public var keepsOldOutputs = false
  /// The output paths of executed notebooks by node place, instead of results in place.
  public var destinations: [Int: String] = [:]
  /// Whether to fork Python kernels from a process that has already imported their modules.
  public var startsWarm = true
  /// The Python for scripts; nil for that of the active environment.
  public var python: String?
  /// Where nodes run.
  package var places = NodePlaces()
  /// The object storage through which files of nodes in containers and jobs go; nil for folders that
  /// they see.
  package var storage: (any NodeStorage)?
  /// The environment variables that nodes start with.
  public var environment: [String: String]

  /// Creates the default configuration: run all nodes one after another, and stop at the first
  /// failure.
  public init(environment: [String: String]) {
    self.environment = environment
  }
}
