import JSONCore

/// The rules for every executable node.
enum NodeRules {
  static func check(_ node: PipelineNode, _ report: inout Report) {
    guard let parameters = node.appData["component_parameters"] else {
      return report.error(
        .missingComponentParameters, "the node has no component_parameters",
        remedy: "add them with the node's properties", node: node, property: "component_parameters")
    }
    if parameters.object == nil {
      return report.error(
        .missingComponentParameters, "expected an object, found \(parameters.kindName)",
        node: node, property: "component_parameters")
    }
    checkOperation(node, &report)
    checkLabel(node, &report)
    checkInputPaths(node, &report)
    checkLyre(node, &report)
  }

  private static func checkOperation(_ node: PipelineNode, _ report: inout Report) {
    switch node.kind {
    case .component where !report.target.isCluster:
      report.error(
        .componentNeedsRuntime,
        node.operation.isEmpty
          ? "the node has no operation"
          : "the component '\(node.operation)' needs the runtime that it was written for",
        remedy: "on this machine only notebooks and scripts run", node: node, property: "op")
    case .script where [.elyra, .cluster].contains(report.target):
      report.error(
        .componentNeedsRuntime, "Elyra runs notebooks and Python and R scripts only", node: node,
        property: "op")
    default: break
    }
    guard let file = node.file else { return }
    let suffix = PipelinePath.suffix(file)
    let expected = [
      PipelineOperation.notebook: "ipynb", PipelineOperation.pythonScript: "py",
      PipelineOperation.rScript: "r",
    ]
    if let usual = expected[node.operation], usual != suffix {
      let what: String =
        switch node.kind {
        case .notebook: "a notebook"
        case .pythonScript: "a Python script"
        case .rScript: "an R script"
        default: "a program"
        }
      report.warning(
        .operationMismatch, "the operation is \(node.operation) and the file '\(file)'",
        remedy: "Lyre runs it as \(what)", node: node, property: "op")
    }
  }

  private static func checkLabel(_ node: PipelineNode, _ report: inout Report) {
    let data = node.appData
    if data["ui_data"]?.object == nil {
      report.refusedByElyra(
        .missingLabel, "the node has no ui_data, which Elyra requires",
        remedy: "add \"ui_data\": {\"label\": …}", node: node, property: "ui_data")
    } else if data["label"]?.string == nil, data["ui_data"]?["label"]?.string == nil {
      report.refusedByElyra(
        .missingLabel, "the node has no label, which Elyra requires",
        remedy: "add a label", node: node, property: "label")
    }
    guard node.isGeneric else { return }
    let label = node.label
    if label.unicodeScalars.count > 63 {
      report.warning(
        .label, "the label has more than 63 characters",
        remedy: "other runtimes truncate it", node: node, property: "label")
    }
    guard let first = label.utf8.first,
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
    else {
      return report.warning(
        .label, "other runtimes may change the label",
        remedy:
          "begin it with a lower case letter or a digit, and use only those, '_', '.' and '-'",
        node: node, property: "label")
    }
  }

  /// Checks values of components that are outputs of other nodes.
  private static func checkInputPaths(_ node: PipelineNode, _ report: inout Report) {
    for input in node.component?.inputs ?? [] where input.widget == "inputpath" {
      // Only the component's definition says whether it must have a value.
      if input.value.isNull || input.value == "" { continue }
      guard let source = input.node, input.output != nil else {
        report.error(
          .inputPath, "uses an output of a parent, but does not name it",
          remedy: "select the output again", node: node, property: input.name)
        continue
      }
      if !node.parents.contains(source) {
        report.error(
          .inputPath, "uses an output of node '\(source)', which is not its parent",
          remedy: "connect the nodes", node: node, property: input.name)
      }
    }
  }

  private static func checkLyre(_ node: PipelineNode, _ report: inout Report) {
    guard let value = node.appData["lyre"] else { return }
    guard value.object != nil else {
      return report.error(
        .lyreProperty, "expected an object, found \(value.kindName)", node: node, property: "lyre")
    }
    for name in ["timeout", "retry_delay"] {
      guard let value = value[name], !value.isNull else { continue }
      if let seconds = value.double, LyreProperties.seconds.contains(seconds) { continue }
      report.error(
        .lyreProperty, "expected a number of seconds, found \(value)", node: node,
        property: "lyre.\(name)")
    }
    if let retries = value["retries"], !retries.isNull, !(0...1000 ~= (retries.int ?? -1)) {
      report.error(
        .lyreProperty, "expected a number from 0 to 1000, found \(retries)", node: node,
        property: "lyre.retries")
    }
    LyrePodRules.check(value, node, &report)
    if let place = value["on"], !place.isNull,
      !(place.string.map { LyreProperties.places.contains($0) } ?? false)
    {
      report.error(
        .lyreProperty, "expected process, container or slurm, found \(place)", node: node,
        property: "lyre.on")
    }
    if let options = value["slurm"], !options.isNull,
      !(options.array?.allSatisfy { $0.string?.hasPrefix("--") ?? false } ?? false)
    {
      report.error(
        .lyreProperty, "expected a list of options such as \"--qos=low\", found \(options)",
        node: node, property: "lyre.slurm")
    }
  }
}
