import Glibc
import PipelineExecution
import Pipelines
import RunEvents
import SystemSupport

extension NodeProgram {
  /// The folder of the node's file, relative to the work folder; empty for that itself.
  var base: String { PipelinePath.folder(PipelinePath.joined("", description.node.file)) }

  /// The folder for temporary files.
  func temporaryFolder() throws(TransferProblem) -> WorkFolder {
    let base = environment["TMPDIR"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
    return try WorkFolder(temporaryIn: base)
  }

  func openWork() throws(TransferProblem) -> WorkFolder {
    guard let path = description.work else { return try temporaryFolder() }
    guard description.files.isEmpty, description.inputs?.place == nil, !FilePath.isDirectory(path)
    else {
      return try WorkFolder(path)
    }
    throw TransferProblem(
      "there is no folder '\(path)', and nothing is to be fetched into it; mount it, or name files")
  }

  /// Fetches the node's own files.
  ///
  /// - Throws: ``TransferProblem``.
  func fetchFiles(into folder: WorkFolder) async throws(TransferProblem) {
    for source in description.files {
      switch source {
      case .folder(let path):
        try await onOwnThread { () throws(TransferProblem) in
          try FolderCopy(copy: whileRunning).copy(path, into: folder)
        }
      case .archive(.path(let path), let hash):
        try await unpack(path, hash, name: path, into: folder)
      case .archive(let place, let hash):
        let temporary = try temporaryFolder()
        defer { temporary.remove() }
        try await store(at: place, until: .signal).fetch("", into: temporary, as: "archive")
        try await unpack("\(temporary.path)/archive", hash, name: "\(place)", into: folder)
      case .object(let place, let target, let hash):
        try await store(at: place, until: .signal).fetch("", into: folder, as: target)
        try await onOwnThread { () throws(TransferProblem) in
          try whileRunning.check("\(folder.path)/\(target)", is: hash, "\(place)")
          allowRunning("\(folder.path)/\(target)")
        }
      }
    }
  }

  /// Makes a program runnable again: a bucket keeps no permissions.
  private func allowRunning(_ path: String) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var magic: [UInt8] = [0, 0, 0, 0]
    guard read(descriptor, &magic, 4) == 4, magic == [0x7F, 0x45, 0x4C, 0x46] else { return }
    fchmod(descriptor, 0o755)
  }

  /// Copies until the node is stopped.
  var whileRunning: FileCopy { FileCopy(isStopped: { stop.signal != nil }) }

  func unpack(_ path: String, _ hash: String?, name: String, into folder: WorkFolder)
    async throws(TransferProblem)
  {
    try await onOwnThread { () throws(TransferProblem) in
      let archive = try ArchiveReader(path, name: name, isStopped: whileRunning.isStopped)
      try whileRunning.check(path, is: hash, name)
      try archive.unpack(into: folder)
    }
  }

  /// Brings the outputs and the notebook back.
  ///
  /// - Returns: the first problem; everything else is brought back all the same.
  func bringBack(from folder: WorkFolder, _ result: NodeResult, _ results: ResultsFolder) async
    -> String?
  {
    var problem: String?
    func note(_ body: () async throws(TransferProblem) -> Void) async {
      do throws(TransferProblem) {
        try await body()
      } catch {
        problem =
          problem
          ?? (error.isStop
            ? "the time after the signal was too short to bring all outputs back"
            : error.description)
      }
    }
    let copy = FileCopy(isStopped: { stop.isOver(.transfers) })
    if description.node.kind == .notebook, !description.files.isEmpty,
      description.node.destination == nil
    {
      await note { () throws(TransferProblem) in
        try await FolderStore(root: results.path, copy: copy)
          .put("\(folder.path)/\(description.node.file)", as: NodeDescription.notebookName)
      }
    }
    guard let outputs = description.outputs, let place = outputs.place else { return problem }
    await note { () throws(TransferProblem) in
      let store = try store(at: place, until: .transfers)
      if outputs.isElyra {
        await note { () throws(TransferProblem) in
          try await storeForElyra(result, results, to: store)
        }
      }
      let root = outputs.isElyra ? within(folder.path, base) : folder.path
      for text in outputs.patterns {
        let pattern = try pattern(text, outputs)
        let paths = try FolderStore(root: root, copy: copy).pathsNow(pattern)
        await note { () throws(TransferProblem) in
          do throws(TransferProblem) {
            try await each(paths) { path async throws(TransferProblem) in
              try await store.put("\(root)/\(path)", as: path)
            }
          } catch {
            throw keep(paths, of: root, in: results, error)
          }
        }
      }
      await note { () throws(TransferProblem) in try await storeArchives(outputs, of: root) }
    }
    return problem
  }

  /// Keeps outputs that could not be stored, unless they stay where they are, or are with the others.
  ///
  /// - Returns: the problem, with the place.
  private func keep(
    _ paths: [String], of root: String, in results: ResultsFolder, _ problem: TransferProblem
  ) -> TransferProblem {
    guard case .object = description.results, description.work == nil else { return problem }
    let folder = "\(results.path)/\(NodeDescription.outputsName)"
    let store = FolderStore(root: folder, copy: FileCopy(isStopped: { stop.isOver(.transfers) }))
    let realRoot = FilePath.real(root) ?? root
    for path in paths {
      let (file, name) = ("\(root)/\(path)", "\(folder)/\(path)")
      do throws(TransferProblem) {
        // A file of the work folder, which is removed, gets another name; where a link leads stays as it is.
        if let real = FilePath.real(file), real.hasPrefix(realRoot + "/"),
          (try? FilePath.makeDirectories(FilePath.parts(name).directory, mode: 0o700)) != nil,
          link(real, name) == 0
        {
          continue
        }
        try store.putNow(file, as: path)
      } catch {
        results.warn("'\(path)' cannot be kept in '\(folder)': \(error)")
      }
    }
    var problem = problem
    problem.description += "; what it made is kept in '\(folder)'"
    return problem
  }

  /// Transfers several files, until the node is stopped.
  func each(
    _ paths: [String],
    _ transfer: @escaping @Sendable (String) async throws(TransferProblem) -> Void
  ) async throws(TransferProblem) {
    try await severalAtOnce(paths, endingWith: { $0.isStop }, transfer)
  }

  func pattern(_ text: String, _ exchange: NodeDescription.Exchange)
    throws(TransferProblem) -> ExchangePattern
  {
    guard let pattern = ExchangePattern(text, in: exchange.isElyra ? "" : base) else {
      throw TransferProblem(
        "'\(text)' leads out of the node's folder, and files are exchanged below it only; put the "
          + "file below the folder of the pipeline")
    }
    return pattern
  }

  /// The path of something in a folder; empty stands for the folder itself.
  func within(_ folder: String, _ path: String) -> String {
    folder.isEmpty ? path : path.isEmpty ? folder : "\(folder)/\(path)"
  }
}
