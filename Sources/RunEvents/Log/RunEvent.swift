public import JSONCore

/// Something that happened in the run of a notebook or a pipeline.
///
/// Everything that people see of a run is made from these events: the terminal, the log of
/// `--events`, reports, the record of runs. Each event has one form in JSON, a line of a log
/// (``json``, ``EventWriter``), and the line read back is the same event (``EventReader``).
public struct RunEvent: Sendable, Hashable {
  /// When it happened: nanoseconds since 1970-01-01 00:00 UTC, in whole microseconds.
  public var time: Int64
  /// Its number in a log, from 1, which ``EventWriter`` gives it; 0 for an event that is in no log.
  public var sequence: Int
  /// The run, the node and the notebook that the event is about.
  public var subject: RunSubject
  /// What happened.
  public var kind: Kind
  /// Members of the event's line that this version does not know: a newer version wrote them.
  public var otherMembers: JSONObject

  /// An event.
  ///
  /// - Parameters:
  ///   - kind: what happened.
  ///   - subject: the run, the node and the notebook that it is about.
  ///   - time: when, in nanoseconds since 1970-01-01 00:00 UTC; what is below a microsecond is cut.
  ///   - sequence: its number in a log; 0 for none.
  public init(_ kind: Kind, of subject: RunSubject, time: Int64, sequence: Int = 0) {
    self.time = time - time % 1000
    self.sequence = sequence
    self.subject = subject
    self.kind = kind
    otherMembers = [:]
  }

  /// What happened.
  public enum Kind: Sendable, Hashable {
    // A notebook.

    /// The kernel is being started.
    case kernelStarting(name: String)
    /// The kernel can be used.
    indirect case kernelReady(KernelDescription)
    /// The run of a notebook begins; so many cells are to be run.
    indirect case runStarted(cells: [CellResult], toRun: Int)
    /// A cell begins: the first of those to run has number 1.
    indirect case cellStarted(CellIdentity, number: Int, toRun: Int)
    /// A cell wrote text to a stream, `stdout` or `stderr`: the text as it came.
    case text(cell: Int, stream: String, text: String)
    /// A cell output something else: the output as a notebook has it.
    case output(cell: Int, JSONValue)
    /// The outputs of a cell were cleared, or one that was shown earlier was changed.
    case outputsChanged(cell: Int)
    /// A cell asks for input.
    case inputRequested(cell: Int, prompt: String, isPassword: Bool)
    /// A cell is done.
    indirect case cellFinished(CellResult)
    /// The run ended before a cell that was to be run.
    ///
    /// `wasCleared` tells whether outputs of an earlier run were removed from it.
    indirect case cellNotRun(CellIdentity, wasCleared: Bool)
    /// Output came while no cell ran.
    case outputOutsideCells(JSONValue)
    /// The kernel was sent `interrupt`, `SIGTERM` or `SIGKILL`, and why.
    case kernelSignaled(name: String, reason: String)
    /// The kernel ended by itself.
    indirect case kernelDied(KernelEnd)
    /// The outputs so far were saved, which took this long.
    case saved(in: Duration)
    /// The run of a notebook is over.
    indirect case runFinished(RunResult)
    /// A notebook could not be run at all.
    indirect case runFailed(RunFailure)

    // A pipeline.

    /// The run of a pipeline begins.
    indirect case pipelineStarted(PipelineStart)
    /// The files of a node are compared with those of earlier runs, which takes long.
    indirect case nodeComparing(FileComparison)
    /// A node begins; the subject has the number of the attempt. The reason tells why it runs, where
    /// earlier runs were looked at.
    case nodeStarted(reason: String?)
    /// A script wrote lines: whole ones, each with its end. A log has an event for each line, which
    /// it tells without the end.
    case lines(isStandardError: Bool, text: String)
    /// An attempt of a node failed; the next one begins after the delay.
    indirect case nodeRetried(NodeResult, delay: Duration)
    /// A node is done, or was not run.
    indirect case nodeFinished(NodeResult)
    /// The run of a pipeline is over.
    indirect case pipelineFinished(PipelineEnd)

    // Both.

    /// Something is not as it should be, and the run goes on.
    indirect case warning(RunWarning)
    /// An event that this version cannot read: a newer version wrote it. Its members are kept as
    /// they are, so that it can be written again.
    indirect case unknown(name: String, members: JSONObject)
  }
}
