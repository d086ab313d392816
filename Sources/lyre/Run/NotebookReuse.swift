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
    /// Nothing changed since the run with that name.
    case unchanged(run: String)
    /// It has to run, for that reason.
    case runs(because: String)
    /// The comparison was stopped.
    case stopped
    /// The record cannot be used, for that reason.
    case unusable(String)
  }

  private let plan: RunPlan
  private let reuse: ReusePlan
  private let key: GoodRuns.Key
  private let workingDirectory: String?
  /// The notebook as it was opened.
  private let document: NotebookDocument
  private let spec: KernelSpec
  /// The places of code cells that are not selected.
  private var skipped: Set<Int> {
    let cells = RunResult(
      notRun: document, configuration: plan.runConfiguration, outcome: .completed
    ).cells
    return Set(cells.filter { $0.isCode && $0.status == .skipped }.map(\.index))
  }

  /// Creates a comparison; nil if a later run could not be compared with this one.
  init?(
    _ plan: RunPlan, _ argument: String, _ destination: RunPlan.Destination,
    _ document: NotebookDocument, _ spec: KernelSpec?
  ) {
    guard let reuse = plan.reuse, let spec, argument != "-", destination.isKept else { return nil }
    self.plan = plan
    self.reuse = reuse
    self.document = document
    self.spec = spec
    key = GoodRuns.Key(
      notebook: NotebookInput.recordedPath(argument),
      result: destination.path(for: argument).map { NotebookInput.recordedPath($0) })
    workingDirectory = plan.kernelConfiguration(for: argument).workingDirectory
  }

  /// Whether the result is written to a file other than the notebook.
  private var isElsewhere: Bool { key.result.map { $0 != key.notebook } ?? false }

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
      case .none: return .runs(because: "no earlier run to compare with")
      case .other: return .runs(because: "it did not succeed the last time")
      case .good(let run):
        if key.result == nil, plan.pages != nil {
          return .runs(because: "its page needs outputs that are not stored")
        }
        if let path = key.result, !FilePath.exists(path) {
          return .runs(because: "its result '\(FilePath.parts(path).name)' does not exist")
        }
        let memory = FileMemory(run.files, sharing: reuse.files)
        let inputs = try inputs(salt: run.salt, memory, watch)
        let change = run.change(to: inputs, outputs: outputs())
        return change.map { .runs(because: $0) } ?? .unchanged(run: run.run)
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
      run: GoodRun(run: run, salt: salt, inputs: inputs, outputs: nil), memory: memory)
  }

  /// Keeps a run that was good.
  ///
  /// - Throws: `HistoryError` if it cannot be written.
  func keep(_ begun: Begun) throws(HistoryError) {
    var run = begun.run
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

  // MARK: Inputs

  private func inputs(salt: String, _ memory: FileMemory, _ watch: HashingWatch)
    throws(HashingWatch.Stopped) -> NotebookInputs
  {
    let environment = JupyterPaths().environment
    var parts = try reuse.kernels.parts(
      of: spec, in: workingDirectory ?? ".", environment: environment, watch)
    parts[Fingerprint.version.name] = Fingerprint.version.value
    parts["its working directory"] =
      workingDirectory.map { FilePath.real($0) ?? $0 } ?? "that of the command"
    for (name, value) in reuse.options { parts["option \(name)"] = value }
    for member in plan.parameters.values {
      parts["parameter \(member.key.string)"] = NotebookReuse.salted(
        salt, member.value.serialized())
    }
    for name in reuse.variables {
      guard let value = environment[name] else { continue }
      parts["variable \(name)"] = NotebookReuse.salted(salt, Array(value.utf8))
    }
    let (compared, skipped) = (comparedCells, skipped)
    parts["the selected cells"] = NotebookReuse.leftOut(of: compared, skipped)
    if isElsewhere { addCopied(skipped, to: &parts) }
    try addFiles(FileHashes(memory: memory), watch, to: &parts)
    return NotebookInputs(cells: compared.map(hashed), parts: Fingerprint(parts: parts))
  }

  private static func salted(_ salt: String, _ value: [UInt8]) -> String {
    var hash = ContentHash()
    hash.add(salt)
    hash.add(value)
    return hash.hexadecimal()
  }

  /// The code cells; of a notebook whose result is a copy in another file, all cells.
  private var comparedCells: [NotebookCell] {
    let isReplaced = !plan.parameters.values.isEmpty
    return document.cells.filter { cell in
      (isElsewhere || cell.kind == .code)
        // This run puts its own parameters in its place.
        && !(isReplaced && cell.tags.contains(ParameterTag.injected))
    }
  }

  private func hashed(_ cell: NotebookCell) -> NotebookInputs.Cell {
    var hash = ContentHash()
    hash.add(cell)
    if isElsewhere {
      var metadata = cell.metadata
      metadata["execution"] = nil
      hash.add(JSONValue.object(metadata).serialized())
      hash.add(JSONValue.object(document.attachments(at: cell.index)).serialized())
    }
    return NotebookInputs.Cell(number: cell.index + 1, hash: hash.hexadecimal())
  }

  /// The places of compared cells that do not run; nil if all run.
  ///
  /// A selection by number selects other cells once a cell is added.
  private static func leftOut(of compared: [NotebookCell], _ skipped: Set<Int>) -> String? {
    let places = compared.enumerated().filter { skipped.contains($0.element.index) }
    return places.isEmpty ? nil : places.map { "\($0.offset)" }.joined(separator: ",")
  }

  /// What else is copied to a result in another file: metadata, and the outputs of cells that do not
  /// run.
  private func addCopied(_ skipped: Set<Int>, to parts: inout [String: String]) {
    var metadata = document.metadata
    // A run writes these.
    for name in ["language_info", "widgets"] { metadata[name] = nil }
    var hash = ContentHash()
    hash.add(JSONValue.object(metadata).serialized())
    parts["its metadata"] = hash.hexadecimal()
    parts["the output of skipped cells"] = NotebookPrints.results(
      of: document, where: skipped.contains)
    if let name = plan.kernelName { parts["option --kernel"] = name }
  }

  // MARK: Files

  private func addFiles(
    _ files: FileHashes, _ watch: HashingWatch, to parts: inout [String: String]
  ) throws(HashingWatch.Stopped) {
    guard !reuse.patterns.isEmpty else { return }
    let own = ownFiles
    let notebooks = notebookFiles
    for pattern in reuse.patterns {
      let found = pattern.matches()
      if found.isEmpty { parts["file \(pattern.text)"] = "missing" }
      for file in found {
        let identity = FileIdentity(file)
        if let identity, own.contains(identity) { continue }
        if let identity, let code = notebooks[identity]?() {
          parts["file \(file)"] = code
          continue
        }
        let value = try files.hash(of: file, ignoring: own, readingAsCode: notebooks, watch)
        parts["file \(file)"] =
          value == "missing" ? FileHashes.unknown + "it disappeared during the comparison" : value
      }
    }
  }

  /// The notebook itself, which is compared by its cells, and everything that the command writes.
  private var ownFiles: Set<FileIdentity> {
    var paths = reuse.ownFiles + [key.notebook, reuse.record]
    paths += plan.pages?.map(\.path) ?? []
    for (argument, destination) in plan.notebooks {
      if case .file(let path) = destination, path != argument { paths.append(path) }
    }
    return Set(paths.compactMap { FileIdentity($0) })
  }

  /// The other notebooks of the command, which get results in every run.
  private var notebookFiles: [FileIdentity: @Sendable () -> String?] {
    var result: [FileIdentity: @Sendable () -> String?] = [:]
    for (argument, _) in plan.notebooks where argument != "-" {
      guard let file = FileIdentity(argument) else { continue }
      result[file] = { NotebookPrints.document(argument).map(NotebookPrints.text) }
    }
    return result
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
