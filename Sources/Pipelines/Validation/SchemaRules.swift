import JSONCore

/// The rules for the file as a whole.
enum SchemaRules {
  static func check(_ document: PipelineDocument, _ pipeline: Pipeline, _ report: inout Report) {
    checkSchemaVersion(document.root, &report)
    let flow = document.root["pipelines"]?[document.primaryPlace]
    let place = "pipelines[\(document.primaryPlace)]"
    checkVersion(document, &report)
    checkApplicationData(flow, document, place, &report)
    if let type = flow?["app_data"]?["runtime_type"], !type.isNull {
      let known = ["KUBEFLOW_PIPELINES", "APACHE_AIRFLOW", "LOCAL", "ARGO"]
      let isKnown = type.string.map {
        $0.isEmpty || $0.lowercased() == "generic" || known.contains($0)
      }
      if isKnown != true {
        report.error(
          .unknownRuntime, "there is no runtime \(type)",
          remedy: "use KUBEFLOW_PIPELINES or APACHE_AIRFLOW, or remove it for a generic pipeline",
          property: "runtime_type")
      }
    }
    for (number, flow) in (document.root["pipelines"]?.array ?? []).enumerated() {
      let place = "pipelines[\(number)].nodes"
      guard let nodes = flow["nodes"] else {
        report.error(.wrongKind, "the list of nodes is missing", property: place)
        continue
      }
      guard let list = nodes.array else {
        report.error(.wrongKind, "expected a list, found \(nodes.kindName)", property: place)
        continue
      }
      for (number, node) in list.enumerated() where node.object == nil {
        report.error(
          .wrongKind, "expected an object, found \(node.kindName)", property: "\(place)[\(number)]")
      }
    }
    if pipeline.nodes.isEmpty {
      report.error(
        .noNodes, "the pipeline has no nodes", remedy: "add at least one notebook or script")
    }
  }

  static func checkSchemaVersion(_ root: JSONObject, _ report: inout Report) {
    guard let version = root["version"] else {
      return report.error(
        .missingSchemaVersion, "the schema's version is missing",
        remedy: "add \"version\": \"3.0\" to the outermost object", property: "version")
    }
    guard let text = version.string else {
      return report.error(
        .schemaVersion, "expected a string, found \(version.kindName)",
        remedy: "write \"3.0\"", property: "version")
    }
    guard Double(text) == 3.0 else {
      return report.error(
        .schemaVersion, "the schema's version is \(text)", remedy: "only 3.0 is known",
        property: "version")
    }
  }

  private static func checkVersion(_ document: PipelineDocument, _ report: inout Report) {
    if !document.statesVersion, document.version == PipelineDocument.currentVersion {
      report.refusedByElyra(
        .missingVersion, "the pipeline's format version is missing",
        remedy: "`lyre pipeline migrate` adds it; it is read as version 8",
        property: "app_data.version")
    } else if document.version < PipelineDocument.currentVersion {
      report.refusedByElyra(
        .outdatedVersion,
        "the pipeline has version \(document.versionText); Lyre reads it, Elyra's commands refuse it",
        remedy: "`lyre pipeline migrate` upgrades it to version 8", property: "app_data.version")
    }
  }

  private static func checkApplicationData(
    _ flow: JSONValue?, _ document: PipelineDocument, _ place: String, _ report: inout Report
  ) {
    // Older files have none, and get them by the migration.
    guard document.version == PipelineDocument.currentVersion else { return }
    guard let data = flow?["app_data"], let object = data.object else {
      return report.error(
        .missingApplicationData, "the primary pipeline has no app_data",
        remedy: "`lyre pipeline migrate` adds it", property: "\(place).app_data")
    }
    guard let properties = object["properties"] else {
      return report.error(
        .missingProperties, "the pipeline has no properties",
        remedy: "add \"properties\": {\"name\": …}", property: "app_data.properties")
    }
    guard let members = properties.object else {
      return report.error(
        .missingProperties, "expected an object, found \(properties.kindName)",
        property: "app_data.properties")
    }
    if members.isEmpty {
      report.error(
        .missingProperties, "the pipeline's properties are empty",
        remedy: "add \"name\": …", property: "app_data.properties")
    }
  }
}
