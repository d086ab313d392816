import JSONCore

extension NodeDescription {
  /// The node as one of a pipeline.
  package var pipelineNode: PipelineNode {
    let value: JSONValue = [
      "id": .init(subject.node), "type": "execution_node", "op": .init(node.kind.operation),
      "app_data": [
        "label": .init(subject.name),
        "component_parameters": [
          "filename": .init(node.file),
          "pipeline_parameters": .array(node.pipelineParameters.map { .init($0) }),
        ],
      ],
    ]
    return PipelineNode(value, defaults: [:])
  }
}
