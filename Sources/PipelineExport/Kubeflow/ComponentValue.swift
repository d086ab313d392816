import JSONCore
import Pipelines
import YAMLReading

/// Converts the value that a node gives to an input of its component.
struct ComponentValue {
  let plan: ExportPlan
  /// The label of the node, for errors.
  let label: String
  let input: ComponentDefinition.Port
  /// The contents of the files that are values, by the names of inputs.
  let texts: [String: String]

  /// The value of the task's input; nil if the component's default is used.
  ///
  /// - Parameter parameter: the input, which takes the type of a pipeline's parameter.
  func value(_ given: PipelineComponent.Input?, _ parameter: inout KubeflowParameter)
    throws(ExportProblem) -> JSONValue?
  {
    guard let given, !given.value.isNull, given.value != "" || given.widget == "string" else {
      return try missing(parameter)
    }
    if given.widget == "parameter" {
      let name = given.value.string ?? ""
      guard let source = plan.parameters.first(where: { $0.name == name }) else {
        throw problem("uses the pipeline's parameter '\(name)', which is not defined")
      }
      parameter.type = KubeflowParameter.type(ofPipeline: source.type)
      parameter.standard = nil
      return ["componentInputParameter": .init(name)]
    }
    if let text = texts[given.name] {
      return ["runtimeValue": ["constant": try converted(.init(text), to: parameter.type)]]
    }
    if given.value == "", input.standard != nil || input.isOptional { return Optional.none }
    if given.value == "", parameter.type != "STRING" { return try missing(parameter) }
    let value = try converted(given.value, to: parameter.type)
    return ["runtimeValue": ["constant": value]]
  }

  private func missing(_ parameter: KubeflowParameter) throws(ExportProblem) -> JSONValue? {
    guard !parameter.isOptional else { return Optional.none }
    throw problem("has no value, and the component has no default for it")
  }

  /// Checks an input that the component reads from a file, and that no node provides.
  func checkFile(_ given: PipelineComponent.Input?) throws(ExportProblem) {
    let isEmpty = given.map { $0.value.isNull || $0.value == "" } ?? true
    if isEmpty, input.isOptional { return }
    throw problem(
      isEmpty
        ? "is not connected to an output of another node"
        : "has a value, but the component reads it from a file, and Kubeflow Pipelines passes files "
          + "from other nodes only; connect it to an output")
  }

  /// A value as one of a type.
  func converted(_ value: JSONValue, to type: String) throws(ExportProblem) -> JSONValue {
    let converted: JSONValue? =
      switch type {
      case "NUMBER_INTEGER": ParameterValue.converted(value, to: "Integer")
      case "NUMBER_DOUBLE": ParameterValue.converted(value, to: "Float")
      case "BOOLEAN": ParameterValue.converted(value, to: "Bool")
      case "LIST": structure(value).flatMap { $0.array == nil ? Optional.none : $0 }
      case "STRUCT": structure(value).flatMap { $0.object == nil ? Optional.none : $0 }
      default: ParameterValue.converted(value, to: "String")
      }
    guard let converted else {
      throw problem("has a value that is not of its type \(input.type)")
    }
    return converted
  }

  /// A list or mapping, which may be written as a text in JSON or as Python writes it.
  private func structure(_ value: JSONValue) -> JSONValue? {
    guard let text = value.string else { return value }
    if let json = try? JSONValue(parsing: Array(text.utf8)) { return json }
    return (try? JSONValue(parsingYAML: text)) ?? Optional.none
  }

  private func problem(_ what: String) -> ExportProblem {
    ExportProblem("the input '\(input.name)' of node '\(label)' \(what)")
  }
}
