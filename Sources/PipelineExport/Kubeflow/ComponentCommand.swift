import JSONCore

/// Writes a component's command for Kubeflow Pipelines: with its placeholders.
struct ComponentCommand {
  let definition: ComponentDefinition
  /// The label of the node, for errors.
  let label: String
  /// The names of outputs that are files, not values.
  let fileOutputs: Set<String>

  /// A list of elements.
  func texts(_ elements: [JSONValue]) throws(ExportProblem) -> [String] {
    var texts: [String] = []
    for element in elements {
      if let branch = decided(element) {
        texts += try self.texts(branch)
      } else {
        texts.append(try text(element))
      }
    }
    return texts
  }

  /// The elements of a condition that has been decided; nil for anything else.
  private func decided(_ element: JSONValue) -> [JSONValue]? {
    guard let value = element["if"] else { return nil }
    let isMet: Bool
    switch value["cond"] {
    case .bool(let flag)?: isMet = flag
    case .string(let text)?: isMet = text.string.lowercased() == "true"
    default: return nil
    }
    guard let branch = value[isMet ? "then" : "else"], !branch.isNull else { return [] }
    return branch.array ?? [branch]
  }

  /// An element as one argument.
  func text(_ element: JSONValue) throws(ExportProblem) -> String {
    let value = try part(element)
    return value.string ?? KubeflowPlaceholder.text(value)
  }

  /// An element as a text or structure.
  private func part(_ element: JSONValue) throws(ExportProblem) -> JSONValue {
    switch element {
    case .string: return element
    case .number(let number): return .init(number.text)
    case .bool(let flag): return .init(flag ? "true" : "false")
    default: break
    }
    guard let object = element.object, object.count == 1, let member = object.first else {
      throw problem("\(element) in its command")
    }
    let value = member.value
    switch member.key.string {
    case "inputValue": return .init(KubeflowPlaceholder.value(try input(value).key))
    case "inputPath": return .init("{{$.inputs.artifacts['\(try input(value).key)'].path}}")
    case "inputUri": return .init("{{$.inputs.artifacts['\(try input(value).key)'].uri}}")
    case "outputPath":
      let output = try output(value)
      return fileOutputs.contains(output.name)
        ? .init("{{$.outputs.artifacts['\(output.key)'].path}}")
        : .init("{{$.outputs.parameters['\(output.key)'].output_file}}")
    case "outputUri": return .init("{{$.outputs.artifacts['\(try output(value).key)'].uri}}")
    case "executorInput": return .init(KubeflowPlaceholder.executorInput)
    case "concat": return ["Concat": try parts(value)]
    case "if": return try condition(value)
    case let name: throw problem("'\(name)' in its command")
    }
  }

  private func parts(_ value: JSONValue) throws(ExportProblem) -> JSONValue {
    guard let elements = value.array else { return try part(value) }
    var parts: [JSONValue] = []
    for element in elements { parts.append(try part(element)) }
    return .array(parts)
  }

  private func condition(_ value: JSONValue) throws(ExportProblem) -> JSONValue {
    guard let then = value["then"] else { throw problem("a condition without 'then'") }
    guard let name = value["cond"]?["isPresent"] else {
      if let elements = decided(["if": value]) { return ["Concat": try parts(.array(elements))] }
      throw problem("a condition other than 'isPresent'")
    }
    var branch: JSONObject = [
      "InputName": .init(try input(name).key), "Then": try parts(then),
    ]
    if let otherwise = value["else"] { branch["Else"] = try parts(otherwise) }
    return ["IfPresent": .object(branch)]
  }

  private func input(_ value: JSONValue) throws(ExportProblem) -> ComponentDefinition.Port {
    let name = value.string ?? ""
    guard let port = definition.inputs.first(where: { $0.name == name }) else {
      throw problem("an input '\(name)' in its command, which is not among its inputs")
    }
    return port
  }

  private func output(_ value: JSONValue) throws(ExportProblem) -> ComponentDefinition.Port {
    let name = value.string ?? ""
    guard let port = definition.outputs.first(where: { $0.name == name }) else {
      throw problem("an output '\(name)' in its command, which is not among its outputs")
    }
    return port
  }

  private func problem(_ what: String) -> ExportProblem {
    ExportProblem(
      "the definition of the component of node '\(label)' has \(what), which cannot be exported to "
        + "Kubeflow Pipelines")
  }
}
