import JSONCore
import JupyterProtocol
import KernelLauncher
import NotebookDocument
import NotebookParameters
import PipelineExecution
import RunRecord
import SystemSupport

extension NotebookReuse {
  /// The inputs of a run that would begin now.
  ///
  /// - Parameter salt: protects the hashes of values against guessing.
  func inputs(salt: String, _ memory: FileMemory, _ watch: HashingWatch)
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
    if let test = reuse.test { parts.merge(test.parts(of: document)) { $1 } }
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
    if let test = reuse.test { hash.add(JSONValue.object(test.metadata(of: cell)).serialized()) }
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
}
