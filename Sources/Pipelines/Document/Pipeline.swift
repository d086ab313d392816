public import JSONCore

/// What a `.pipeline` file says: its nodes, how they are linked, and what holds for all of them.
public struct Pipeline: Sendable {
  /// The id of the primary pipeline.
  public let id: String

  /// The name that the file gives; users know a pipeline by the name of its file.
  public let name: String?

  /// What the pipeline is for.
  public let description: String?

  /// The version of the format that the file has on disk.
  public let formatVersion: Int

  /// `KUBEFLOW_PIPELINES` or `APACHE_AIRFLOW`; nil for a pipeline that runs anywhere.
  public let runtimeType: String?

  /// All properties of the pipeline as they are in the file, the defaults among them.
  public let properties: JSONObject

  /// The properties that nodes have unless they say otherwise; nodes hold them already.
  public let defaults: JSONObject

  /// The parameters that the pipeline takes.
  public let parameters: [PipelineParameter]

  /// The primary pipeline and those that super nodes stand for, in the order of the file.
  public let flows: [PipelineFlow]

  /// Which of ``flows`` is the primary one.
  public let primary: Int

  /// The nodes of the primary pipeline, in the order of the file.
  public var nodes: [PipelineNode] { flows[primary].nodes }

  /// The comments of the primary pipeline.
  public var comments: [PipelineComment] { flows[primary].comments }

  /// Every node of every flow that is to be executed, with super nodes replaced by what they stand
  /// for, in the order of the file, and with ``PipelineNode/parents`` resolved.
  public let executableNodes: [PipelineNode]

  /// What is wrong with the links and ids.
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
    runtimeType = data?["runtime_type"]?.string
    var defaults = properties["pipeline_defaults"]?.object ?? [:]
    if defaults["cos_object_prefix"] == nil, let prefix = properties["cos_object_prefix"] {
      defaults["cos_object_prefix"] = prefix  // Where older versions had it.
    }
    self.defaults = defaults
    parameters = (properties["pipeline_parameters"]?.array ?? []).map(PipelineParameter.init)
    let read = flows.map { PipelineFlow($0, defaults: defaults) }
    primary = document.primaryPlace
    let wiring = Wiring(read, primary: primary)
    self.flows = wiring.flows
    executableNodes = wiring.nodes
    wiringFaults = wiring.faults
  }

  /// What Elyra calls a runtime type.
  static func runtimeName(_ type: String?) -> String {
    switch type {
    case "KUBEFLOW_PIPELINES"?: "Kubeflow Pipelines"
    case "APACHE_AIRFLOW"?: "Apache Airflow"
    case "ARGO"?: "Argo"
    case "LOCAL"?, nil: "Generic"
    case let other?: other
    }
  }

  /// What the pipeline runs on, as Elyra calls it, such as `Generic`.
  public var runtimeName: String { Pipeline.runtimeName(runtimeType) }
}

/// One of the pipelines of a file: the primary one, or what a super node stands for.
public struct PipelineFlow: Sendable, Identifiable {
  /// Its id, which super nodes name.
  public let id: String

  /// Its nodes, in the order of the file.
  public internal(set) var nodes: [PipelineNode]

  /// Its comments.
  public let comments: [PipelineComment]

  /// Whether there is a list of nodes at all.
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

  /// The nodes that it is attached to.
  public let nodes: [String]

  /// Where it lies on the canvas, in the editor's points.
  public let position: PipelinePoint?

  /// The comment as it is in the file.
  public let json: JSONObject

  init(_ value: JSONValue) {
    id = value["id"]?.string ?? ""
    text = value["content"]?.string ?? ""
    nodes = (value["associated_id_refs"]?.array ?? []).compactMap { $0["node_ref"]?.string }
    position = PipelinePoint(value)
    json = value.object ?? [:]
  }
}

/// A place on the canvas, in the editor's points, y downwards.
public struct PipelinePoint: Sendable, Hashable {
  /// To the right.
  public var x: Double

  /// Downwards.
  public var y: Double

  /// A place.
  public init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }

  /// The place of something with `x_pos` and `y_pos`; nil where it has none that is finite.
  init?(_ value: JSONValue?) {
    guard let x = value?["x_pos"]?.double, let y = value?["y_pos"]?.double,
      x.isFinite, y.isFinite, abs(x) < 1e7, abs(y) < 1e7
    else { return nil }
    self.init(x: x, y: y)
  }
}

/// A parameter that a pipeline takes.
public struct PipelineParameter: Sendable {
  /// Its name.
  public let name: String

  /// What it is for.
  public let description: String?

  /// `String`, `Bool`, `Integer` or `Float`.
  public let type: String

  /// The value where none is given; nil when there is none.
  public let defaultValue: JSONValue?

  /// Whether a value must be given.
  public let isRequired: Bool

  init(_ value: JSONValue) {
    name = value["name"]?.string ?? ""
    description = value["description"]?.string
    type = value["default_value"]?["type"]?.string ?? "String"
    // With `nil` the compiler would take JSON's null.
    let values = [value["value"], value["default_value"]?["value"]].compactMap(\.self)
    defaultValue = values.first { !$0.isNull && $0 != "" }
    isRequired = value["required"]?.bool ?? false
  }
}
