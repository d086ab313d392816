import PipelineExecution
import Pipelines
import SystemSupport

extension NodeProgram {
  /// Fetches the outputs of earlier nodes.
  ///
  /// - Throws: ``TransferProblem``.
  func fetchInputs(into folder: WorkFolder) async throws(TransferProblem) {
    guard let inputs = description.inputs else { return }
    guard let place = inputs.place else {
      return try await checkInputs(inputs, in: within(folder.path, base))
    }
    if !inputs.archives.isEmpty { return try await fetchArchives(inputs, place, into: folder) }
    let store = try store(at: place, until: .signal)
    var paths: Set<String> = []
    for text in inputs.patterns + inputs.optional {
      paths.formUnion(try await store.paths(try pattern(text, inputs)))
    }
    try await each(paths.sorted()) { path async throws(TransferProblem) in
      try await store.fetch(path, into: folder, as: inputs.isElyra ? within(base, path) : path)
    }
    try checkFetched(inputs, place, in: folder)
  }

  /// Fails unless inputs are there, once those of earlier nodes have been fetched.
  ///
  /// - Throws: ``TransferProblem``.
  func checkFetched(
    _ inputs: NodeDescription.Exchange, _ place: FilesPlace, in folder: WorkFolder
  ) throws(TransferProblem) {
    var missing: [String] = []
    // They may be among the node's own files.
    for text in inputs.patterns where try !has(text, inputs, in: folder) { missing.append(text) }
    guard missing.isEmpty else {
      throw TransferProblem(
        "missing input: \(missing.joined(separator: ", ")); no earlier node has left it in "
          + "'\(place)'")
    }
  }

  /// Fails unless inputs are in the work folder.
  private func checkInputs(_ inputs: NodeDescription.Exchange, in folder: String)
    async throws(TransferProblem)
  {
    let missing = await onOwnThread {
      NodeFiles.missing(
        inputs.patterns, in: folder, includesSubfolders: inputs.includesSubfolders)
    }
    if let missing { throw TransferProblem(missing) }
  }

  /// Whether a pattern of inputs selects anything in the work folder.
  private func has(
    _ text: String, _ inputs: NodeDescription.Exchange, in folder: WorkFolder
  ) throws(TransferProblem) -> Bool {
    if try !localPaths(try pattern(text, inputs), in: folder, inputs).isEmpty { return true }
    return inputs.includesSubfolders
      && NodeFiles.missing([text], in: within(folder.path, base), includesSubfolders: true) == nil
  }

  /// What a pattern of inputs selects among the files that are there already.
  private func localPaths(
    _ pattern: ExchangePattern, in folder: WorkFolder, _ exchange: NodeDescription.Exchange
  ) throws(TransferProblem) -> [String] {
    let root = exchange.isElyra ? within(folder.path, base) : folder.path
    return try FolderStore(root: root, copy: whileRunning)
      .pathsNow(pattern)
  }
}
