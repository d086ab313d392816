package import Pipelines

/// The access that an export has to files, so that it does no I/O itself.
package protocol ExportFiles {
  /// The files of a node's archive, sorted by path.
  ///
  /// - Parameters:
  ///   - node: a node with a notebook or script.
  ///   - made: the outputs of earlier nodes, which need not exist yet.
  /// - Throws: ``ExportProblem`` if one does not exist, or cannot be read.
  func archive(of node: PipelineNode, made: [String]) throws(ExportProblem) -> [NodeArchive.Member]

  /// The node's file in its archive: its name, unless dependencies are outside of its folder.
  func fileInArchive(of node: PipelineNode) -> String

  /// The kernel and the language that a node's notebook names; nil if it names none.
  func kernel(of node: PipelineNode) -> (name: String?, language: String?)

  /// The text of a file that is the value of a component's input.
  ///
  /// - Parameter path: relative to the folder of the pipeline's file.
  /// - Throws: ``ExportProblem`` if it cannot be read.
  func text(_ path: String) throws(ExportProblem) -> String

  /// The text of the `component.yaml` that defines a node's component.
  ///
  /// - Throws: ``ExportProblem`` if it is not available.
  func definition(of node: PipelineNode) throws(ExportProblem) -> String
}

extension ExportFiles {
  package func fileInArchive(of node: PipelineNode) -> String {
    PipelinePath.name(node.file ?? "")
  }
}

/// A problem with a file that an export needs.
package struct ExportProblem: Error, CustomStringConvertible, Sendable, Hashable {
  /// The message.
  package let description: String

  /// Creates a problem.
  package init(_ description: String) { self.description = description }
}
