package import Pipelines

/// A pipeline for an engine that schedules by itself: its nodes as tasks, before they are written in
/// the engine's format.
package struct ExportPlan: Sendable {
  /// The name that users know the pipeline by.
  package let name: String
  /// Its name for engines: of lower-case letters, digits and dashes.
  package let engineName: String
  /// Its description, with the comments that are not attached to a node.
  package let documentation: String
  /// Its parameters.
  package let parameters: [PipelineParameter]
  /// The executable nodes, parents first, with super nodes replaced by their content.
  package let nodes: [ExportNode]
  /// The settings.
  package let settings: ExportSettings
  /// What the export cannot carry over, and what may surprise.
  package let findings: [Finding]

  /// The text that stands for the run's id in places, which `lyre node --set RUN=…` replaces.
  package static let run = "${RUN}"
}
