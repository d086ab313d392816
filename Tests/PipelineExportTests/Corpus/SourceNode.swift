import JSONCore

/// A node of a pipeline's file.
struct SourceNode {
  var json: JSONValue
  var defaults: JSONValue

  var id: String { json["id"]?.string ?? "" }
  private var own: JSONValue { json["app_data"]?["component_parameters"] ?? [:] }
  private var lyre: JSONValue { json["app_data"]?["lyre"] ?? [:] }

  /// Whether it has a notebook or a script.
  var isGeneric: Bool {
    own["filename"] != nil && json["op"]?.string?.hasPrefix("execute-") == true
  }

  var label: String {
    let data = json["app_data"] ?? [:]
    for text in [data["label"]?.string, data["ui_data"]?["label"]?.string] {
      if let text, !text.isEmpty { return text }
    }
    return name(own["filename"]?.string ?? "")
  }

  private func name(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? ""
  }

  var outputs: [String] { texts("outputs") }

  private func texts(_ key: String) -> [String] {
    (own[key]?.array ?? []).compactMap { $0.string.map(SourceNode.trimmed) }.filter { !$0.isEmpty }
  }

  /// Its properties, as every engine has them.
  ///
  /// - Parameter isKubeflow: whether the engine is Kubeflow Pipelines, which has caches.
  func properties(isKubeflow: Bool) -> Properties {
    var found: Properties = ["label": .init(label)]
    addPod(&found)
    addOwn(&found)
    if isKubeflow { found["caching"] = .init(isCached) }
    guard isGeneric else { return found }
    found["image"] = .init(
      filled(own["runtime_image"]) ?? filled(defaults["runtime_image"]) ?? "none")
    found["file"] = .init(name(own["filename"]?.string ?? ""))
    found["outputs"] = .array(outputs.map { .init($0) })
    for key in ["cpu", "cpu_limit"] { found[key] = amount(key, "") }
    for key in ["memory", "memory_limit"] { found[key] = amount(key, "G") }
    if let gpu = amount("gpu", "")?.string {
      found["gpu"] = .init("\(gpu) \(filled(own["gpu_vendor"]) ?? "nvidia.com/gpu")")
    }
    for name in texts("pipeline_parameters") { found["parameter \(name)"] = true }
    return found
  }

  private var isCached: Bool {
    let given = filled(own["disable_node_caching"])
    if isGeneric { return given == "False" || given == "false" }
    let disabled = given ?? filled(defaults["disable_node_caching"])
    return disabled != "True" && disabled != "true"
  }

  private func addPod(_ found: inout Properties) {
    for item in items("kubernetes_secrets", by: "env_var") {
      guard let variable = filled(item["env_var"]), let name = filled(item["name"]),
        let key = filled(item["key"])
      else { continue }
      found["secret \(variable)"] = .init("\(name)/\(key)")
    }
    for item in items("env_vars", by: "env_var") where isGeneric {
      guard let name = filled(item["env_var"]), let value = item["value"],
        !SourceNode.text(value).isEmpty, found["secret \(name)"] == nil
      else { continue }
      found["variable \(name)"] = .init(SourceNode.text(value))
    }
    for item in items("mounted_volumes", by: "path") {
      guard let path = filled(item["path"]), let claim = filled(item["pvc_name"]) else { continue }
      let place = path.hasPrefix("/") ? path : "/\(path)"
      found["volume \(place)"] = .init("\(claim)/\(filled(item["sub_path"]) ?? "")")
      if item["read_only"].map(SourceNode.text)?.lowercased() == "true" {
        found["read-only volume \(place)"] = true
      }
    }
    for (key, what) in [("labels", "label"), ("annotations", "annotation")] {
      for item in items("kubernetes_pod_\(key)", by: "key") {
        guard let name = filled(item["key"]) else { continue }
        found["\(what) \(name)"] = .init(item["value"].map(SourceNode.text) ?? "")
      }
    }
    for item in (defaults["kubernetes_tolerations"]?.array ?? [])
      + (own["kubernetes_tolerations"]?.array ?? [])
    {
      let parts = [
        filled(item["key"]) ?? "", filled(item["operator"]) ?? "Equal", filled(item["value"]) ?? "",
        filled(item["effect"]) ?? "",
      ]
      found["toleration \(parts.joined(separator: " "))"] = true
    }
    let memory = [own, defaults].map { $0["kubernetes_shared_mem_size"] ?? [:] }
      .first { $0["size"].flatMap { SourceNode.number($0) } != nil }
    if let memory, let size = memory["size"].flatMap({ SourceNode.number($0) }) {
      found["shared memory"] = .init(size + (filled(memory["units"]) ?? "G"))
    }
  }

  /// Lyre's own properties.
  private func addOwn(_ found: inout Properties) {
    if let limit = lyre["timeout"]?.double {
      found["time limit"] = .init("\(limit)")
      if isGeneric { found["time limit of the program"] = .init("\(limit)") }
    }
    if let retries = lyre["retries"]?.int, retries > 0 {
      found["retries"] = .init(retries)
      found["retry delay"] = .init("\(lyre["retry_delay"]?.double ?? 0)")
    }
    for member in lyre["node_selector"]?.object ?? [:] {
      found["node selector \(member.key.string)"] = member.value
    }
    for term in lyre["node_affinity"]?.array ?? [] {
      for expression in term["expressions"]?.array ?? [] {
        let parts = [
          expression["key"]?.string ?? "", expression["operator"]?.string ?? "In",
          (expression["values"]?.array ?? []).compactMap(\.string).joined(separator: ","),
          term["weight"]?.int.map { "weight \($0)" } ?? "must",
        ]
        found["affinity \(parts.joined(separator: " "))"] = true
      }
    }
    if let policy = filled(lyre["image_pull_policy"]) { found["pull policy"] = .init(policy) }
    if let secret = filled(lyre["image_pull_secret"]) { found["pull secret \(secret)"] = true }
  }

  // MARK: Values

  /// The items of a list, the node's own in place of the pipeline's with the same key.
  private func items(_ name: String, by key: String) -> [JSONValue] {
    var names: [String] = []
    var items: [String: JSONValue] = [:]
    for item in (defaults[name]?.array ?? []) + (own[name]?.array ?? []) {
      let item = SourceNode.pair(item) ?? item
      guard let id = filled(item[key]) else { continue }
      if items.updateValue(item, forKey: id) == nil { names.append(id) }
    }
    return names.compactMap { items[$0] }
  }

  /// The variable in a text, as files had it before there were objects; nil for anything else.
  private static func pair(_ item: JSONValue) -> JSONValue? {
    guard let text = item.string, let equals = text.firstIndex(of: "=") else { return nil }
    return [
      "env_var": .init(String(text[..<equals])),
      "value": .init(String(text[text.index(after: equals)...])),
    ]
  }

  private func amount(_ key: String, _ unit: String) -> JSONValue? {
    own[key].flatMap { SourceNode.number($0) }.map { .init($0 + unit) }
  }

  /// A positive number as Kubernetes spells it; nil for anything else.
  static func number(_ value: JSONValue) -> String? {
    guard let number = value.double ?? value.string.flatMap({ Double($0) }), number > 0 else {
      return nil
    }
    return number == number.rounded() ? String(Int(number)) : "\(number)"
  }

  private func filled(_ value: JSONValue?) -> String? {
    guard let value, !value.isNull else { return nil }
    let text = SourceNode.trimmed(SourceNode.text(value))
    return text.isEmpty ? nil : text
  }

  static func trimmed(_ text: String) -> String {
    let end = text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }
    return String(end.reversed())
  }

  /// A value as the file has it.
  static func text(_ value: JSONValue) -> String {
    switch value {
    case .null: ""
    case .string(let text): text.string
    case .bool(let flag): flag ? "true" : "false"
    case .number(let number): number.text
    default: "\(value)"
    }
  }
}
