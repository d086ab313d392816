import JSONCore

/// The rules for the properties of notebooks and scripts.
enum PropertyRules {
  static func check(_ node: PipelineNode, document: PipelineDocument, _ report: inout Report) {
    let isOld = document.version < PipelineDocument.currentVersion
    checkKinds(node, &report)
    checkLegacy(node, &report)
    checkEnvironment(node, isOld: isOld, &report)
    checkImage(node, &report)
    checkResources(node, &report)
  }

  private static func checkKinds(_ node: PipelineNode, _ report: inout Report) {
    for name in ["dependencies", "outputs", "env_vars", "pipeline_parameters"] {
      guard let value = node.properties[name], !value.isNull, value != "", value != "None" else {
        continue
      }
      guard let items = value.array else {
        report.error(
          .propertyKind, "expected a list, found \(value.kindName)",
          remedy: name == "env_vars"
            ? #"write [{"env_var": "NAME", "value": "…"}]"# : #"write ["…"]"#,
          node: node, property: name)
        continue
      }
      guard name != "env_vars" else { continue }
      for item in items where item.string == nil && !item.isNull {
        report.error(
          .propertyKind, "expected strings, found \(item.kindName)", node: node, property: name)
      }
    }
    if let value = node.properties["include_subdirectories"], !value.isNull, value.bool == nil {
      report.error(
        .propertyKind, "expected true or false, found \(value.kindName)", node: node,
        property: "include_subdirectories")
    }
  }

  private static func checkLegacy(_ node: PipelineNode, _ report: inout Report) {
    for name in LegacyLists.names {
      guard let items = node.properties[name]?.array,
        items.contains(where: { $0.string.map { !$0.isEmpty } ?? false })
      else { continue }
      // In older files they have already been converted.
      report.refusedByElyra(
        .legacyItems,
        "items are strings, as before version 8; Elyra ignores them, Lyre reads them",
        remedy: "`lyre pipeline migrate` repairs them", node: node, property: name)
    }
  }

  private static func checkEnvironment(
    _ node: PipelineNode, isOld: Bool, _ report: inout Report
  ) {
    var seen: Set<String> = []
    let secrets = Set(node.kubernetes.secrets.compactMap { $0["env_var"]?.string })
    // Values are never shown, because they may be secrets.
    for item in node.properties["env_vars"]?.array ?? [] {
      guard let object = LegacyLists.item(item, of: "env_vars")?.object else {
        if item.string == nil, !item.isNull {
          let form = isOld ? "a text NAME=VALUE" : "an object with env_var and value"
          report.error(
            .environmentName, "expected \(form), found \(item.kindName)",
            node: node, property: "env_vars")
        }
        continue
      }
      let name = PipelineText.trimmed(object["env_var"]?.string ?? "")
      // A variable without a value is left out, by Elyra too.
      if object["value"].map({ $0.isNull || $0 == "" }) ?? true { continue }
      if name.isEmpty {
        report.error(
          .environmentName, "a variable has no name", remedy: "name it or remove it", node: node,
          property: "env_vars")
      } else if name.contains(where: { $0 == " " || $0 == "\t" }) {
        report.error(
          .environmentName, "the name '\(name)' contains a space", remedy: "rename it",
          node: node, property: "env_vars")
      } else if name.contains(where: { $0 == "=" || $0 == "\0" }) {
        report.error(
          .environmentName, "a variable cannot be called '\(name)'", remedy: "rename it",
          node: node, property: "env_vars")
      }
      if let value = object["value"], value.array != nil || value.object != nil {
        report.error(
          .environmentName, "the value of '\(name)' is \(value.kindName)", remedy: "use a string",
          node: node, property: "env_vars")
      }
      if !name.isEmpty, !seen.insert(name).inserted {
        report.warning(
          .duplicateEnvironment, "variable '\(name)' is defined twice",
          remedy: "the last one is used", node: node, property: "env_vars")
      }
      if secrets.contains(name) {
        report.warning(
          .duplicateEnvironment,
          "the variable '\(name)' is also a secret: as with Elyra, its value here is not used",
          remedy: "remove one of them", node: node, property: "env_vars")
      }
    }
  }

  private static func checkImage(_ node: PipelineNode, _ report: inout Report) {
    let property = "runtime_image"
    guard let image = node.runtimeImage else {
      if report.target == .export {
        return report.error(
          .missingImage, "the container image is missing",
          remedy: "set it for the node, or for the whole pipeline", node: node, property: property)
      }
      return report.refusedByElyra(
        .missingImage,
        "the container image is missing; Elyra requires one even where it is not used",
        remedy: "set it for the node, or for the whole pipeline", node: node, property: property)
    }
    let parts = image.split(separator: "/", omittingEmptySubsequences: false)
    let isWell =
      (parts.count > 1 || report.target == .export) && parts.allSatisfy { !$0.isEmpty }
      && !image.contains(where: \.isWhitespace)
    if isWell { return }
    report.forCluster(
      .imageFormat, "'\(image)' is not a container image name",
      remedy: "write [registry/]owner/image:tag", node: node, property: property)
  }

  private static func checkResources(_ node: PipelineNode, _ report: inout Report) {
    func check(_ name: String) {
      guard let value = node.properties[name], !value.isNull, value != "", value != "None" else {
        return
      }
      let number = value.double ?? value.string.flatMap { Double(PipelineText.trimmed($0)) }
      guard let number, number.isFinite else {
        return report.refusedByClusters(
          .resourceValue, "\(value) is not a number", remedy: "write a whole number", node: node,
          property: name)
      }
      if number < 0 || number == 0 && value.string != nil {
        let remedy = "write a positive number, or none"
        if number < 0 {
          report.refusedByClusters(
            .resourceValue, "\(value) is less than zero", remedy: remedy, node: node, property: name
          )
        } else {
          report.refusedByElyra(
            .resourceValue, "\(value) is zero, written as a string", remedy: remedy, node: node,
            property: name)
        }
      } else if number != number.rounded(), name == "gpu" {
        report.refusedByClusters(
          .resourceValue, "\(value) is not a whole number of graphics processors",
          remedy: "write a whole number", node: node, property: name)
      } else if number != number.rounded() {
        report.refusedByElyra(
          .resourceValue, "\(value) is not a whole number; Elyra fails on it",
          remedy: "write a whole number", node: node, property: name)
      }
    }
    // Elyra treats 0 as unset.
    for name in ["cpu", "cpu_limit", "memory", "memory_limit", "gpu"] { check(name) }
    let resources = node.resources
    for (name, request, limit) in [
      ("cpu", resources.cpu, resources.cpuLimit),
      ("memory", resources.memory, resources.memoryLimit),
    ] {
      if let request, let limit, limit < request {
        report.refusedByClusters(
          .limitBelowRequest, "the limit is lower than the request",
          remedy: "raise the limit or lower the request", node: node, property: "\(name)_limit")
      }
    }
    if let vendor = resources.gpuVendor {
      let isName =
        vendor.contains("/")
        && vendor.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/.-_".contains($0)) }
      if !isName {
        report.forCluster(
          .resourceValue, "'\(vendor)' is not a resource name",
          remedy: "write one such as nvidia.com/gpu", node: node, property: "gpu_vendor")
      }
    }
  }
}
