import Glibc
import JSONCore
import JupyterProtocol
import KernelClient
import KernelLauncher
import NotebookDocument
import NotebookExecution
import NotebookParameters
import PipelineExecution
import RunEvents
import RunRecord
import SystemSupport

/// The comparison of one notebook with its last good run.
///
/// It reads files, so call its functions on a thread of its own.
struct NotebookReuse: Sendable {
  /// Whether the notebook has to run.
  enum Verdict: Sendable {
    /// Nothing changed since that run.
    case unchanged(since: GoodRun)
    /// It has to run, for that reason.
    case runs(because: String)
    /// The comparison was stopped.
    case stopped
    /// The record cannot be used, for that reason.
    case unusable(String)
  }

  let plan: RunPlan
  let reuse: ReusePlan
  let key: GoodRuns.Key
  let workingDirectory: String?
  /// The notebook as it was opened.
  let document: NotebookDocument
  let spec: KernelSpec
  /// The places of code cells that are not selected.
  var skipped: Set<Int> {
    let cells = RunResult(
      notRun: document, configuration: plan.runConfiguration, outcome: .completed
    ).cells
    return Set(cells.filter { $0.isCode && $0.status == .skipped }.map(\.index))
  }

  /// Creates a comparison; nil if a later run could not be compared with this one.
  ///
  /// - Parameter document: the notebook in the file.
  init?(
    _ plan: RunPlan, _ argument: String, _ destination: RunPlan.Destination,
    _ document: NotebookDocument, _ spec: KernelSpec?
  ) {
    guard let reuse = plan.reuse, let spec, argument != "-", destination.isKept, plan.remote.isEmpty
    else { return nil }
    self.plan = plan
    self.reuse = reuse
    self.document = document
    self.spec = spec
    key = GoodRuns.Key(
      notebook: NotebookInput.recordedPath(argument),
      // The outputs that a test compares or stores are among its inputs.
      result: reuse.test == nil
        ? destination.path(for: argument).map { NotebookInput.recordedPath($0) } : nil,
      isTest: reuse.test != nil)
    workingDirectory = plan.kernelConfiguration(for: argument).workingDirectory
  }

  /// Whether the result is written to a file other than the notebook.
  var isElsewhere: Bool { key.result.map { $0 != key.notebook } ?? false }

  /// The result of the last run, if it is in a file other than the notebook.
  var stored: NotebookDocument? {
    isElsewhere ? key.result.flatMap { NotebookPrints.document($0) } : nil
  }

  /// Whether the run is kept for later comparisons: hashes of programs and files take time, so only
  /// of a command that asks for comparisons.
  var isCompared: Bool { reuse.isAsked || !reuse.patterns.isEmpty }

  // MARK: Decisions

  /// Decides whether the notebook has to run.
  func verdict(_ watch: HashingWatch) -> Verdict {
    do {
      switch try reuse.runs.last(key) {
      case .none:
        return .runs(because: "no earlier \(key.isTest ? "test" : "run") to compare with")
      case .other:
        return .runs(because: "it did not \(key.isTest ? "pass" : "succeed") the last time")
      case .good(let run):
        if key.result == nil, plan.pages != nil {
          return .runs(because: "its page needs outputs that are not stored")
        }
        if let path = key.result, !FilePath.exists(path) {
          return .runs(because: "its result '\(FilePath.parts(path).name)' does not exist")
        }
        let memory = FileMemory(run.files, sharing: reuse.files)
        let inputs = try inputs(salt: run.salt, memory, watch)
        if let change = run.change(to: inputs, outputs: outputs()) {
          return .runs(because: change)
        }
        if let cell = reuse.test?.unstoredCell(of: document, plan.runConfiguration) {
          return .runs(because: "cell \(cell) has no stored outputs")
        }
        return .unchanged(since: run)
      }
    } catch let error as HistoryError {
      return .unusable("\(error)")
    } catch {
      return .stopped
    }
  }

  /// The inputs of a run that begins, for a later comparison.
  struct Begun: Sendable {
    fileprivate var run: GoodRun
    fileprivate var memory: FileMemory
  }

  /// Notes that a run begins, and computes its inputs; nil if that was stopped or is impossible.
  func begin(_ run: String, _ watch: HashingWatch) -> Begun? {
    // Without a place for it, later runs are compared with none; the log of the run reports that.
    try? reuse.runs.note(run, of: key)
    var hash = ContentHash()
    hash.add(randomBytes(count: 32))
    let salt = hash.hexadecimal()
    let memory = FileMemory(sharing: reuse.files)
    guard let inputs = try? inputs(salt: salt, memory, watch) else { return nil }
    return Begun(
      run: GoodRun(run: run, ended: 0, salt: salt, inputs: inputs, outputs: nil), memory: memory)
  }

  /// Keeps a run that was good.
  ///
  /// - Throws: `HistoryError` if it cannot be written.
  func keep(_ begun: Begun) throws(HistoryError) {
    var run = begun.run
    run.ended = wallClockNanoseconds()
    // Without --cached a long notebook is not read a second time.
    if reuse.isAsked || size(of: key.result) < 4 << 20 { run.outputs = outputs() }
    run.files = begun.memory.used
    try reuse.runs.keep(run, of: key)
  }

  /// Notes that a run was not good.
  func discard(_ run: String) { try? reuse.runs.note(run, of: key) }

  /// Notes that a run was not good, if there is an earlier one that counts.
  func discardEarlier(_ run: String) {
    if reuse.runs.hasFile(of: key) { discard(run) }
  }

  private func size(of path: String?) -> Int {
    var status = stat()
    guard let path, stat(path, &status) == 0 else { return 0 }
    return Int(status.st_size)
  }

  // MARK: Outputs

  /// The outputs in the file with the result.
  private func outputs() -> Fingerprint {
    guard let path = key.result else { return Fingerprint() }
    guard let document = NotebookPrints.document(path) else {
      return Fingerprint(
        parts: ["its outputs": FileHashes.unknown + "the result cannot be read as a notebook"])
    }
    var parts = ["its outputs": NotebookPrints.results(of: document)]
    if isElsewhere { parts["the cells of the result"] = NotebookPrints.text(of: document) }
    return Fingerprint(parts: parts)
  }
}
