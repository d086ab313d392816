public import JSONCore

/// A component of a catalog, from which nodes can be made.
public struct CatalogComponent: Sendable, Hashable {
  /// A value that the component takes.
  public struct Input: Sendable, Hashable {
    /// Its name in the node's `component_parameters`.
    public var name: String
    /// Its name for people.
    public var label: String
    /// Its meaning, with its type.
    public var help: String
    /// The kinds of values in `widget`: `string`, `number`, `boolean`, and `inputpath`, `file` or
    /// `parameter`; the first one is that of a new node.
    public var widgets: [String]
    /// The value of a new node; nil for none.
    public var standard: JSONValue?
    /// Whether it must have a value.
    public var isRequired: Bool

    /// Creates an input.
    public init(
      name: String, label: String, help: String, widgets: [String], standard: JSONValue?,
      isRequired: Bool
    ) {
      self.name = name
      self.label = label
      self.help = help
      self.widgets = widgets
      self.standard = standard
      self.isRequired = isRequired
    }
  }

  /// A value that the component passes on to later nodes.
  public struct Output: Sendable, Hashable {
    /// Its name in the node's `component_parameters`, such as `output_data`.
    public var name: String
    /// Its name for people.
    public var label: String
    /// Its meaning.
    public var help: String

    /// Creates an output.
    public init(name: String, label: String, help: String) {
      self.name = name
      self.label = label
      self.help = help
    }
  }

  /// Its id, which is the operation of its nodes: `<kind of catalog>:<hash>`.
  public var id: String

  /// Its name.
  public var name: String

  /// Its description; empty if it has none.
  public var description: String

  /// The name of the catalog for people.
  public var catalog: String

  /// The kind of catalog, such as `local-file-catalog`.
  public var catalogType: String

  /// How the catalog finds it, such as `base_dir` and `path`.
  public var reference: JSONObject

  /// The runtime that it was written for, such as `KUBEFLOW_PIPELINES`.
  public var runtimeType: String

  /// The groups of the palette that show it.
  public var categories: [String]

  /// Its inputs.
  public var inputs: [Input]

  /// Its outputs.
  public var outputs: [Output]

  /// Creates a component.
  public init(
    id: String, name: String, description: String, catalog: String, catalogType: String,
    reference: JSONObject, runtimeType: String, categories: [String] = [], inputs: [Input],
    outputs: [Output]
  ) {
    self.id = id
    self.name = name
    self.description = description
    self.catalog = catalog
    self.catalogType = catalogType
    self.reference = reference
    self.runtimeType = runtimeType
    self.categories = categories
    self.inputs = inputs
    self.outputs = outputs
  }

  /// The fields of its own properties.
  public var fields: [FormField] {
    inputs.map { input in
      let kind: FormField.Kind =
        switch input.widgets.first {
        case "number"?: .number
        case "boolean"?: .boolean
        case "file"?: .file
        default: .text
        }
      return FormField(
        name: input.name, label: input.label, help: input.help, kind: kind,
        isRequired: input.isRequired, widgets: input.widgets)
    }
  }

  /// The component as JSON.
  public var json: JSONObject {
    [
      "id": .init(id), "name": .init(name), "description": .init(description),
      "catalog": .init(catalog), "runtime": .init(runtimeType),
      "categories": .array(categories.map { .init($0) }),
      "inputs": .array(
        inputs.map {
          [
            "name": .init($0.name), "label": .init($0.label),
            "widgets": .array($0.widgets.map { .init($0) }), "default": $0.standard ?? .null,
            "required": .init($0.isRequired),
          ]
        }),
      "outputs": .array(
        outputs.map { ["name": .init($0.name), "label": .init($0.label), "help": .init($0.help)] }),
      "properties": .array(fields.map { .object($0.json) }),
    ]
  }

  /// The properties of a new node, as Elyra's editor creates them.
  var parameters: JSONObject {
    var parameters: JSONObject = [:]
    for input in inputs {
      guard let standard = input.standard, let widget = input.widgets.first,
        widget != "inputpath"
      else { continue }
      parameters[input.name] = ["widget": .init(widget), "value": standard]
    }
    for output in outputs { parameters[output.name] = "" }
    for name in ["kubernetes_pod_annotations", "kubernetes_pod_labels"] { parameters[name] = [] }
    parameters["kubernetes_shared_mem_size"] = [:]
    for name in ["kubernetes_tolerations", "mounted_volumes"] { parameters[name] = [] }
    return parameters
  }

  /// Where it comes from, as nodes have it in `component_source`: JSON as Python writes it.
  var source: String {
    let value: JSONValue = [
      "catalog_type": .init(catalogType), "component_ref": .object(reference),
    ]
    let style = JSONStyle(itemSeparator: ", ", keySeparator: ": ", escapesNonASCII: true)
    return String(decoding: value.serialized(style), as: UTF8.self)
  }
}

extension PipelineDocument {
  /// Adds a node for a component of a catalog.
  ///
  /// - Parameters:
  ///   - component: the component.
  ///   - id: the node's id; by default a new one.
  ///   - label: its label; by default the component's name.
  ///   - flow: the id of the flow that gets the node; by default the primary one.
  ///   - position: its position on the canvas; by default beside the last node.
  ///   - properties: more properties, or other values.
  /// - Returns: the node's id.
  /// - Throws: ``PipelineError`` when the id is in use, or there is no such flow.
  @discardableResult
  public mutating func addNode(
    component: CatalogComponent, id: String? = nil, label: String? = nil, in flow: String? = nil,
    at position: PipelinePoint? = nil, properties: JSONObject = [:]
  ) throws(PipelineError) -> String {
    var parameters = component.parameters
    for member in properties { parameters[member.key.string] = member.value }
    let image: String? =
      switch component.runtimeType {
      case "KUBEFLOW_PIPELINES": "/static/elyra/kubeflow.svg"
      case "APACHE_AIRFLOW": "/static/elyra/airflow.svg"
      default: nil
      }
    return try addNode(
      NodeTemplate(
        id: id ?? PipelineID.new(), operation: component.id, parameters: parameters, label: label,
        name: component.name, image: image, description: component.description,
        source: component.source),
      in: flow, at: position)
  }
}
