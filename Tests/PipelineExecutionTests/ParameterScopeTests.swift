import JSONCore
import Pipelines
import Testing

@testable import PipelineExecution

@Suite("Parameters of nodes")
struct ParameterScopeTests {
  /// Two nodes; the first one requests `year` and has its own variables.
  private func pipeline(default value: JSONValue? = nil, isRequired: Bool = false) throws
    -> Pipeline
  {
    var document = PipelineDocument(name: "p")
    let variable: JSONValue = ["env_var": "WHO", "value": "own"]
    let named: JSONValue = ["env_var": "year", "value": "1999"]
    try document.addNode(
      file: "a.py",
      properties: ["pipeline_parameters": ["year"], "env_vars": .array([variable, named])])
    try document.addNode(file: "b.py", properties: [:])
    var json = JSONValue.object(document.json)
    var declaration: JSONObject = ["name": "year", "required": .init(isRequired)]
    if let value { declaration["default_value"] = ["type": "Integer", "value": value] }
    try set(&json, declaration)
    return try PipelineDocument(json.serialized()).pipeline
  }

  private func set(_ json: inout JSONValue, _ declaration: JSONObject) throws {
    var root = try #require(json.object)
    var flows = try #require(root["pipelines"]?.array)
    var flow = try #require(flows[0].object)
    var data = try #require(flow["app_data"]?.object)
    var properties = try #require(data["properties"]?.object)
    properties["pipeline_parameters"] = [.object(declaration)]
    data["properties"] = .object(properties)
    flow["app_data"] = .object(data)
    flows[0] = .object(flow)
    root["pipelines"] = .array(flows)
    json = .object(root)
  }

  @Test("a requested parameter goes to its nodes; a parameter that no node requests goes to all")
  func values() throws {
    let pipeline = try pipeline(default: 2020)
    let nodes = pipeline.executableNodes
    let scope = ParameterScope(pipeline, given: ["mode": "fast"])
    #expect(scope.values(for: nodes[0]) == ["year": 2020, "mode": "fast"])
    #expect(scope.values(for: nodes[1]) == ["mode": "fast"])
    let given = ParameterScope(pipeline, given: ["year": 2024])
    #expect(given.values(for: nodes[0]) == ["year": 2024])
    #expect(given.values(for: nodes[1]) == [:])
  }

  @Test("given values take precedence over the node's variables, and those over defaults")
  func variables() throws {
    let pipeline = try pipeline(default: 2020)
    let node = pipeline.executableNodes[0]
    #expect(
      ParameterScope(pipeline, given: [:]).variables(of: node) == ["WHO": "own", "year": "1999"])
    #expect(
      ParameterScope(pipeline, given: ["year": 2024]).variables(of: node)
        == ["WHO": "own", "year": "2024"])
  }

  @Test("a node's environment is Lyre's with the node's variables")
  func environment() throws {
    let pipeline = try pipeline()
    let scope = ParameterScope(pipeline, given: [:])
    #expect(
      scope.environment(of: pipeline.executableNodes[0], base: ["WHO": "outside", "HOME": "/h"])
        == ["WHO": "own", "HOME": "/h", "year": "1999"])
  }

  @Test("a required parameter without a value is reported as missing")
  func missing() throws {
    let required = try pipeline(isRequired: true)
    #expect(ParameterScope.missing(in: required, given: [:]) == ["year"])
    #expect(ParameterScope.missing(in: required, given: ["year": 1]) == [])
    #expect(try ParameterScope.missing(in: pipeline(), given: [:]) == [])
    #expect(
      try ParameterScope.missing(in: pipeline(default: 1, isRequired: true), given: [:]) == [])
  }

  @Test(
    "values become text as in Kubeflow Pipelines",
    arguments: [
      ("a b", "a b"), (true, "True"), (false, "False"), (nil, ""), (7, "7"), (2.5, "2.5"),
      ([1, "x"], "[1,\"x\"]"),
    ] as [(JSONValue, String)])
  func text(value: JSONValue, text: String) {
    let shown = ParameterScope.text(value).filter { $0 != " " || text.contains(" ") }
    #expect(shown == text)
  }
}
