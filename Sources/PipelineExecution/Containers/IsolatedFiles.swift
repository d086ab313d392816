import Pipelines
import SystemSupport

/// The files of a node that runs with only what it declares: a copy of them, which the container
/// sees at the project's path, and from which only declared outputs come back.
struct IsolatedFiles: Sendable {
  /// What the node declares.
  private let declared: DeclaredFiles
  /// The folders that the container sees, each with the folder that takes its place.
  let folders: [(project: String, copy: String)]

  /// Prepares an empty copy of folders.
  ///
  /// - Parameters:
  ///   - declared: what the node declares.
  ///   - folders: the folders that the container sees.
  ///   - copy: the path of a folder for the copies.
  init(_ declared: DeclaredFiles, folders: [String], copy: String) {
    self.declared = declared
    self.folders = folders.enumerated().map { index, folder in (folder, "\(copy)/\(index + 1)") }
  }

  private var node: PipelineNode { declared.node }

  /// The mounts for the container.
  var mounts: [ContainerMount] {
    folders.map { ContainerMount(source: $0.copy, target: $0.project) }
  }

  /// Copies the node's file, its dependencies and the outputs of the nodes before it.
  ///
  /// - Throws: ``TreeCopy/Failure``.
  func fill() throws(TreeCopy.Failure) {
    for folder in folders {
      do throws(SystemError) {
        try FilePath.makeDirectories(folder.copy)
      } catch {
        throw TreeCopy.Failure(description: "'\(folder.copy)' cannot be created: \(error)")
      }
    }
    for file in declared.all() {
      guard let copy = copy(of: file) else {
        throw TreeCopy.Failure(
          description: "'\(file)' is outside of the project's folder, so a container does not "
            + "have it")
      }
      try TreeCopy.copy(file, to: copy)
    }
    // The folder of the node's file is there even if the file is elsewhere.
    if let place = copy(of: declared.folder) { try? FilePath.makeDirectories(place) }
  }

  /// Copies the notebook and the declared outputs back, as far as they are there.
  ///
  /// - Parameter report: called with what the node created without declaring it.
  /// - Throws: ``TreeCopy/Failure``.
  func bringBack(_ report: (String) -> Void) throws(TreeCopy.Failure) {
    guard let place = copy(of: declared.folder) else { return }
    var left: [String] = []
    for pattern in node.outputs {
      left += NodeFiles.matches(pattern, in: place)
    }
    if node.kind == .notebook, let file = copy(of: declared.path), FilePath.exists(file) {
      left.append(file)
    }
    for file in left {
      guard let target = original(of: file) else { continue }
      try TreeCopy.copy(file, to: target)
    }
    let known = Set(declared.all().compactMap(copy(of:)) + left)
    let undeclared = newFiles().filter { file in
      !known.contains { NodeMounts.contains($0, file) }
    }
    guard !undeclared.isEmpty else { return }
    let names = undeclared.compactMap(original(of:)).map {
      PipelinePath.relative($0, to: declared.folder)
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
