public import JSONCore
@_exported public import NotebookExecution
import RunEvents

/// How a pipeline is run.
public struct PipelineConfiguration: Sendable {
  /// What is done with what earlier runs have made.
  public enum Reuse: Sendable, Hashable {
    /// Nothing: every node runs.
    case nothing
    /// Nodes that succeeded in the last run are not run again.
    case lastRun
    /// Nodes are not run whose inputs and outputs are as they were when they last succeeded.
    case unchanged
  }

  /// What the events of the run say they are about: the pipeline's file, as people named it.
  public var subject = RunSubject()
  /// How many nodes run at once; 1 is one after the other in Elyra's order.
  public var jobs = 1
  /// Whether nodes that do not need a failed one run all the same.
  public var keepsGoing = false
  /// Which nodes are run.
  public var selection = NodeSelection()
  /// What is done with what earlier runs have made.
  public var reuse = Reuse.nothing
  /// Parameters of the pipeline.
  public var parameters: JSONObject = [:]
  /// How long each node may take that has no limit of its own; nil for no limit.
  public var timeout: Duration?
  /// How often a node is tried again that does not say so itself.
  public var retries = 0
  /// How long a kernel may take to start.
  public var startupTimeout = Duration.seconds(60)
  /// What is done where the kernel that a notebook names is not installed.
  public var kernelFallback = KernelFallback.default
  /// Whether cells that are to be run, and that the run does not reach, keep what an earlier run has
  /// put into them.
  public var keepsOldOutputs = false
  /// Where the notebooks that were run go to, by their nodes' places, instead of results in place.
  public var destinations: [Int: String] = [:]
  /// Whether Python kernels may be forked from a process that has imported what they need.
  public var startsWarm = true
  /// The Python for scripts; nil for that of the active environment.
  public var python: String?
  /// The environment that nodes start from.
  public var environment: [String: String]

  /// The defaults: one node after the other, all of them, until one fails.
  public init(environment: [String: String]) {
    self.environment = environment
  }
}
