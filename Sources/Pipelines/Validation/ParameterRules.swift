import JSONCore

/// The rules for the parameters of a pipeline.
enum ParameterRules {
  static func check(_ pipeline: Pipeline, _ report: inout Report) {
    let property = "pipeline_parameters"
    if let value = pipeline.properties[property], value.array == nil, !value.isNull {
      report.error(
        .pipelineParameter, "expected a list, found \(value.kindName)",
        remedy:
          #"write [{"name": "NAME", "default_value": {"type": "String", "value": "…"}}]"#,
        property: property)
    }
    if !pipeline.parameters.isEmpty, pipeline.runtimeType == nil {
      report.refusedByElyra(
        .pipelineParameter,
        "a generic pipeline has parameters, which Elyra refuses",
        remedy: "Lyre passes them on; for Elyra make it a Kubeflow pipeline", property: property)
    }
    var names: Set<String> = []
    var used: Set<String> = []
    for node in pipeline.executableNodes {
      used.formUnion(node.pipelineParameters)
      for member in node.properties where member.value["widget"]?.string == "parameter" {
        if let name = member.value["value"]?.string { used.insert(name) }
      }
    }
    for parameter in pipeline.parameters {
      let name = parameter.name
      guard isIdentifier(name) else {
        report.error(
          .pipelineParameter,
          name.isEmpty ? "a parameter has no name" : "'\(name)' cannot be the name of a parameter",
          remedy: "use letters, digits and '_', but no Python keyword", property: property)
        continue
      }
      if !names.insert(name).inserted {
        report.error(
          .pipelineParameter, "parameter '\(name)' is defined twice", remedy: "rename one of them",
          property: property)
      }
      if parameter.isRequired, parameter.defaultValue == nil {
        report.add(
          Finding(
            [.local, .export].contains(report.target) ? .information : .error, .pipelineParameter,
            "the parameter '\(name)' must be given a value", remedy: "-p \(name) VALUE",
            property: property))
      }
      if !used.contains(name) {
        report.warning(
          .pipelineParameter, "no node uses the parameter '\(name)'",
          remedy: "select it in a node's properties", property: property)
      }
    }
    for node in pipeline.executableNodes {
      for name in node.pipelineParameters where !names.contains(name) {
        report.error(
          .pipelineParameter, "there is no parameter '\(name)'",
          remedy: "define it among the pipeline's parameters", node: node, property: property)
      }
    }
  }

  private static let keywords: Set<String> = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
  ]

  /// Whether a text is a Python identifier.
  private static func isIdentifier(_ name: String) -> Bool {
    guard let first = name.first, first.isLetter || first == "_" else { return false }
    return name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } && !keywords.contains(name)
  }
}
