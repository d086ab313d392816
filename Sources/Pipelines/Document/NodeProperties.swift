public import JSONCore

/// A variable in the environment of a node.
public struct EnvironmentVariable: Sendable, Hashable {
  /// Its name.
  public var name: String

  /// Its value.
  public var value: String

  /// Creates a variable.
  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

/// The resources that a node requests from a cluster; nil if unspecified.
public struct NodeResources: Sendable, Hashable {
  /// Requested cores.
  public let cpu: Double?

  /// Maximum cores.
  public let cpuLimit: Double?

  /// Accelerators.
  public let gpu: Double?

  /// The resource name of the accelerators, such as `nvidia.com/gpu`.
  public let gpuVendor: String?

  /// Requested memory, in gigabytes.
  public let memory: Double?

  /// Maximum memory, in gigabytes.
  public let memoryLimit: Double?

  init(_ properties: JSONObject) {
    func number(_ name: String) -> Double? {
      let value = properties[name]
      return value?.double ?? value?.string.flatMap { Double(PipelineText.trimmed($0)) }
    }
    cpu = number("cpu")
    cpuLimit = number("cpu_limit")
    gpu = number("gpu")
    gpuVendor = NodeFields.text(properties["gpu_vendor"])
    memory = number("memory")
    memoryLimit = number("memory_limit")
  }
}

/// A node's settings for Kubernetes: items as in the file, with the pipeline's defaults.
public struct KubernetesProperties: Sendable, Hashable {
  /// Secrets that set variables: `env_var`, `name` and `key`.
  public let secrets: [JSONObject]

  /// Volumes to mount: `path`, `pvc_name`, `sub_path` and `read_only`.
  public let volumes: [JSONObject]

  /// Annotations of the pod: `key` and `value`.
  public let annotations: [JSONObject]

  /// Labels of the pod: `key` and `value`.
  public let labels: [JSONObject]

  /// Tolerations: `key`, `operator`, `value` and `effect`.
  public let tolerations: [JSONObject]

  /// The size of the shared memory: `size` and `units`; empty if unspecified.
  public let sharedMemory: JSONObject

  init(_ fields: NodeFields) {
    secrets = fields.items("kubernetes_secrets", key: ["env_var"])
    volumes = fields.items("mounted_volumes", key: ["path"])
    annotations = fields.items("kubernetes_pod_annotations", key: ["key"])
    labels = fields.items("kubernetes_pod_labels", key: ["key"])
    tolerations = fields.items(
      "kubernetes_tolerations", key: ["key", "operator", "value", "effect"])
    let own = fields.own["kubernetes_shared_mem_size"]?.object ?? [:]
    sharedMemory =
      own["size"] != nil ? own : fields.defaults["kubernetes_shared_mem_size"]?.object ?? own
  }
}

/// Lyre's own properties of a node, in `lyre` of its `app_data`, which Elyra keeps and ignores.
public struct LyreProperties: Sendable, Hashable {
  /// The time limit of the node, in seconds; nil for no limit.
  public let timeout: Double?

  /// How often to retry it after a failure.
  public let retries: Int

  /// The delay before a retry, in seconds.
  public let retryDelay: Double

  /// Where it runs: `process`, `container` or `slurm`; nil if the run decides.
  public let place: String?

  /// Further options for Slurm, each as in an `#SBATCH` line.
  public let slurmOptions: [String]

  /// All members, including unknown ones.
  public let json: JSONObject

  init(_ value: JSONValue?) {
    json = value?.object ?? [:]
    timeout = LyreProperties.seconds(json["timeout"])
    retries = min(max(json["retries"]?.int ?? 0, 0), 1000)
    retryDelay = LyreProperties.seconds(json["retry_delay"]) ?? 0
    place = json["on"]?.string.flatMap { LyreProperties.places.contains($0) ? $0 : nil }
    slurmOptions = (json["slurm"]?.array ?? []).compactMap(\.string)
  }

  /// The places where a node can run.
  static let places = ["process", "container", "slurm"]

  /// The valid range of seconds: a clock cannot count many more.
  static let seconds = 0.0..<1e9

  private static func seconds(_ value: JSONValue?) -> Double? {
    guard let value = value?.double, value > 0, seconds.contains(value) else { return nil }
    return value
  }
}

/// Reads properties as leniently as Elyra does, falling back to the pipeline's defaults.
struct NodeFields {
  let own: JSONObject
  let defaults: JSONObject

  /// A text; nil for an empty one, and for the word that Elyra writes for none.
  static func text(_ value: JSONValue?) -> String? {
    guard let text = value?.string, !text.isEmpty, text != "None" else { return nil }
    return text
  }

  /// A flag, which may be written as a text.
  static func flag(_ value: JSONValue?) -> Bool? {
    value?.bool ?? value?.string.flatMap { ["true": true, "false": false][$0.lowercased()] }
  }

  /// A list of texts, trimmed and without empty ones.
  func texts(_ name: String) -> [String] {
    (own[name]?.array ?? []).compactMap { value in
      value.string.map(PipelineText.trimmed).flatMap { $0.isEmpty ? nil : $0 }
    }
  }

  /// Items of a list of objects: the node's own, then those of the pipeline that it does not
  /// override.
  ///
  /// - Parameters:
  ///   - name: the property.
  ///   - key: the members that identify an item; among several with the same key, the last one is
  ///     used.
  func items(_ name: String, key: [String]) -> [JSONObject] {
    func read(_ properties: JSONObject) -> [JSONObject] {
      (properties[name]?.array ?? []).compactMap { LegacyLists.item($0, of: name)?.object }
    }
    func identity(_ item: JSONObject) -> [String] { key.map { item[$0]?.string ?? "" } }
    var places: [[String]: Int] = [:]
    var result: [JSONObject] = []
    for item in read(defaults) + read(own) {
      if let place = places[identity(item)] {
        result[place] = item
      } else {
        places[identity(item)] = result.count
        result.append(item)
      }
    }
    return result
  }

  /// The variables; those without a name or a value are ignored.
  var environment: [EnvironmentVariable] {
    items("env_vars", key: ["env_var"]).compactMap { item in
      let name = PipelineText.trimmed(item["env_var"]?.string ?? "")
      let value: String =
        switch item["value"] {
        case .string(let text)?: text.string
        case .number(let number)?: number.text
        case .bool(let flag)?: flag ? "true" : "false"
        default: ""
        }
      return name.isEmpty || value.isEmpty ? nil : EnvironmentVariable(name: name, value: value)
    }
  }

  /// The variables that are named without a value.
  var inheritedVariables: [String] {
    let given = Set(environment.map(\.name))
    let named = items("env_vars", key: ["env_var"]) + items("kubernetes_secrets", key: ["env_var"])
    let names = Set(named.map { PipelineText.trimmed($0["env_var"]?.string ?? "") })
    let secrets = Set(
      items("kubernetes_secrets", key: ["env_var"]).compactMap { $0["env_var"]?.string })
    return names.filter { !$0.isEmpty && (!given.contains($0) || secrets.contains($0)) }.sorted()
  }
}
