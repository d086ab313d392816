import JSONCore
import Pipelines
import YAMLReading

/// A component's definition, `component.yaml` of version 1: an image, its command, inputs and outputs.
struct ComponentDefinition {
  /// An input or output.
  struct Port {
    /// Its name in the definition.
    var name: String
    /// Its type in the definition; empty if it has none.
    var type: String
    /// The default, as the definition has it.
    var standard: JSONValue?
    var isOptional: Bool
    var description: String

    /// Its name in a node's `component_parameters`, by Elyra's rule.
    var property: String { name.lowercased().replacing(" ", with: "_") }

    /// Its name for Kubeflow Pipelines, by the rule of its own compiler.
    var key: String {
      var key = ""
      for scalar in name.lowercased().unicodeScalars {
        let isPlain = ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "_"
        if isPlain {
          key.unicodeScalars.append(scalar)
        } else if !key.hasSuffix("_") {
          key.append("_")
        }
      }
      while key.hasSuffix("_") { key.removeLast() }
      return String(key.drop { $0 == "_" })
    }

    /// The type of a parameter; nil for files.
    var parameterType: String? {
      switch type.lowercased().prefix(while: { $0 != "[" }) {
      case "string", "str", "text": "STRING"
      case "integer", "int": "NUMBER_INTEGER"
      case "double", "float", "number": "NUMBER_DOUBLE"
      case "bool", "boolean": "BOOLEAN"
      case "list", "jsonarray": "LIST"
      case "dict", "jsonobject": "STRUCT"
      default: nil
      }
    }

    /// The type of a file.
    var artifactType: JSONValue {
      let known = [
        "model": "Model", "dataset": "Dataset", "metrics": "Metrics", "html": "HTML",
        "classificationmetrics": "ClassificationMetrics", "markdown": "Markdown",
        "slicedclassificationmetrics": "SlicedClassificationMetrics",
      ]
      let name = known[type.lowercased()] ?? "Artifact"
      return ["schemaTitle": .init("system.\(name)"), "schemaVersion": "0.0.1"]
    }
  }

  let name: String
  let inputs: [Port]
  let outputs: [Port]
  let image: String
  let command: [JSONValue]
  let arguments: [JSONValue]
  let environment: JSONObject
  /// Inputs that the program gets as paths of files.
  private(set) var pathInputs: Set<String> = []
  /// Inputs that it gets as values.
  private(set) var valueInputs: Set<String> = []

  /// Reads a definition.
  ///
  /// - Parameters:
  ///   - text: the YAML.
  ///   - label: the label of a node of this component, for errors.
  init(_ text: String, of label: String) throws(ExportProblem) {
    func problem(_ message: String) -> ExportProblem {
      ExportProblem("the definition of the component of node '\(label)' \(message)")
    }
    let value: JSONValue
    do throws(YAMLError) {
      value = try JSONValue(parsingYAML: text) ?? .null
    } catch {
      throw problem("is not YAML: \(error)")
    }
    if value["deploymentSpec"] != nil {
      throw problem(
        "is a compiled pipeline of Kubeflow Pipelines; use the component.yaml that it was made of")
    }
    guard let container = value["implementation"]?["container"] else {
      throw problem("has no implementation.container; components of other kinds have no image")
    }
    guard let image = container["image"]?.string, !image.isEmpty else {
      throw problem("has no implementation.container.image")
    }
    name = value["name"]?.string ?? ""
    self.image = image
    func ports(_ name: String) throws(ExportProblem) -> [Port] {
      var ports: [Port] = []
      for item in value[name]?.array ?? [] {
        guard let port = item["name"]?.string, !port.isEmpty else {
          throw problem("has \(name) without a name")
        }
        let type = item["type"]?.string ?? item["type"]?.object?.first?.key.string ?? ""
        ports.append(
          Port(
            name: port, type: type, standard: item["default"],
            isOptional: item["optional"]?.bool ?? false,
            description: item["description"]?.string ?? ""))
      }
      return ports
    }
    inputs = try ports("inputs")
    outputs = try ports("outputs")
    command = container["command"]?.array ?? []
    arguments = container["args"]?.array ?? []
    environment = container["env"]?.object ?? [:]
    for element in command + arguments + environment.map(\.value) { find(element) }
  }

  /// Finds the inputs in a part of the command.
  private mutating func find(_ element: JSONValue) {
    for element in element.array ?? [] { find(element) }
    for member in element.object ?? [:] {
      switch (member.key.string, member.value.string) {
      case ("inputPath", let name?), ("inputUri", let name?): pathInputs.insert(name)
      case ("inputValue", let name?): valueInputs.insert(name)
      default: find(member.value)
      }
    }
  }
}
