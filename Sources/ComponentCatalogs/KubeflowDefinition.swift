import JSONCore
import Pipelines

/// The definition of a component for Kubeflow Pipelines, `component.yaml`, read by Elyra's rules
/// (`elyra/pipeline/kfp/kfp_component_parser.py`).
struct KubeflowDefinition {
  let name: String
  let description: String
  let inputs: [CatalogComponent.Input]
  let outputs: [CatalogComponent.Output]

  init(_ value: JSONValue) throws(CatalogProblem) {
    guard value.object != nil else {
      throw CatalogProblem(message: "expected an object, found \(value.kindName)")
    }
    guard let name = value["name"]?.string, !name.isEmpty else {
      throw CatalogProblem(message: "the component has no name")
    }
    guard value["implementation"]?.object != nil else {
      throw CatalogProblem(message: "the component has no implementation")
    }
    self.name = name
    description = (value["description"]?.string ?? "").split(whereSeparator: \.isWhitespace)
      .joined(separator: " ")
    let pathInputs = KubeflowDefinition.pathInputs(value["implementation"]?["container"])
    var inputs: [CatalogComponent.Input] = []
    for item in value["inputs"]?.array ?? [] {
      guard let name = item["name"]?.string else {
        throw CatalogProblem(message: "an input has no name")
      }
      inputs.append(
        KubeflowDefinition.input(item, name: name, isPath: pathInputs.contains(name)))
    }
    self.inputs = inputs
    var outputs: [CatalogComponent.Output] = []
    for item in value["outputs"]?.array ?? [] {
      guard let name = item["name"]?.string else {
        throw CatalogProblem(message: "an output has no name")
      }
      outputs.append(
        .init(
          name: "output_" + KubeflowDefinition.key(name), label: name,
          help: item["description"]?.string ?? ""))
    }
    self.outputs = outputs
  }

  private static func key(_ name: String) -> String {
    name.lowercased().replacing(" ", with: "_")
  }

  /// The inputs that the program gets as paths of files.
  private static func pathInputs(_ container: JSONValue?) -> Set<String> {
    let arguments = (container?["command"]?.array ?? []) + (container?["args"]?.array ?? [])
    return Set(arguments.compactMap { $0["inputPath"]?.string })
  }

  private static func input(_ item: JSONValue, name: String, isPath: Bool)
    -> CatalogComponent.Input
  {
    let type = item["type"]?.string ?? (item["type"]?.object?.first?.key.string ?? "String")
    let text = item["description"]?.string ?? ""
    let help = text.isEmpty ? "(type: \(type))" : "\(text) (type: \(type))"
    let lower = text.lowercased()
    let isCalledRequired =
      lower.contains("not optional")
      || lower.contains("required") && !lower.contains("not required")
        && !lower.contains("n't required")
    let isRequired = item["optional"]?.bool != true || isCalledRequired
    guard !isPath else {
      return .init(
        name: key(name), label: name, help: help, widgets: ["inputpath"], standard: nil,
        isRequired: isRequired)
    }
    let given: String =
      switch item["default"] {
      case .string(let text)?: text.string.replacing("\"", with: "'")
      case .number(let number)?: number.text
      case .bool(let flag)?: flag ? "True" : "False"
      default: ""
      }
    let (widget, standard) = value(of: type.lowercased(), given)
    return .init(
      name: key(name), label: name, help: help,
      widgets: [widget, "inputpath", "file", "parameter"], standard: standard,
      isRequired: isRequired)
  }

  /// The widget for a type, and the value of a new node.
  private static func value(of type: String, _ given: String) -> (String, JSONValue) {
    func has(_ words: String...) -> Bool { words.contains { type.contains($0) } }
    if has("dict") { return ("string", .init(given.isEmpty ? "{}" : given)) }
    if has("set", "list", "array", "arr") {
      return ("string", .init(given.isEmpty ? "[]" : given))
    }
    if has("str") { return ("string", .init(given)) }
    if has("int", "number") {
      return ("number", JSONNumber(text: given).map { .number($0) } ?? 0)
    }
    if has("float") {
      return ("number", JSONNumber(text: given).map { .number($0) } ?? .init(0.0))
    }
    if has("bool") { return ("boolean", .init(["True", "true"].contains(given))) }
    return ("string", .init(given))
  }
}
