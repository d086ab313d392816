import JSONCore

extension PipelineDocument {
  /// Creates a pipeline without nodes, as Elyra's editor does.
  ///
  /// - Parameters:
  ///   - name: its name, usually that of its file.
  ///   - description: its description.
  ///   - runtimeImage: the default container image of nodes.
  public init(name: String, description: String? = nil, runtimeImage: String? = nil) {
    var properties: JSONObject = ["name": .init(name), "runtime": "Generic"]
    if let description { properties["description"] = .init(description) }
    if let runtimeImage {
      properties["pipeline_defaults"] = ["runtime_image": .init(runtimeImage)]
    }
    let value: JSONValue = [
      "doc_type": "pipeline", "version": "3.0",
      "json_schema":
        "http://api.dataplatform.ibm.com/schemas/common-pipeline/pipeline-flow/pipeline-flow-v3-schema.json",
      "id": "elyra-auto-generated-pipeline", "primary_pipeline": "primary",
      "pipelines": [
        [
          "id": "primary", "nodes": [],
          "app_data": [
            "ui_data": ["comments": []],
            "version": .init(PipelineDocument.currentVersion), "properties": .object(properties),
          ],
          "runtime_ref": "",
        ]
      ],
      "schemas": [],
    ]
    original = value.serialized(.pretty)
    version = PipelineDocument.currentVersion
    versionText = "\(PipelineDocument.currentVersion)"
    statesVersion = true
    primaryPlace = 0
    root = value.object ?? [:]
  }
}
