import Pipelines
import SystemSupport

/// The files of a node that runs with only what it declares: a copy of them, which the container
/// sees at the project's path, and from which only declared outputs come back.
struct IsolatedFiles: Sendable {
  /// The node.
  let node: PipelineNode
  /// The nodes before it, whose outputs it may use.
  let before: [PipelineNode]
  /// The folder that the pipeline's paths are relative to.
  let pipeline: String
  /// The folders that the container sees, each with the folder that takes its place.
  let folders: [(project: String, copy: String)]

  /// Prepares an empty copy of folders.
  ///
  /// - Parameters:
  ///   - node: the node.
  ///   - before: all nodes before it.
  ///   - pipeline: the folder that the pipeline's paths are relative to.
  ///   - folders: the folders that the container sees.
  ///   - copy: the path of a folder for the copies.
  init(
    _ node: PipelineNode, before: [PipelineNode], pipeline: String, folders: [String],
    copy: String
  ) {
    self.node = node
    self.before = before
    self.pipeline = pipeline
    self.folders = folders.enumerated().map { index, folder in (folder, "\(copy)/\(index + 1)") }
  }

  /// The mounts for the container.
  var mounts: [ContainerMount] {
    folders.map { ContainerMount(source: $0.copy, target: $0.project) }
  }

  /// Copies the node's file, its dependencies and the outputs of the nodes before it.
  ///
  /// - Throws: ``FileCopy/Failure``.
  func fill() throws(FileCopy.Failure) {
    for folder in folders {
      do throws(SystemError) {
        try FilePath.makeDirectories(folder.copy)
      } catch {
        throw FileCopy.Failure(description: "'\(folder.copy)' cannot be created: \(error)")
      }
    }
    for file in files() {
      guard let copy = copy(of: file) else {
        throw FileCopy.Failure(
          description: "'\(file)' is outside of the project's folder, so a container does not "
            + "have it")
      }
      try FileCopy.copy(file, to: copy)
    }
    // The folder of the node's file is there even if the file is elsewhere.
    if let place = copy(of: folder(of: node)) { try? FilePath.makeDirectories(place) }
  }

  /// Copies the notebook and the declared outputs back, as far as they are there.
  ///
  /// - Parameter report: called with what the node created without declaring it.
  /// - Throws: ``FileCopy/Failure``.
  func bringBack(_ report: (String) -> Void) throws(FileCopy.Failure) {
    guard let place = copy(of: folder(of: node)) else { return }
    var declared: [String] = []
    for pattern in node.outputs {
      declared += NodeFiles.matches(pattern, in: place)
    }
    if node.kind == .notebook, let file = copy(of: path(of: node)), FilePath.exists(file) {
      declared.append(file)
    }
    for file in declared {
      guard let target = original(of: file) else { continue }
      try FileCopy.copy(file, to: target)
    }
    let known = Set(files().compactMap(copy(of:)) + declared)
    let undeclared = newFiles().filter { file in
      !known.contains { NodeMounts.contains($0, file) }
    }
    guard !undeclared.isEmpty else { return }
    let names = undeclared.compactMap(original(of:)).map {
      PipelinePath.relative($0, to: folder(of: node))
    }.sorted()
    report(
      "it created files that it does not declare as outputs, and no other node gets them: "
        + names.prefix(10).joined(separator: ", ") + (names.count > 10 ? ", …" : ""))
  }

  private func newFiles() -> [String] {
    folders.flatMap { NodeFiles.files(below: $0.copy) }.filter {
      !$0.contains("/__pycache__/") && !PipelinePath.name($0).hasPrefix(".")
    }
  }

  private func path(of node: PipelineNode) -> String {
    PipelinePath.joined(pipeline, node.file ?? "")
  }

  private func folder(of node: PipelineNode) -> String { PipelinePath.folder(path(of: node)) }

  /// The files that the node may use, as they are in the project.
  private func files() -> [String] {
    var files = [path(of: node)]
    for pattern in node.dependencies {
      files += NodeFiles.matches(
        pattern, in: folder(of: node), isRecursive: node.includesSubdirectories)
    }
    for other in before {
      for pattern in other.outputs { files += NodeFiles.matches(pattern, in: folder(of: other)) }
    }
    return files
  }

  /// The copy of a file of the project; nil if it is in none of the folders.
  private func copy(of file: String) -> String? {
    for folder in folders where NodeMounts.contains(folder.project, file) {
      return folder.copy + file.dropFirst(folder.project.count)
    }
    return nil
  }

  /// The place in the project of a copy.
  private func original(of copy: String) -> String? {
    for folder in folders where NodeMounts.contains(folder.copy, copy) {
      return folder.project + copy.dropFirst(folder.copy.count)
    }
    return nil
  }
}
