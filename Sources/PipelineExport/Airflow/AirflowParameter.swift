import Pipelines

/// Writes a parameter of a pipeline as one of a DAG.
struct AirflowParameter {
  let parameter: PipelineParameter

  /// The parameter with its type, default and description.
  var declaration: PythonValue {
    var arguments: [PythonValue.Argument] = []
    if !hasNoValue {
      arguments.append(.init(nil, PythonValue(ParameterValue.example(of: parameter))))
    }
    arguments.append(.init("type", .text(type)))
    if let text = parameter.description, !text.isEmpty {
      arguments.append(.init("description", .text(text)))
    }
    return .call("Param", arguments)
  }

  /// Whether each run must give a value.
  var hasNoValue: Bool { parameter.isRequired && ParameterValue.standard(of: parameter) == nil }

  private var type: String {
    switch parameter.type {
    case "Integer": "integer"
    case "Float": "number"
    case "Bool": "boolean"
    default: "string"
    }
  }

  /// The arguments of `lyre node` that pass it on, for Jinja.
  var arguments: [String] { ["--parameter", "\(parameter.name)=\(reference)"] }

  /// Its value, for Jinja.
  var reference: String {
    PythonName.isPlain(parameter.name)
      ? "{{ params.\(parameter.name) }}"
      : "{{ params[\(PythonText.line(parameter.name))] }}"
  }

  /// What may surprise.
  var finding: Finding? {
    guard !hasNoValue, ParameterValue.standard(of: parameter) == nil else { return nil }
    return Finding(
      .warning, .pipelineParameter,
      "parameter '\(parameter.name)' has no value, and Airflow needs one: runs get "
        + "\(ParameterValue.example(of: parameter)) unless they set another",
      remedy: "give it a default, or mark it as required")
  }
}
