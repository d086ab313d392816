import JSONCore
import KernelTesting
import RealKernels
import Testing

/// A pipeline of one component, which keeps no files in a bucket, and a configuration for a server of Kubeflow
/// Pipelines.
enum ComponentPipeline {
  /// Runs a test with a server of Kubeflow Pipelines whose containers are processes of this machine.
  static func with(_ body: (Lyre, KubeflowStub, TestServer) async throws -> Void) async throws {
    try await Lyre.with { lyre in
      let directory = lyre.directory.path
      let start: KubeflowStub.Starter = { _, command in
        try RunningCommand(
          command[0], Array(command.dropFirst()), environment: [:], directory: directory)
      }
      try await KubeflowStub.with(start) { stub, server in
        try write(lyre, server)
        try await body(lyre, stub, server)
      }
    }
  }

  /// Writes `p.pipeline`, and the configuration `team`.
  ///
  /// - Parameters:
  ///   - lyre: the test's folder.
  ///   - server: the server.
  ///   - more: further members of the configuration.
  static func write(_ lyre: Lyre, _ server: TestServer, _ more: JSONObject = [:]) throws {
    var metadata: JSONObject = [
      "runtime_type": "KUBEFLOW_PIPELINES", "api_endpoint": .init(server.url), "engine": "Argo",
      "auth_type": "NO_AUTHENTICATION", "cos_endpoint": "http://127.0.0.1:9",
      "cos_bucket": "bucket",
      "cos_auth_type": "USER_CREDENTIALS", "cos_username": "user", "cos_password": "s3cr3t-w0rd",
    ]
    for member in more { metadata[member.key.string] = member.value }
    let runtime: JSONValue = [
      "display_name": "Team", "schema_name": "kfp", "metadata": .object(metadata),
    ]
    try lyre.directory.write(runtime.serialized(), to: "meta/metadata/runtimes/team.json")
    try lyre.directory.write(
      "name: Hi\nimplementation: {container: {image: busybox:1, command: [/bin/true]}}\n",
      to: "hi.yaml")
    let node: JSONValue = [
      "id": "x", "type": "execution_node", "op": "local-file-catalog:1",
      "app_data": [
        "component_parameters": [:], "label": "Say hi", "ui_data": ["label": "Say hi"],
        "component_source":
          #"{"catalog_type": "local-file-catalog", "component_ref": {"path": "hi.yaml"}}"#,
      ],
    ]
    let rows: JSONValue = [
      "name": "rows", "default_value": ["type": "Integer", "value": 3], "required": false,
    ]
    let file: JSONValue = [
      "version": "3.0", "primary_pipeline": "p",
      "pipelines": [
        [
          "id": "p", "nodes": [node],
          "app_data": [
            "version": 8, "properties": ["name": "p", "pipeline_parameters": [rows]],
          ],
        ]
      ],
    ]
    try lyre.directory.write(file.serialized(), to: "p.pipeline")
  }
}
