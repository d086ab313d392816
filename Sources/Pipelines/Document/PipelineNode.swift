public import JSONCore

/// A node of a pipeline, with the pipeline's defaults applied.
public struct PipelineNode: Sendable, Identifiable {
  /// The kind of a node.
  public enum Kind: Sendable, Hashable {
    /// Runs a notebook.
    case notebook
    /// Runs a Python script.
    case pythonScript
    /// Runs an R script.
    case rScript
    /// Runs any other file, with the interpreter in its first line or as a program.
    case script
    /// Runs a component of a catalog, which requires its own runtime.
    case component
    /// Represents the nodes of another pipeline in the file.
    case superNode(flow: String)
    /// Connects the nodes inside a super node with those outside.
    case binding
    /// Another type, as named in the file.
    case unknown(String)
  }

  /// The id by which the file refers to it; empty if it has none.
  public let id: String

  /// Its label: its own, or that of the canvas, or its file's name.
  public let label: String

  /// The type in the file, such as `execution_node`.
  public let type: String

  /// The operation in the file, such as `execute-notebook-node`; empty for super nodes.
  public let operation: String

  /// Its kind.
  public let kind: Kind

  /// The notebook or script as named in the file, relative to the folder of the pipeline's file.
  public let file: String?

  /// Its variables, including those of the pipeline; variables without a value are left out, as in
  /// Elyra.
  public let environment: [EnvironmentVariable]

  /// Names of variables without a value in the file, or set by a secret: a local run takes them
  /// from its own environment.
  public let inheritedVariables: [String]

  /// The files that it needs, relative to the folder of its own file; may include patterns.
  public let dependencies: [String]

  /// Whether dependencies are also looked for in subfolders.
  public let includesSubdirectories: Bool

  /// The files that it produces, relative to the folder of its own file; may include patterns.
  public let outputs: [String]

  /// The container image for remote runs; not used by local runs.
  public let runtimeImage: String?

  /// The resources that it requests from a cluster.
  public let resources: NodeResources

  /// Its settings for Kubernetes.
  public let kubernetes: KubernetesProperties

  /// The names of the pipeline parameters that it receives.
  public let pipelineParameters: [String]

  /// Whether results of earlier runs must not be used instead of running it; nil if unspecified.
  public let disablesCaching: Bool?

  /// Its component of a catalog; nil for notebooks and scripts.
  public let component: PipelineComponent?

  /// Lyre's own properties.
  public let lyre: LyreProperties

  /// The nodes that must end before this one starts, in the order of the links, with super nodes
  /// and their bindings resolved; empty for nodes that are not executable.
  public internal(set) var parents: [String] = []

  /// The incoming links as in the file.
  public let links: [PipelineLink]

  /// Its ports.
  public let ports: [PipelinePort]

  /// Its position on the canvas.
  public let position: PipelinePoint?

  /// The properties of its component as in the file, without the pipeline's defaults.
  public let properties: JSONObject

  /// Its `app_data` as in the file.
  public let appData: JSONObject

  /// Whether it is executable: a notebook, a script or a component.
  public var isExecutable: Bool {
    switch kind {
    case .notebook, .pythonScript, .rScript, .script, .component: true
    case .superNode, .binding, .unknown: false
    }
  }

  /// Whether it runs a notebook or script, which every runtime supports.
  public var isGeneric: Bool { isExecutable && kind != .component }

  init(_ value: JSONValue, defaults: JSONObject) {
    let data = value["app_data"]
    let own = data?["component_parameters"]?.object ?? [:]
    appData = data?.object ?? [:]
    properties = own
    id = value["id"]?.string ?? ""
    type = value["type"]?.string ?? ""
    operation = value["op"]?.string ?? ""
    let isFileOperation = PipelineNode.fileOperations.contains(operation)
    let file = isFileOperation ? NodeFields.text(own["filename"]) : nil
    self.file = file
    kind = PipelineNode.kind(value, operation: operation, file: file)
    label = PipelineNode.label(data, file: file, id: id)

    let fields = NodeFields(own: own, defaults: isFileOperation ? defaults : [:])
    environment = fields.environment
    inheritedVariables = fields.inheritedVariables
    dependencies = fields.texts("dependencies")
    includesSubdirectories = own["include_subdirectories"]?.bool ?? false
    outputs = fields.texts("outputs")
    runtimeImage =
      NodeFields.text(own["runtime_image"]) ?? NodeFields.text(defaults["runtime_image"])
    resources = NodeResources(own)
    kubernetes = KubernetesProperties(
      NodeFields(own: own, defaults: kind == .component || isFileOperation ? defaults : [:]))
    pipelineParameters = fields.texts("pipeline_parameters")
    disablesCaching = NodeFields.flag(
      own["disable_node_caching"] ?? defaults["disable_node_caching"])
    component =
      kind == .component
      ? PipelineComponent(data?["component_source"], operation: operation, own) : nil
    lyre = LyreProperties(data?["lyre"])
    ports = PipelinePort.all(of: value)
    links = ports.flatMap(\.links)
    position = PipelinePoint(data?["ui_data"])
  }

  /// The operations of nodes with a file.
  static let fileOperations: Set<String> = [
    PipelineOperation.notebook, PipelineOperation.pythonScript, PipelineOperation.rScript,
    PipelineOperation.script,
  ]

  private static func kind(_ value: JSONValue, operation: String, file: String?) -> Kind {
    switch value["type"]?.string ?? "" {
    case "execution_node":
      guard fileOperations.contains(operation) else { return .component }
      // Elyra's button «Run as Pipeline» treats every file as a notebook.
      switch (operation, file.map(PipelinePath.suffix) ?? "") {
      case (PipelineOperation.notebook, ""), (_, "ipynb"): return .notebook
      case (PipelineOperation.pythonScript, _), (PipelineOperation.notebook, "py"):
        return .pythonScript
      case (PipelineOperation.rScript, _), (PipelineOperation.notebook, "r"): return .rScript
      default: return .script
      }
    case "super_node":
      return .superNode(flow: value["subflow_ref"]?["pipeline_id_ref"]?.string ?? "")
    case "binding": return .binding
    case let other: return .unknown(other)
    }
  }

  private static func label(_ data: JSONValue?, file: String?, id: String) -> String {
    for label in [data?["label"], data?["ui_data"]?["label"]] {
      if let text = NodeFields.text(label) { return text }
    }
    return file.map(PipelinePath.name) ?? id
  }
}

/// The operations of nodes that do not need a catalog.
public enum PipelineOperation {
  /// Runs a notebook.
  public static let notebook = "execute-notebook-node"

  /// Runs a Python script.
  public static let pythonScript = "execute-python-node"

  /// Runs an R script.
  public static let rScript = "execute-r-node"

  /// Runs any other file with the interpreter in its first line, or as a program; unknown to Elyra.
  public static let script = "execute-script-node"

  /// The operation for a file, by its extension.
  public static func forFile(_ path: String) -> String {
    switch PipelinePath.suffix(path) {
    case "ipynb": notebook
    case "py": pythonScript
    case "r": rScript
    default: script
    }
  }
}

/// A port of a node, with its incoming links.
public struct PipelinePort: Sendable {
  /// Its id, unique within the node.
  public let id: String

  /// Whether it is for incoming links, not outgoing ones.
  public let isInput: Bool

  /// For a port of a super node: the id of the binding inside it.
  public let binding: String?

  /// The incoming links.
  public let links: [PipelineLink]

  static func all(of node: JSONValue) -> [PipelinePort] {
    func ports(_ name: String, isInput: Bool) -> [PipelinePort] {
      (node[name]?.array ?? []).map { port in
        PipelinePort(
          id: port["id"]?.string ?? "", isInput: isInput,
          binding: port["subflow_node_ref"]?.string,
          links: (port["links"]?.array ?? []).map(PipelineLink.init))
      }
    }
    return ports("inputs", isInput: true) + ports("outputs", isInput: false)
  }
}

/// A link, which the file stores in its target node.
public struct PipelineLink: Sendable, Hashable {
  /// Its id; empty if it has none.
  public let id: String

  /// The source node.
  public let node: String

  /// The port of the source node; nil if unspecified.
  public let port: String?

  init(_ value: JSONValue) {
    id = value["id"]?.string ?? ""
    node = value["node_id_ref"]?.string ?? ""
    port = value["port_id_ref"]?.string
  }
}
