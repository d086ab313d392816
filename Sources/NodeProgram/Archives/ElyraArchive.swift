package import Pipelines
import SystemSupport

/// The archive with a node's own files, as Elyra makes it: its name and the names in it are Elyra's.
///
/// Unlike Elyra's it may have folders as dependencies, and none is left out silently.
package struct ElyraArchive: Sendable {
  private let node: PipelineNode
  /// The absolute folder of the node's file.
  private let root: String

  /// - Parameters:
  ///   - node: the node.
  ///   - folder: the absolute folder of the pipeline.
  package init(_ node: PipelineNode, in folder: String) {
    self.node = node
    root = PipelinePath.folder(PipelinePath.joined(folder, node.file ?? ""))
  }

  /// Its name.
  package var name: String { ElyraLayout.archiveName(file: node.file ?? "", id: node.id) }

  /// The files in it, relative to the folder of the node's file.
  ///
  /// - Parameter made: the outputs of earlier nodes, which need not exist yet.
  /// - Throws: ``TransferProblem`` if a dependency does not exist, or is outside of the folder.
  package func paths(made: [String] = []) throws(TransferProblem) -> [String] {
    guard let patterns = ElyraLayout.archived(node) else {
      throw TransferProblem(
        "node '\(node.label)' has dependencies outside of '\(root)', the folder of its file, which an "
          + "archive of Elyra cannot have; move them below it")
    }
    let store = FolderStore(root: root, copy: FileCopy(isStopped: { false }))
    var found: Set<String> = []
    for pattern in patterns {
      // For Elyra a star is every file in the folder, also hidden ones, and no folder.
      var paths = pattern.description == "*" ? topFiles : try store.pathsNow(pattern)
      if node.includesSubdirectories, !pattern.description.contains("/") { paths += below(pattern) }
      guard !paths.isEmpty || made.contains(pattern.description) else {
        throw TransferProblem(
          "node '\(node.label)' has the dependency '\(pattern)', and there is no such file in '\(root)'"
        )
      }
      found.formUnion(paths)
    }
    return found.sorted()
  }

  /// The files in the folder itself.
  private var topFiles: [String] {
    FilePath.names(in: root).filter { FilePath.isFile("\(root)/\($0)") }
  }

  /// The files whose names a pattern matches, in any folder that is not hidden.
  private func below(_ pattern: ExchangePattern) -> [String] {
    var found: [String] = []
    FilePath.forEachFile(below: root) { path in
      if pattern.selects(PipelinePath.name(path)) {
        found.append(String(path.dropFirst(root.count + 1)))
      }
      return true
    }
    return found
  }

  /// Writes it.
  ///
  /// - Parameters:
  ///   - path: the archive's file, which is replaced.
  ///   - made: the outputs of earlier nodes, which need not exist yet.
  /// - Throws: ``TransferProblem``.
  package func write(to path: String, made: [String] = []) throws(TransferProblem) {
    try ArchiveWriter().write(try paths(made: made), of: root, to: path)
  }
}
