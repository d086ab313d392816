import JSONCore
import KernelTesting
import RealKernels

extension AirflowStub {
  /// A pipeline of two operators, which keep no files in a bucket.
  static func operators(_ lyre: Lyre, parameters: [JSONValue] = []) throws {
    func node(_ id: String, _ parents: [String]) -> JSONValue {
      [
        "id": .init(id), "type": "execution_node", "op": "x:1:BashOperator",
        "app_data": [
          "component_parameters": ["bash_command": ["widget": "string", "value": "true"]],
          "label": .init(id), "ui_data": ["label": .init(id)],
          "component_source": #"{"catalog_type":"airflow-package-catalog","component_ref":{}}"#,
        ],
        "inputs": [
          [
            "id": "inPort",
            "links": .array(
              parents.map {
                ["id": .init("l\(id)"), "node_id_ref": .init($0), "port_id_ref": "outPort"]
              }),
          ]
        ], "outputs": [["id": "outPort"]],
      ]
    }
    try lyre.directory.write(
      JSONValue.object([
        "doc_type": "pipeline", "version": "3.0", "id": "p", "primary_pipeline": "primary",
        "pipelines": [
          [
            "id": "primary", "nodes": [node("load", []), node("train", ["load"])],
            "runtime_ref": "",
            "app_data": [
              "version": 8,
              "properties": ["name": "p", "pipeline_parameters": .array(parameters)],
            ],
          ]
        ], "schemas": [],
      ]).serialized(), to: "p.pipeline")
  }

  /// Runs a command of `lyre pipeline` with the configuration.
  static func run(_ lyre: Lyre, _ arguments: [String], password: String = "lovelace") async throws
    -> Lyre.Outcome
  {
    try await lyre.run(
      ["pipeline"] + arguments,
      environment: [
        "ELYRA_METADATA_PATH": lyre.directory.path("meta"), "AIRFLOW_PASSWORD": password,
        "GIT_TOKEN": "secret-of-git",
      ])
  }
}
