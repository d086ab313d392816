package import Pipelines

/// A node of an exported pipeline, with everything that its task needs.
package struct ExportNode: Sendable {
  /// The node of the pipeline.
  package var node: PipelineNode
  /// The name of its task: unique, of lower-case letters, digits and dashes, and at most 63 long.
  package var task: String
  /// The places of its parents in ``ExportPlan/nodes``, in ascending order.
  package var parents: [Int]
  /// What it runs.
  package var work: Work
  /// Its settings for the pod.
  package var pod: PodSettings
  /// The comments that are attached to it.
  package var documentation: String
  /// Whether results of earlier runs may be used; nil if the pipeline does not say.
  package var usesCache: Bool?

  /// What a node runs.
  package enum Work: Sendable {
    /// A notebook or script in an image.
    case file(FileWork)
    /// A component of a catalog.
    case component(ComponentWork)
  }

  /// A component of a catalog.
  package struct ComponentWork: Sendable {
    /// The component with the values of its inputs.
    package var component: PipelineComponent
    /// The text of its definition, `component.yaml`.
    package var definition: String
    /// The contents of the files that are values of inputs, by the names of the inputs.
    package var texts: [String: String]
  }

  /// A notebook or script in an image, run by `lyre node`.
  package struct FileWork: Sendable {
    /// The image.
    package var image: String
    /// The description for `lyre node`, with `${RUN}` in its places.
    package var description: NodeDescription
    /// The archive of its files, at ``ExportPlan/archiveKey(_:)``.
    package var archive: NodeArchive
    /// The parameters of the pipeline that it gets, in the pipeline's order.
    package var parameters: [PipelineParameter]
  }

  /// The node's id.
  package var id: String { node.id }
  /// The node's label.
  package var label: String { node.label }
  /// How often it runs again after a failure.
  package var retries: Int { node.lyre.retries }
  /// The delay before it runs again, in seconds.
  package var retryDelay: Double { node.lyre.retryDelay }
  /// The time limit, in seconds; nil for none.
  package var timeout: Double? { node.lyre.timeout }
}
