public import JSONCore
public import Pipelines

/// Decides which parameters each node gets.
///
/// A parameter that nodes request by name goes to those nodes. One that no node requests, given on
/// the command line, goes to every node as a variable and into the notebooks that declare it.
public struct ParameterScope: Sendable {
  private let values: JSONObject
  private let given: JSONObject
  /// The names that some node requests.
  private let asked: Set<String>

  /// Creates the scope of a pipeline.
  ///
  /// - Parameters:
  ///   - pipeline: its declarations supply values for parameters that are not given.
  ///   - given: the given parameters.
  public init(_ pipeline: Pipeline, given: JSONObject) {
    asked = Set(pipeline.executableNodes.flatMap(\.pipelineParameters))
    var values = JSONObject()
    for parameter in pipeline.parameters where asked.contains(parameter.name) {
      if let value = parameter.defaultValue { values[parameter.name] = value }
    }
    for member in given { values[member.key.string] = member.value }
    self.values = values
    self.given = given
  }

  /// The required parameters that nodes request and that have no value.
  public static func missing(in pipeline: Pipeline, given: JSONObject) -> [String] {
    let asked = Set(pipeline.executableNodes.flatMap(\.pipelineParameters))
    return pipeline.parameters.filter {
      $0.isRequired && $0.defaultValue == nil && asked.contains($0.name) && given[$0.name] == nil
    }.map(\.name)
  }

  func values(for node: PipelineNode) -> JSONObject {
    var result = JSONObject()
    for member in values {
      let name = member.key.string
      if node.pipelineParameters.contains(name) || !asked.contains(name) {
        result[name] = member.value
      }
    }
    return result
  }

  /// The variables of a script or notebook, including its parameters.
  ///
  /// Values given for this run take precedence over the node's own variables, and those over the
  /// pipeline's defaults.
  func variables(for node: PipelineNode, own: [String: String]) -> [String: String] {
    var variables = own
    for member in values(for: node) {
      let name = member.key.string
      guard given[name] != nil || own[name] == nil else { continue }
      variables[name] = ParameterScope.text(member.value)
    }
    return variables
  }

  /// The variables that the pipeline and its parameters set for a node, with their values.
  func variables(of node: PipelineNode) -> [String: String] {
    var own: [String: String] = [:]
    // In Elyra the cluster sets a secret's variable, so it has no value here.
    let secrets = Set(node.kubernetes.secrets.compactMap { $0["env_var"]?.string })
    for variable in node.environment where !secrets.contains(variable.name) {
      own[variable.name] = variable.value
    }
    return variables(for: node, own: own)
  }

  /// All variables of a node except those that differ in every run.
  func environment(of node: PipelineNode, base: [String: String]) -> [String: String] {
    base.merging(variables(of: node)) { $1 }
  }

  /// The text of a value as a variable, as Kubeflow Pipelines passes it to Elyra's nodes.
  static func text(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): text.string
    case .bool(let flag): flag ? "True" : "False"
    case .null: ""
    default: String(decoding: value.serialized(), as: UTF8.self)
    }
  }
}
