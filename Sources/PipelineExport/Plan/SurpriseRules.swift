import JSONCore
import Pipelines

/// What may surprise in an exported pipeline, whichever engine runs it.
enum SurpriseRules {
  static func findings(_ pipeline: Pipeline, _ graph: PipelineGraph) -> [Finding] {
    var findings: [Finding] = []
    var notebooks: [String: PipelineNode] = [:]
    for node in graph.nodes {
      for name in ["on", "slurm"] where node.lyre.json[name] != nil {
        findings.append(
          Finding(
            .warning, .lyreProperty, "is for runs by Lyre; the engine decides where nodes run",
            node: node, property: "lyre.\(name)"))
      }
      guard node.kind == .notebook, let file = node.file else { continue }
      let name = PipelinePath.name(file)
      if let other = notebooks[name] {
        findings.append(
          Finding(
            .warning, .duplicateOutput,
            "its executed notebook replaces that of '\(other.label)' among the files of the run, "
              + "because both are named \(name)",
            remedy: "the results of each node have their own copy; rename one file to keep both "
              + "where Elyra keeps them", node: node, property: "filename"))
      }
      notebooks[name] = node
    }
    return findings
  }
}
