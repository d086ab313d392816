import JSONCore

/// The rules for properties that are used only by clusters.
enum KubernetesRules {
  static func check(_ node: PipelineNode, _ report: inout Report) {
    let properties = node.kubernetes
    for secret in properties.secrets { check(secret: secret, node, &report) }
    for volume in properties.volumes { check(volume: volume, node, &report) }
    for item in properties.annotations {
      check(key: item, node, "kubernetes_pod_annotations", .kubernetesAnnotation, &report)
    }
    for item in properties.labels {
      check(key: item, node, "kubernetes_pod_labels", .kubernetesLabel, &report)
      let value = text(item, "value")
      if !value.isEmpty, !isName(value) {
        report.forCluster(
          .kubernetesLabel, "'\(value)' cannot be the value of a label",
          remedy: "use up to 63 letters, digits, '-', '_' and '.'", node: node,
          property: "kubernetes_pod_labels")
      }
    }
    for item in properties.tolerations { check(toleration: item, node, &report) }
    check(sharedMemory: properties.sharedMemory, node, &report)
  }

  private static func text(_ item: JSONObject, _ name: String) -> String {
    PipelineText.trimmed(item[name]?.string ?? "")
  }

  private static func check(secret: JSONObject, _ node: PipelineNode, _ report: inout Report) {
    let property = "kubernetes_secrets"
    func error(_ message: String, _ remedy: String) {
      report.forCluster(.kubernetesSecret, message, remedy: remedy, node: node, property: property)
    }
    let (variable, name, key) = (
      text(secret, "env_var"), text(secret, "name"), text(secret, "key")
    )
    let shown = variable.isEmpty ? "a secret" : "the secret for '\(variable)'"
    if variable.isEmpty { error("a secret has no variable", "name the variable") }
    if name.isEmpty {
      error("\(shown) has no name", "name the secret")
    } else if !isSubdomain(name) {
      error("'\(name)' cannot be the name of a secret", "use lower case letters, digits and '-'")
    }
    if key.isEmpty {
      error("\(shown) has no key", "name the key in the secret")
    } else if !key.allSatisfy({ $0.isLetter || $0.isNumber || "_.-".contains($0) }) {
      error("'\(key)' cannot be a key of a secret", "use letters, digits, '-', '_' and '.'")
    }
  }

  private static func check(volume: JSONObject, _ node: PipelineNode, _ report: inout Report) {
    let property = "mounted_volumes"
    func error(_ message: String, _ remedy: String) {
      report.forCluster(.volumeMount, message, remedy: remedy, node: node, property: property)
    }
    let (path, name, below) = (
      text(volume, "path"), text(volume, "pvc_name"), text(volume, "sub_path")
    )
    // Elyra ignores an item that has not been filled in.
    if path.isEmpty, name.isEmpty, below.isEmpty { return }
    if path.isEmpty || path.allSatisfy({ $0 == "/" }) {
      error("a volume has no path to mount it at", "name the path")
    }
    if name.isEmpty {
      error("a volume has no claim", "name the persistent volume claim")
    } else if !isSubdomain(name) {
      error(
        "'\(name)' cannot be the name of a volume claim", "use lower case letters, digits and '-'")
    }
    if below.hasPrefix("/") {
      error("the path '\(below)' in a volume is not relative", "remove the first '/'")
    }
  }

  private static func check(
    key item: JSONObject, _ node: PipelineNode, _ property: String, _ code: FindingCode,
    _ report: inout Report
  ) {
    let key = text(item, "key")
    if key.isEmpty {
      return report.forCluster(code, "an item has no key", node: node, property: property)
    }
    let (first, second) = PipelineText.split(key, at: "/")
    let isWell = second.map { isSubdomain(first) && isName($0) } ?? isName(first)
    if !isWell {
      report.forCluster(
        code, "'\(key)' cannot be a key", remedy: "write [prefix/]name as Kubernetes has it",
        node: node, property: property)
    }
    // A missing value is an empty text, as in Kubernetes.
    if let value = item["value"], !value.isNull, value.string == nil {
      report.forCluster(
        code, "the value of '\(key)' is \(value.kindName)", remedy: "write a string", node: node,
        property: property)
    }
  }

  private static func check(toleration: JSONObject, _ node: PipelineNode, _ report: inout Report) {
    func error(_ message: String, _ remedy: String) {
      report.forCluster(
        .kubernetesToleration, message, remedy: remedy, node: node,
        property: "kubernetes_tolerations")
    }
    let (key, operation, value, effect) = (
      text(toleration, "key"), text(toleration, "operator"), text(toleration, "value"),
      text(toleration, "effect")
    )
    switch operation {
    case "Equal":
      if key.isEmpty { error("a toleration with Equal has no key", "name the key, or use Exists") }
    case "Exists":
      if !value.isEmpty { error("a toleration with Exists has a value", "remove the value") }
    default: error("a toleration has the operator '\(operation)'", "use Equal or Exists")
    }
    if !["", "NoExecute", "NoSchedule", "PreferNoSchedule"].contains(effect) {
      error(
        "a toleration has the effect '\(effect)'", "use NoExecute, NoSchedule or PreferNoSchedule")
    }
  }

  private static func check(
    sharedMemory: JSONObject, _ node: PipelineNode, _ report: inout Report
  ) {
    guard let size = sharedMemory["size"], !size.isNull, size != "" else { return }
    let number = size.double ?? size.string.flatMap { Double(PipelineText.trimmed($0)) }
    let units = text(sharedMemory, "units")
    if size.string != nil || number != 0, !["", "G"].contains(units) {
      report.forCluster(
        .sharedMemory, "unknown unit '\(units)'",
        remedy: "write a number of gigabytes, with the unit 'G' or without one", node: node,
        property: "kubernetes_shared_mem_size")
    }
    if let number, number.isFinite, number >= 0 { return }
    report.forCluster(
      .sharedMemory, "\(size) is not a positive number", remedy: "write a number of gigabytes",
      node: node, property: "kubernetes_shared_mem_size")
  }

  /// Whether a text is a resource name by RFC 1123: up to 253 lower case letters, digits, `-` and
  /// `.`.
  private static func isSubdomain(_ name: String) -> Bool {
    func isEnd(_ byte: UInt8) -> Bool {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
    let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return name.utf8.count <= 253
      && parts.allSatisfy { part in
        guard let first = part.first, let last = part.last else { return false }
        return isEnd(first) && isEnd(last)
          && part.allSatisfy { isEnd($0) || $0 == UInt8(ascii: "-") }
      }
  }

  /// Whether a text is a label name: up to 63 letters, digits, `-`, `_` and `.`.
  private static func isName(_ name: String) -> Bool {
    func isEnd(_ character: Character) -> Bool {
      character.isASCII && (character.isLetter || character.isNumber)
    }
    guard let first = name.first, let last = name.last, name.utf8.count <= 63 else { return false }
    return isEnd(first) && isEnd(last) && name.allSatisfy { isEnd($0) || "-_.".contains($0) }
  }
}
