import JSONCore
import Pipelines

/// A parameter of a pipeline or component, as Kubeflow Pipelines describes it.
struct KubeflowParameter {
  /// `STRING`, `NUMBER_INTEGER`, `NUMBER_DOUBLE`, `BOOLEAN`, `LIST` or `STRUCT`.
  var type: String
  var standard: JSONValue?
  var isOptional: Bool
  var description = ""

  init(type: String, standard: JSONValue? = nil, isOptional: Bool = false) {
    self.type = type
    self.standard = standard
    self.isOptional = isOptional
  }

  /// A parameter of the pipeline.
  init(_ parameter: PipelineParameter) {
    type = KubeflowParameter.type(ofPipeline: parameter.type)
    standard = ParameterValue.standard(of: parameter)
    isOptional = standard != nil || !parameter.isRequired
    description = parameter.description ?? ""
  }

  static func type(ofPipeline type: String) -> String {
    switch type {
    case "Integer": "NUMBER_INTEGER"
    case "Float": "NUMBER_DOUBLE"
    case "Bool": "BOOLEAN"
    default: "STRING"
    }
  }

  /// Its definition.
  var definition: JSONValue {
    var object: JSONObject = ["parameterType": .init(type)]
    if let standard { object["defaultValue"] = standard }
    if isOptional { object["isOptional"] = true }
    if !description.isEmpty { object["description"] = .init(description) }
    return .object(object)
  }
}

/// Texts that the engine replaces with values when a task runs.
enum KubeflowPlaceholder {
  /// Everything that a task gets, and where it leaves its artifacts.
  static let executorInput = "{{$}}"

  /// The value of an input.
  static func value(_ input: String) -> String { "{{$.inputs.parameters['\(input)']}}" }

  /// Arguments that are there if an input has a value.
  static func arguments(_ arguments: [String], ifPresent input: String) -> String {
    text(["IfPresent": ["InputName": .init(input), "Then": .texts(arguments)]])
  }

  /// A structure in the spelling that the engine recognizes.
  static func text(_ structure: JSONValue) -> String {
    let style = JSONStyle(itemSeparator: ", ", keySeparator: ": ")
    return String(decoding: structure.serialized(style), as: UTF8.self)
  }
}
