package import Pipelines
import SystemSupport

/// The archive with a node's own files, as Elyra makes it: its name and the names in it are Elyra's.
///
/// Unlike Elyra's it may have folders as dependencies, and none is left out silently.
package struct ElyraArchive: Sendable {
  private let node: PipelineNode
  /// The absolute folder that the names in it are relative to: that of the node's file, or one
  /// around it.
  let root: String
  /// The folder of the node's file, relative to ``root``; empty if it is the same.
  private let below: String

  /// - Parameters:
  ///   - node: the node.
  ///   - folder: the absolute folder of the pipeline.
  ///   - reachesOutside: whether dependencies may be outside of the folder of the node's file, which
  ///     Elyra refuses; the archive then begins at the folder around all of them.
  package init(_ node: PipelineNode, in folder: String, reachesOutside: Bool = false) {
    self.node = node
    let own = PipelinePath.folder(PipelinePath.joined(folder, node.file ?? ""))
    var root = own
    if reachesOutside {
      let steps = node.dependencies.map { path in
        PipelinePath.joined("", path).split(separator: "/").prefix { $0 == ".." }.count
      }
      for _ in 0..<(steps.max() ?? 0) where root != "/" { root = PipelinePath.folder(root) }
    }
    self.root = root
    below = PipelinePath.relative(own, to: root)
  }

  /// The node's file in it.
  package var file: String {
    PipelinePath.joined(below, PipelinePath.name(node.file ?? ""))
  }

  /// The patterns of the files in it; nil if one leads out of it.
  private var patterns: [ExchangePattern]? {
    if below.isEmpty { return ElyraLayout.archived(node) }
    let names = [PipelinePath.name(node.file ?? "")] + node.dependencies
    let patterns = names.compactMap { ExchangePattern($0, in: below) }
    return patterns.count == names.count ? patterns : nil
  }

  /// Its name.
  package var name: String { ElyraLayout.archiveName(file: node.file ?? "", id: node.id) }

  /// The files in it, relative to ``root``.
  ///
  /// - Parameter made: the outputs of earlier nodes, which need not exist yet.
  /// - Throws: ``TransferProblem`` if a dependency does not exist, or is outside of the folder.
  package func paths(made: [String] = []) throws(TransferProblem) -> [String] {
    guard let patterns else {
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
      guard !paths.isEmpty || isMade(pattern, made) else {
        throw TransferProblem(
          "node '\(node.label)' has the dependency '\(pattern)', and there is no such file in '\(root)'"
        )
      }
      found.formUnion(paths)
    }
    return found.sorted()
  }

  /// Whether an earlier node makes what a pattern selects.
  private func isMade(_ pattern: ExchangePattern, _ made: [String]) -> Bool {
    made.contains(pattern.description)
      || pattern.isPath
        && made.contains { ExchangePattern($0)?.selects(pattern.path) ?? false }
  }

  /// The absolute folder of the node's file.
  private var own: String { below.isEmpty ? root : "\(root)/\(below)" }

  private func inArchive(_ path: String) -> String { below.isEmpty ? path : "\(below)/\(path)" }

  /// The files in the folder itself.
  private var topFiles: [String] {
    FilePath.names(in: own).filter { FilePath.isFile("\(own)/\($0)") }.map(inArchive)
  }

  /// The files whose names a pattern matches, in any folder that is not hidden.
  private func below(_ pattern: ExchangePattern) -> [String] {
    var found: [String] = []
    let names = ExchangePattern(pattern.description)
    FilePath.forEachFile(below: own) { path in
      if names?.selects(PipelinePath.name(path)) ?? false {
        found.append(inArchive(String(path.dropFirst(own.count + 1))))
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
