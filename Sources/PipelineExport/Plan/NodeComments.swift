import Pipelines

/// The comments of a pipeline as documentation.
struct NodeComments {
  /// The text for each node with comments, by its id.
  private(set) var nodes: [String: String] = [:]
  /// The pipeline's description, and the comments that are not attached to a node with a task.
  private(set) var pipeline: String

  init(_ pipeline: Pipeline, _ graph: PipelineGraph) {
    var texts = [pipeline.description ?? ""]
    let flows = [pipeline.primary] + pipeline.flows.indices.filter { $0 != pipeline.primary }
    for comment in flows.flatMap({ pipeline.flows[$0].comments }) where !comment.text.isEmpty {
      let targets = comment.nodes.filter { graph.place(of: $0) != nil }
      if targets.isEmpty { texts.append(comment.text) }
      for id in targets {
        nodes[id] = nodes[id].map { "\($0)\n\n\(comment.text)" } ?? comment.text
      }
    }
    self.pipeline = texts.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }
}
