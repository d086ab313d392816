public import JSONCore

/// A node of a pipeline, with the pipeline's defaults applied.
public struct PipelineNode: Sendable, Identifiable {
  /// What a node does.
  public enum Kind: Sendable, Hashable {
    /// Runs a notebook.
    case notebook
    /// Runs a Python script.
    case pythonScript
    /// Runs an R script.
    case rScript
    /// Runs any other file, by its first line or as a program.
    case script
    /// Runs a component of a catalog, which needs the runtime that it was written for.
    case component
    /// Stands for the nodes of another pipeline of the file.
    case superNode(flow: String)
    /// Connects the nodes inside a super node with those outside.
    case binding
    /// Anything else: the type that the file gives.
    case unknown(String)
  }

  /// What others call it by in the file; empty where the file gives none.
  public let id: String

  /// What people call it: its own label, or the one of the canvas, or its file's name.
  public let label: String

  /// The type as the file has it, such as `execution_node`.
  public let type: String

  /// The operation as the file has it, such as `execute-notebook-node`; empty for super nodes.
  public let operation: String

  /// What it does.
  public let kind: Kind

  /// The notebook or script as the file names it, from the folder of the pipeline's file on.
  public let file: String?

  /// The variables that it gets, those of the pipeline included; those without a value are left
  /// out, as Elyra does.
  public let environment: [EnvironmentVariable]

  /// Names of variables that have no value in the file, or that a secret gives: a run on this
  /// machine takes them from its own environment.
  public let inheritedVariables: [String]

  /// The files that it needs, from the folder of its own file on; patterns among them.
  public let dependencies: [String]

  /// Whether dependencies are also looked for in the folders below.
  public let includesSubdirectories: Bool

  /// The files that it makes, from the folder of its own file on; patterns among them.
  public let outputs: [String]

  /// The container image for runs elsewhere; a local run has no use for it.
  public let runtimeImage: String?

  /// What it asks of a cluster.
  public let resources: NodeResources

  /// What it asks of Kubernetes.
  public let kubernetes: KubernetesProperties

  /// The parameters of the pipeline that it gets.
  public let pipelineParameters: [String]

  /// Whether results of earlier runs must not be used instead of running it; nil where it does not
  /// say.
  public let disablesCaching: Bool?

  /// The component of a catalog that it runs; nil for notebooks and scripts.
  public let component: PipelineComponent?

  /// Lyre's own properties.
  public let lyre: LyreProperties

  /// The nodes that must have ended before this one starts, in the order of the links, with super
  /// nodes and their bindings seen through; empty for nodes that are not executed themselves.
  public internal(set) var parents: [String] = []

  /// The links that come in, as they are in the file.
  public let links: [PipelineLink]

  /// Its ports.
  public let ports: [PipelinePort]

  /// Where it lies on the canvas.
  public let position: PipelinePoint?

  /// The properties of its component as they are in the file, without the pipeline's defaults.
  public let properties: JSONObject

  /// Its `app_data` as it is in the file.
  public let appData: JSONObject

  /// Whether it is one that runs: a notebook, a script or a component.
  public var isExecutable: Bool {
    switch kind {
    case .notebook, .pythonScript, .rScript, .script, .component: true
    case .superNode, .binding, .unknown: false
    }
  }

  /// Whether it runs a notebook or script, which every runtime can.
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

  /// The operations whose nodes name a file.
  static let fileOperations: Set<String> = [
    PipelineOperation.notebook, PipelineOperation.pythonScript, PipelineOperation.rScript,
    PipelineOperation.script,
  ]

  private static func kind(_ value: JSONValue, operation: String, file: String?) -> Kind {
    switch value["type"]?.string ?? "" {
    case "execution_node":
      guard fileOperations.contains(operation) else { return .component }
      // Elyra's button «Run as Pipeline» calls every file a notebook.
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

/// The operations of nodes that need no catalog.
public enum PipelineOperation {
  /// Runs a notebook.
  public static let notebook = "execute-notebook-node"

  /// Runs a Python script.
  public static let pythonScript = "execute-python-node"

  /// Runs an R script.
  public static let rScript = "execute-r-node"

  /// Runs any other file by its first line, or as a program; Lyre's own, which Elyra does not know.
  public static let script = "execute-script-node"

  /// The operation for a file, by its name's ending.
  public static func forFile(_ path: String) -> String {
    switch PipelinePath.suffix(path) {
    case "ipynb": notebook
    case "py": pythonScript
    case "r": rScript
    default: script
    }
  }
}

/// A port of a node, with the links that come in there.
public struct PipelinePort: Sendable {
  /// Its id, unique within the node.
  public let id: String

  /// Whether links come in here, and do not go out.
  public let isInput: Bool

  /// For a port of a super node: the binding inside that it is connected with.
  public let binding: String?

  /// The links that come in.
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

/// A link, which the file keeps at the node that it leads to.
public struct PipelineLink: Sendable, Hashable {
  /// Its id; empty where the file gives none.
  public let id: String

  /// The node that it comes from.
  public let node: String

  /// The port of that node; nil where the file gives none.
  public let port: String?

  init(_ value: JSONValue) {
    id = value["id"]?.string ?? ""
    node = value["node_id_ref"]?.string ?? ""
    port = value["port_id_ref"]?.string
  }
}
