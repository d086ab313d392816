import Pipelines

/// The files that a node may use by its declarations: its own, its dependencies, and the outputs of
/// the nodes before it.
struct DeclaredFiles: Sendable {
  /// The node.
  let node: PipelineNode
  /// The nodes before it, whose outputs it may use.
  let before: [PipelineNode]
  /// The folder that the pipeline's paths are relative to.
  let pipeline: String

  /// Creates the files of a node.
  ///
  /// - Parameters:
  ///   - node: the node.
  ///   - before: all nodes before it.
  ///   - pipeline: the folder that the pipeline's paths are relative to.
  init(_ node: PipelineNode, before: [PipelineNode], pipeline: String) {
    self.node = node
    self.before = before
    self.pipeline = pipeline
  }

  /// Creates the files of a node of a pipeline.
  init(_ node: PipelineNode, in graph: PipelineGraph, pipeline: String) {
    let place = graph.nodes.firstIndex { $0.id == node.id }
    let before = place.map { graph.ancestors(of: [$0]) } ?? []
    self.init(
      node, before: before.sorted().filter { $0 != place }.map { graph.nodes[$0] },
      pipeline: pipeline)
  }

  /// The absolute path of the node's file.
  var path: String { path(of: node) }

  /// The absolute folder of the node's file.
  var folder: String { PipelinePath.folder(path) }

  /// The absolute paths of files and folders, as far as they are there.
  func all() -> [String] {
    var files = [path]
    for pattern in node.dependencies {
      files += NodeFiles.matches(pattern, in: folder, isRecursive: node.includesSubdirectories)
    }
    for other in before {
      for pattern in other.outputs {
        files += NodeFiles.matches(pattern, in: PipelinePath.folder(path(of: other)))
      }
    }
    return files
  }

  /// A file that is not in the folder that names in a storage are relative to.
  struct Outside: Error, CustomStringConvertible {
    /// What is wrong, and what to do.
    var description: String
  }

  /// The paths of files and folders from a folder, as far as they are there.
  ///
  /// - Parameter root: the absolute path of the folder.
  /// - Throws: ``Outside`` for one that is elsewhere.
  func paths(in root: String) throws(Outside) -> [String] {
    try all().map { (file) throws(Outside) in
      guard root == "/" || file.hasPrefix(root + "/") else {
        throw Outside(
          description: "'\(file)' is outside of the project's folder '\(root)', so the node does "
            + "not get it; name the folder around both with --root")
      }
      return PipelinePath.relative(file, to: root)
    }
  }

  private func path(of node: PipelineNode) -> String {
    PipelinePath.joined(pipeline, node.file ?? "")
  }
}
