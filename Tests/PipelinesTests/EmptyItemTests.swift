import JSONCore
import Testing

@testable import Pipelines

@Suite("Items that are null")
struct EmptyItemTests {
  private func findings(_ bytes: [UInt8], for target: PipelineTarget = .local) -> [String] {
    PipelineValidation(for: target).findings(in: bytes, files: FakeFiles(hasAll: true))
      .map(\.description)
  }

  private func one(_ properties: JSONObject) -> [UInt8] {
    PipelineBuilder.file(nodes: [PipelineBuilder.node("a", properties: properties)])
  }

  @Test("are a warning in every list of a node", arguments: LegacyLists.allLists)
  func everyList(name: String) {
    let expected = [
      "warning: a: \(name): items 1, 2 are null and not used; `lyre pipeline migrate` removes them"
    ]
    for target in [PipelineTarget.local, .elyra, .cluster] {
      #expect(findings(one([JSONString(name): [nil, nil]]), for: target) == expected)
    }
  }

  @Test("are a warning in the lists of the pipeline")
  func lists() {
    let file = PipelineBuilder.file(
      nodes: [PipelineBuilder.node("a", properties: ["pipeline_parameters": ["n"]])],
      properties: [
        "name": "x", "pipeline_parameters": [nil, ["name": "n"]],
        "pipeline_defaults": ["env_vars": [["env_var": "A", "value": "b"], nil]],
      ], runtime: "KUBEFLOW_PIPELINES")
    #expect(
      findings(file) == [
        "warning: pipeline_parameters: item 1 is null and not used; "
          + "`lyre pipeline migrate` removes it",
        "warning: pipeline_defaults.env_vars: item 2 is null and not used; "
          + "`lyre pipeline migrate` removes it",
      ])
  }

  @Test("are not used, and are removed by a migration; the other items stay")
  func migration() throws {
    let lists: JSONObject = [
      "env_vars": [nil, ["env_var": "A", "value": "b"]], "dependencies": ["x.csv", nil],
    ]
    let file = PipelineBuilder.file(
      nodes: [PipelineBuilder.node("a", properties: lists)],
      properties: ["name": "x", "pipeline_defaults": ["mounted_volumes": [nil]]])
    var document = try PipelineDocument(file)
    #expect(document.serialized() == file)
    let node = try #require(document.pipeline.nodes.first)
    #expect(node.environment == [EnvironmentVariable(name: "A", value: "b")])
    #expect(node.dependencies == ["x.csv"])
    document.migrate()
    let migrated = try PipelineDocument(document.serialized())
    let properties = try #require(migrated.pipeline.nodes.first?.properties)
    #expect(properties["env_vars"] == [["env_var": "A", "value": "b"]])
    #expect(properties["dependencies"] == ["x.csv"])
    #expect(migrated.pipeline.defaults["mounted_volumes"] == [])
    #expect(findings(document.serialized()) == [])
  }

  @Test("other wrong items are told with the form of the file's version")
  func forms() throws {
    let text = String(decoding: one(["env_vars": [5]]), as: UTF8.self)
    #expect(
      findings(Array(text.utf8)) == [
        "error: a: env_vars: expected an object with env_var and value, found a number"
      ])
    let old = text.replacing("\"version\": 8", with: "\"version\": 7")
    #expect(
      findings(Array(old.utf8)).first
        == "error: a: env_vars: expected a text NAME=VALUE, found a number")
  }
}
