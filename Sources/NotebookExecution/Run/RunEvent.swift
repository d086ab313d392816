public import JSONCore
public import JupyterProtocol
public import Processes

/// Something that happened while a notebook ran: what the terminal, the event log, reports and
/// pipelines are made from.
public struct RunEvent: Sendable {
  /// When, in nanoseconds since 1970-01-01 00:00 UTC.
  public var time: Int64
  /// What.
  public var kind: Kind

  /// An event.
  public init(time: Int64, kind: Kind) {
    self.time = time
    self.kind = kind
  }

  /// What happened.
  public enum Kind: Sendable {
    /// The kernel is being started.
    case kernelStarting(name: String)
    /// The kernel can be used.
    case kernelReady(name: String, processID: Int32?, info: KernelInfoReply, after: Duration)
    /// The run begins; so many cells are to be run.
    case runStarted(cells: [CellResult], toRun: Int)
    /// A cell begins.
    case cellStarted(CellResult, number: Int, toRun: Int)
    /// A cell wrote text to `stdout` or `stderr`: as it came.
    case text(cell: Int, stream: String, text: String)
    /// A cell output something else: the output as a notebook has it.
    case output(cell: Int, JSONValue)
    /// The outputs of a cell were cleared or changed.
    case outputsChanged(cell: Int)
    /// A cell asks for input.
    case inputRequested(cell: Int, InputRequest)
    /// A cell is done.
    case cellFinished(CellResult)
    /// The run is over before a cell that was to be run.
    ///
    /// What an earlier run had put into it has been removed, unless
    /// ``RunConfiguration/keepsOldOutputs`` says otherwise.
    case cellNotRun(CellResult)
    /// Something is not as it should be, and the run goes on.
    case warning(String, cell: Int?)
    /// Something to show came while no cell ran.
    case outputOutsideCells(JSONValue)
    /// The kernel is interrupted, or made to end, and why.
    case kernelSignaled(name: String, reason: String)
    /// The kernel ended by itself.
    case kernelDied(ExitStatus)
    /// What there was has been saved, which took this long.
    case saved(in: Duration)
    /// The run is over.
    case runFinished(RunResult)
  }
}
