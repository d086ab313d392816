/// What Kubeflow Pipelines shows of a node beside its log, by the names of the task's outputs.
package enum NodeArtifact: String, Sendable, CaseIterable {
  /// The executed notebook.
  case notebook
  /// The page of the executed notebook.
  case page = "notebook_html"
  /// The metrics that the node has written.
  case metrics
  /// What the node has written to be shown: Kubeflow's page knows the file by this name.
  case plots = "mlpipeline_ui_metadata"

  /// The type of the artifact, by which Kubeflow's page knows how to show it.
  package var schema: String {
    switch self {
    case .notebook, .plots: "system.Artifact"
    case .page: "system.HTML"
    case .metrics: "system.Metrics"
    }
  }

  /// Whether only notebooks have it.
  private var isOfNotebooks: Bool { self == .notebook || self == .page }

  /// What nodes of a kind have, in the order of the cases.
  package static func made(by kind: NodeDescription.Work.Kind) -> [NodeArtifact] {
    allCases.filter { kind == .notebook || !$0.isOfNotebooks }
  }
}
