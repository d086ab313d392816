import ObjectStorage
import Pipelines
import SystemSupport

/// The outputs of nodes as archives, for places whose files cannot be listed.
extension NodeProgram {
  /// Fetches the archives with the outputs of earlier nodes.
  ///
  /// - Throws: ``TransferProblem``.
  func fetchArchives(
    _ inputs: NodeDescription.Exchange, _ place: FilesPlace, into folder: WorkFolder
  ) async throws(TransferProblem) {
    var target = folder
    if inputs.isElyra, !base.isEmpty {
      try folder.makeDirectory(base)
      target = try WorkFolder(within(folder.path, base))
    }
    for archive in inputs.archives {
      let temporary = try temporaryFolder()
      defer { temporary.remove() }
      do throws(TransferProblem) {
        try await store(at: archive, until: .signal).fetch("", into: temporary, as: "archive")
      } catch {
        // A node that made nothing has left none.
        guard error.isMissing else { throw error }
        continue
      }
      try await unpack("\(temporary.path)/archive", nil, name: "\(archive)", into: target)
    }
    try checkFetched(inputs, place, in: folder)
  }

  /// Stores the outputs as archives.
  ///
  /// - Parameters:
  ///   - outputs: the outputs.
  ///   - root: the folder that their names are relative to.
  /// - Throws: ``TransferProblem``.
  func storeArchives(_ outputs: NodeDescription.Exchange, of root: String)
    async throws(TransferProblem)
  {
    guard !outputs.archives.isEmpty else { return }
    let isStopped: @Sendable () -> Bool = { [stop] in stop.isOver(.transfers) }
    let folder = FolderStore(root: root, copy: FileCopy(isStopped: isStopped))
    var found: Set<String> = []
    for text in outputs.patterns {
      found.formUnion(try folder.pathsNow(try pattern(text, outputs)))
    }
    guard !found.isEmpty else { return }
    let temporary = try temporaryFolder()
    defer { temporary.remove() }
    let (file, paths) = ("\(temporary.path)/archive", found.sorted())
    try await onOwnThread { () throws(TransferProblem) in
      try ArchiveWriter(isStopped: isStopped).write(paths, of: root, to: file)
    }
    for archive in outputs.archives {
      try await store(at: archive, until: .transfers).put(file, as: "")
    }
  }
}
