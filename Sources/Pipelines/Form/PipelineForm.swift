public import JSONCore

/// The forms of the visual editor: all properties of nodes and of the pipeline, with Elyra's labels.
public enum PipelineForm {
  /// A group of fields.
  public struct Section: Sendable, Hashable {
    /// Its id.
    public var id: String
    /// Its title.
    public var label: String
    /// Its fields.
    public var fields: [FormField]

    /// The section as JSON.
    public var json: JSONObject {
      [
        "id": .init(id), "label": .init(label),
        "fields": .array(fields.map { .object($0.json) }),
      ]
    }
  }

  /// The properties of a node that runs a notebook or script.
  ///
  /// The field `label` is set with ``PipelineEdit/setLabel(_:_:)``, all others are in the node's
  /// `component_parameters`.
  public static let generic: [Section] = [
    Section(
      id: "inputs", label: "Inputs",
      fields: [label, filename, dependencies, subdirectories, pipelineParameters]),
    Section(id: "outputs", label: "Outputs", fields: [outputs]),
    Section(
      id: "environment", label: "Environment",
      fields: [variables(inherits: true), secrets(inherits: true)]),
    Section(
      id: "resources", label: "Container and Resources",
      fields: [image(inherits: true)] + resources + [sharedMemory(inherits: true)]),
    Section(id: "kubernetes", label: "Kubernetes", fields: kubernetes(inherits: true)),
  ]

  /// The properties that every node of a component has, besides those of the component.
  public static let component: [Section] = [
    Section(id: "component", label: "Component", fields: [label, caching(inherits: true)]),
    Section(
      id: "kubernetes", label: "Kubernetes",
      fields: [sharedMemory(inherits: true)] + kubernetes(inherits: true)),
  ]

  /// The properties of the pipeline.
  public static let pipeline: [Section] = [
    Section(
      id: "pipeline", label: "Pipeline",
      fields: [
        FormField(
          name: "name", label: "Pipeline Name", help: "The name of the pipeline's file.",
          kind: .text, isReadOnly: true),
        FormField(
          name: "runtime", label: "Pipeline Runtime",
          help: "The platform that the pipeline was created for. Generic pipelines run anywhere.",
          kind: .text, isReadOnly: true),
        FormField(
          name: "description", label: "Pipeline Description",
          help: "What the pipeline does, for everyone who uses it.", kind: .multiline,
          placeholder: "Pipeline Description"),
      ])
  ]

  /// The default properties of nodes.
  public static let defaults: [Section] = [
    Section(
      id: "storage", label: "Object Storage",
      fields: [
        FormField(
          name: "cos_object_prefix", label: "Object Storage path prefix",
          help: "The folder in the bucket for everything that notebooks and scripts store there.",
          kind: .text, placeholder: "project/subproject", isRemoteOnly: true)
      ]),
    Section(
      id: "node_defaults", label: "Node Defaults",
      fields: kubernetes(inherits: false) + [sharedMemory(inherits: false)]),
    Section(
      id: "generic_node_defaults", label: "Generic Node Defaults",
      fields: [image(inherits: false), variables(inherits: false), secrets(inherits: false)]),
    Section(
      id: "custom_node_defaults", label: "Custom Node Defaults",
      fields: [caching(inherits: false)]),
  ]

  /// The parameters of the pipeline, one row each.
  public static let parameters: [Section] = [
    Section(
      id: "parameters", label: "Pipeline Parameters",
      fields: [
        FormField(
          name: "pipeline_parameters", label: "Pipeline Parameters",
          help: "Values that are given when the pipeline is started. Each node that asks for a "
            + "parameter gets it as an environment variable, and in its notebook.",
          kind: .rows,
          columns: [
            .init(
              name: "name", label: "Parameter Name", placeholder: "param_1", isRequired: true),
            .init(name: "description", label: "Description"),
            .init(
              name: "type", label: "Type", kind: .choice,
              choices: ["String", "Integer", "Float", "Bool"]),
            .init(name: "default", label: "Default Value", placeholder: "default_val"),
            .init(name: "required", label: "Required", kind: .boolean),
          ])
      ])
  ]

  /// Lyre's own properties of nodes, in `lyre` of their `app_data`.
  public static let lyre: [Section] = [
    Section(
      id: "lyre", label: "Time Limit and Retries",
      fields: [
        FormField(
          name: "timeout", label: "Time Limit (seconds)",
          help: "The node is ended and fails if it runs longer. Empty: no limit.", kind: .number,
          placeholder: "no limit", minimum: 0),
        FormField(
          name: "retries", label: "Retries",
          help: "How often the node runs again after a failure.", kind: .integer,
          placeholder: "0", minimum: 0),
        FormField(
          name: "retry_delay", label: "Delay before a Retry (seconds)",
          help: "How long to wait after a failure before the node runs again.", kind: .number,
          placeholder: "0", minimum: 0),
      ])
  ]

  /// All forms as JSON: a list of sections for each.
  public static var json: JSONObject {
    func list(_ sections: [Section]) -> JSONValue { .array(sections.map { .object($0.json) }) }
    return [
      "generic": list(generic), "component": list(component), "pipeline": list(pipeline),
      "defaults": list(defaults), "parameters": list(parameters), "lyre": list(lyre),
    ]
  }

  /// A value of a form as the file has it; nil if the property is removed.
  ///
  /// As in Elyra's editor, an empty text removes the property. A number for an object with one
  /// member, such as the size of the shared memory, becomes that object.
  static func stored(_ value: JSONValue?, _ name: String) -> JSONValue? {
    guard let value, !value.isNull, value != "" else { return nil }
    guard name == "kubernetes_shared_mem_size" else { return value }
    let size = value.object.map { $0["size"] } ?? value
    guard let size, !size.isNull, size != "" else { return [:] }
    var object = value.object ?? [:]
    object["size"] = size
    if object["units"] == nil { object["units"] = "G" }
    return .object(object)
  }
}
