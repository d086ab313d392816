public import JSONCore

/// The content of a `.pipeline` file: its nodes, their links, and the settings of the pipeline.
public struct Pipeline: Sendable {
  /// The id of the primary pipeline.
  public let id: String

  /// The name in the file; users know a pipeline by its file name.
  public let name: String?

  /// The pipeline's description.
  public let description: String?

  /// The format version of the file on disk.
  public let formatVersion: Int

  /// The format version as in the file.
  public let formatVersionText: String

  /// `KUBEFLOW_PIPELINES` or `APACHE_AIRFLOW`; nil for a pipeline that runs anywhere.
  public let runtimeType: String?

  /// All properties of the pipeline as in the file, including the defaults.
  public let properties: JSONObject

  /// The default properties of nodes, already applied to the nodes.
  public let defaults: JSONObject

  /// The parameters of the pipeline.
  public let parameters: [PipelineParameter]

  /// The primary pipeline and those of super nodes, in the order of the file.
  public let flows: [PipelineFlow]

  /// The index of the primary pipeline in ``flows``.
  public let primary: Int

  /// The nodes of the primary pipeline, in the order of the file.
  public var nodes: [PipelineNode] { flows[primary].nodes }

  /// The comments of the primary pipeline.
  public var comments: [PipelineComment] { flows[primary].comments }

  /// Every executable node of every flow, with super nodes replaced by their content, in the order
  /// of the file, and with ``PipelineNode/parents`` resolved.
  public let executableNodes: [PipelineNode]

  /// The faults of links and ids.
  let wiringFaults: [WiringFault]

  /// Reads the pipeline of a document.
  init(_ document: PipelineDocument) {
    let flows = document.root["pipelines"]?.array ?? []
    let flow = flows[document.primaryPlace]
    let data = flow["app_data"]
    properties = data?["properties"]?.object ?? [:]
    id = flow["id"]?.string ?? ""
    name = (properties["name"] ?? data?["name"] ?? data?["title"])?.string
    description = properties["description"]?.string
    formatVersion = document.version
    formatVersionText = document.versionText
    // Elyra treats an empty one, and its name for generic pipelines, as generic.
    runtimeType = data?["runtime_type"]?.string.flatMap {
      $0.isEmpty || $0.lowercased() == "generic" ? nil : $0
    }
    var defaults = properties["pipeline_defaults"]?.object ?? [:]
    if defaults["cos_object_prefix"] == nil, let prefix = properties["cos_object_prefix"] {
      defaults["cos_object_prefix"] = prefix  // The place in older versions.
    }
    self.defaults = defaults
    parameters = (properties["pipeline_parameters"]?.array ?? []).filter { !$0.isNull }
      .map(PipelineParameter.init)
    let read = flows.map { PipelineFlow($0, defaults: defaults) }
    primary = document.primaryPlace
    let wiring = Wiring(read, primary: primary)
    self.flows = wiring.flows
    executableNodes = wiring.nodes
    wiringFaults = wiring.faults
  }

  /// Elyra's name for a runtime type.
  static func runtimeName(_ type: String?) -> String {
    switch type {
    case "KUBEFLOW_PIPELINES"?: "Kubeflow Pipelines"
    case "APACHE_AIRFLOW"?: "Apache Airflow"
    case "ARGO"?: "Argo"
    case "LOCAL"?, ""?, nil: "Generic"
    case let other?: other.lowercased() == "generic" ? "Generic" : other
    }
  }

  /// Elyra's name for the pipeline's runtime, such as `Generic`.
  public var runtimeName: String { Pipeline.runtimeName(runtimeType) }
}

/// One of the pipelines in a file: the primary one, or the content of a super node.
public struct PipelineFlow: Sendable, Identifiable {
  /// Its id, to which super nodes refer.
  public let id: String

  /// Its nodes, in the order of the file.
  public internal(set) var nodes: [PipelineNode]

  /// Its comments.
  public let comments: [PipelineComment]

  /// Whether the file has a list of nodes for it.
  let hasNodes: Bool

  init(_ flow: JSONValue, defaults: JSONObject) {
    id = flow["id"]?.string ?? ""
    let nodes = flow["nodes"]?.array
    hasNodes = nodes != nil
    self.nodes = (nodes ?? []).map { PipelineNode($0, defaults: defaults) }
    comments = (flow["app_data"]?["ui_data"]?["comments"]?.array ?? []).map(PipelineComment.init)
  }
}

/// A note on the canvas.
public struct PipelineComment: Sendable, Identifiable {
  /// Its id.
  public let id: String

  /// Its text.
  public let text: String

  /// The ids of the nodes that it is attached to.
  public let nodes: [String]

  /// Its position on the canvas, in the editor's points.
  public let position: PipelinePoint?

  /// The comment as in the file.
  public let json: JSONObject

  init(_ value: JSONValue) {
    id = value["id"]?.string ?? ""
    text = value["content"]?.string ?? ""
    nodes = (value["associated_id_refs"]?.array ?? []).compactMap { $0["node_ref"]?.string }
    position = PipelinePoint(value)
    json = value.object ?? [:]
  }
}

/// A position on the canvas, in the editor's points, with y increasing downwards.
public struct PipelinePoint: Sendable, Hashable {
  /// The horizontal coordinate.
  public var x: Double

  /// The vertical coordinate.
  public var y: Double

  /// Creates a position.
  public init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }

  /// Reads the position of an object with `x_pos` and `y_pos`; nil if it has no finite one.
  init?(_ value: JSONValue?) {
    guard let x = value?["x_pos"]?.double, let y = value?["y_pos"]?.double,
      x.isFinite, y.isFinite, abs(x) < 1e7, abs(y) < 1e7
    else { return nil }
    self.init(x: x, y: y)
  }
}

/// A parameter of a pipeline.
public struct PipelineParameter: Sendable {
  /// Its name.
  public let name: String

  /// Its description.
  public let description: String?

  /// `String`, `Bool`, `Integer` or `Float`.
  public let type: String

  /// The default value; nil if there is none.
  public let defaultValue: JSONValue?

  /// Whether a value is required.
  public let isRequired: Bool

  init(_ value: JSONValue) {
    name = value["name"]?.string ?? ""
    description = value["description"]?.string
    type = value["default_value"]?["type"]?.string ?? "String"
    // With `nil` the compiler would use JSON's null.
    let values = [value["value"], value["default_value"]?["value"]].compactMap(\.self)
    defaultValue = values.first { !$0.isNull && $0 != "" }
    isRequired = value["required"]?.bool ?? false
  }
}
