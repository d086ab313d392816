public import JSONCore

/// An event in the run of a notebook or a pipeline.
///
/// Everything that users see of a run is made from these events: the terminal output, the log of
/// `--events`, reports, the record of runs. Each event has one JSON form, a line of a log
/// (``json``, ``EventWriter``); reading the line gives an equal event (``EventReader``).
public struct RunEvent: Sendable, Hashable {
  /// When it happened, in nanoseconds since 1970-01-01 00:00 UTC, rounded down to microseconds.
  public var time: Int64
  /// Its number in a log, from 1, as assigned by ``EventWriter``; 0 if it is not in a log.
  public var sequence: Int
  /// The run, the node and the notebook that the event is about.
  public var subject: RunSubject
  /// What happened.
  public var kind: Kind
  /// Members that this version does not know, written by a newer version.
  public var otherMembers: JSONObject

  /// Creates an event.
  ///
  /// - Parameters:
  ///   - kind: what happened.
  ///   - subject: the run, the node and the notebook that it is about.
  ///   - time: when it happened, in nanoseconds since 1970-01-01 00:00 UTC; rounded down to
  ///     microseconds.
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
    /// The kernel is ready.
    indirect case kernelReady(KernelDescription)
    /// The run of a notebook begins, with the number of cells to run, and the reason why it runs if
    /// it was compared with an earlier run.
    indirect case runStarted(cells: [CellResult], toRun: Int, reason: String? = nil)
    /// A cell starts; the first one to run has number 1.
    indirect case cellStarted(CellIdentity, number: Int, toRun: Int)
    /// A cell wrote text to a stream, `stdout` or `stderr`; the text is unchanged.
    case text(cell: Int, stream: String, text: String)
    /// A cell produced another output, in the notebook's format.
    case output(cell: Int, JSONValue)
    /// The outputs of a cell were cleared, or an earlier display was updated.
    case outputsChanged(cell: Int)
    /// A cell asks for input.
    case inputRequested(cell: Int, prompt: String, isPassword: Bool)
    /// A cell finished.
    indirect case cellFinished(CellResult)
    /// The run ended before this cell.
    ///
    /// `wasCleared` is whether outputs of an earlier run were removed from it.
    indirect case cellNotRun(CellIdentity, wasCleared: Bool)
    /// Output arrived while no cell was running.
    case outputOutsideCells(JSONValue)
    /// The kernel was sent `interrupt`, `SIGTERM` or `SIGKILL`, with the reason.
    case kernelSignaled(name: String, reason: String)
    /// The kernel ended by itself.
    indirect case kernelDied(KernelEnd)
    /// The outputs so far were saved, in this duration.
    case saved(in: Duration)
    /// The run of a notebook ended.
    indirect case runFinished(RunResult)
    /// A notebook could not be run.
    indirect case runFailed(RunFailure)
    /// The test of a notebook ended.
    indirect case testFinished(TestResult)

    // A pipeline.

    /// The run of a pipeline begins.
    indirect case pipelineStarted(PipelineStart)
    /// A node's files are being compared with those of earlier runs, and it takes long.
    indirect case nodeComparing(FileComparison)
    /// A node starts; the subject has the number of the attempt, and the reason why it runs is
    /// given if earlier runs were considered.
    case nodeStarted(reason: String?)
    /// A script wrote complete lines, each with its line ending; a log has an event for each line,
    /// without the ending.
    case lines(isStandardError: Bool, text: String)
    /// An attempt of a node failed; the next one starts after the delay.
    indirect case nodeRetried(NodeResult, delay: Duration)
    /// A node finished, or was not run.
    indirect case nodeFinished(NodeResult)
    /// The run of a pipeline ended.
    indirect case pipelineFinished(PipelineEnd)

    // Both.

    /// A problem that does not stop the run.
    indirect case warning(RunWarning)
    /// An event of a newer version; its members are kept unchanged, so that it can be written
    /// again.
    indirect case unknown(name: String, members: JSONObject)
  }
}
