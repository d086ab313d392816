import JSONCore
import Pipelines

extension PodSettings {
  /// The settings of a node.
  ///
  /// - Parameters:
  ///   - node: the node.
  ///   - settings: those of the export, for images and credentials.
  ///   - pipeline: the name of the pipeline.
  init(_ node: PipelineNode, settings: ExportSettings, pipeline: String) {
    self.init()
    let kubernetes = node.kubernetes
    secrets = kubernetes.secrets.compactMap { item in
      guard let variable = item.filled("env_var"), let name = item.filled("name"),
        let key = item.filled("key")
      else { return nil }
      return Secret(variable: variable, name: name, key: key)
    }
    let hidden = Set(secrets.map(\.variable))
    environment = node.environment.filter { !hidden.contains($0.name) }
    volumes = kubernetes.volumes.compactMap { item in
      guard let path = item.filled("path"), let claim = item.filled("pvc_name") else { return nil }
      return Volume(
        path: path.hasPrefix("/") ? path : "/\(path)", claim: claim,
        subPath: item.filled("sub_path"), isReadOnly: item.isSet("read_only"))
    }
    tolerations = kubernetes.tolerations.map { item in
      Toleration(
        key: item.filled("key"), operation: item.filled("operator") ?? "Equal",
        value: item.filled("value"), effect: item.filled("effect"))
    }
    if let size = kubernetes.sharedMemory["size"].flatMap(PodResources.amount), size != "0" {
      sharedMemory = size + (kubernetes.sharedMemory.filled("units") ?? "G")
    }
    resources = PodResources(node)
    labels = PodSettings.pairs(kubernetes.labels)
    annotations = PodSettings.pairs(kubernetes.annotations)
    if let file = node.file { addNames(file, node, pipeline) }
    readOwn(node.lyre.json)
    let image = node.isGeneric ? node.runtimeImage.flatMap { settings.images[$0] } : nil
    pullPolicy = pullPolicy ?? image?.pullPolicy
    if let secret = image?.pullSecret, !pullSecrets.contains(secret) { pullSecrets.append(secret) }
    if node.isGeneric, case .secret(let name) = settings.credentials { addCredentials(name) }
  }

  /// Adds Elyra's labels and annotations, by which its users find pods; the node's own win.
  private mutating func addNames(_ file: String, _ node: PipelineNode, _ pipeline: String) {
    func add(_ pairs: [(String, String)], to list: inout [EnvironmentVariable]) {
      let own = Set(list.map(\.name))
      list =
        pairs.filter { !own.contains($0.0) }.map { .init(name: $0.0, value: $0.1) } + list
    }
    add(
      [
        ("elyra/node-type", "notebook-script"),
        ("elyra/pipeline-name", TaskNames.labelValue(pipeline)),
        ("elyra/node-name", TaskNames.labelValue(node.label)),
      ], to: &labels)
    add(
      [("elyra/node-file-name", file), ("elyra/pipeline-source", "\(pipeline).pipeline")],
      to: &annotations)
  }

  /// Adds the storage's credentials, unless the node has variables of these names.
  private mutating func addCredentials(_ name: String) {
    let names = Set(environment.map(\.name) + secrets.map(\.variable))
    for key in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] where !names.contains(key) {
      secrets.append(Secret(variable: key, name: name, key: key))
    }
  }

  /// Reads Lyre's own properties.
  private mutating func readOwn(_ json: JSONObject) {
    nodeSelector = (json["node_selector"]?.object ?? [:]).compactMap { member in
      member.value.string.map { .init(name: member.key.string, value: $0) }
    }
    affinity = (json["node_affinity"]?.array ?? []).map { term in
      Affinity(
        expressions: (term["expressions"]?.array ?? []).map { item in
          Affinity.Expression(
            key: item["key"]?.string ?? "", operation: item["operator"]?.string ?? "In",
            values: (item["values"]?.array ?? []).compactMap(\.string))
        }, weight: term["weight"]?.int)
    }
    pullPolicy = json.filled("image_pull_policy")
    pullSecrets = [json.filled("image_pull_secret")].compactMap(\.self)
  }

  /// Items with `key` and `value`; those without a key are left out.
  private static func pairs(_ items: [JSONObject]) -> [EnvironmentVariable] {
    items.compactMap { item in
      item.filled("key").map { .init(name: $0, value: item.text("value") ?? "") }
    }
  }
}

extension PodResources {
  /// The resources of a node.
  init(_ node: PipelineNode) {
    self.init()
    // Only notebooks and scripts have resources in Elyra.
    guard node.isGeneric else { return }
    let given = node.resources
    cpu = given.cpu.flatMap(PodResources.amount)
    cpuLimit = given.cpuLimit.flatMap(PodResources.amount)
    memory = given.memory.flatMap(PodResources.amount).map { $0 + "G" }
    memoryLimit = given.memoryLimit.flatMap(PodResources.amount).map { $0 + "G" }
    gpu = given.gpu.flatMap(PodResources.amount)
    if gpu != nil { gpuVendor = given.gpuVendor ?? "nvidia.com/gpu" }
  }

  /// A positive amount as Kubernetes reads it: `2`, `0.5`; nil for none.
  static func amount(_ number: Double) -> String? {
    guard number > 0, number < 1e12 else { return nil }
    return number == number.rounded() ? String(Int(number)) : "\(number)"
  }

  /// An amount that a file may have as a text.
  static func amount(_ value: JSONValue) -> String? {
    (value.double ?? value.string.flatMap { Double($0) }).flatMap(amount)
  }
}

extension JSONObject {
  /// A member as text; numbers and flags as the file has them.
  fileprivate func text(_ name: String) -> String? {
    switch self[name] {
    case .string(let text)?: text.string
    case .number(let number)?: number.text
    case .bool(let flag)?: flag ? "true" : "false"
    default: nil
    }
  }

  /// A member as text without white space around it; nil if nothing is left.
  fileprivate func filled(_ name: String) -> String? {
    guard let text = text(name) else { return nil }
    let trimmed = text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()
    return trimmed.isEmpty ? nil : String(trimmed)
  }

  /// Whether a member is true, which may be written as a text.
  fileprivate func isSet(_ name: String) -> Bool { text(name)?.lowercased() == "true" }
}
