/// The rules for nodes and links together.
enum GraphRules {
  static func check(_ pipeline: Pipeline, _ report: inout Report) {
    for fault in pipeline.wiringFaults { add(fault, &report) }
    let reached = pipeline.flows.flatMap(\.nodes)
    for node in reached {
      switch node.kind {
      case .unknown(let type):
        report.error(
          .unknownNodeType,
          type.isEmpty ? "the node has no type" : "unknown node type '\(type)'",
          remedy: "use execution_node or super_node", node: node, property: "type")
      case .superNode:
        if report.target == .elyra {
          report.error(
            .superNode, "Elyra cannot run super nodes on this machine",
            remedy: "expand it in the editor, or run the pipeline with Lyre", node: node)
        }
      default: break
      }
    }
    let nodes = pipeline.executableNodes
    let edges = GraphEdges(nodes)
    for (place, parent) in edges.unknownParents {
      // An existing parent that is not executable, such as a node of an unknown type.
      report.error(
        .danglingLink, "a link comes from '\(parent)', which cannot be run",
        remedy: "remove the link", node: nodes[place], property: "inputs")
    }
    for cycle in edges.cycles {
      report.error(
        .cycle,
        "these nodes form a cycle: "
          + GraphEdges.path(cycle.map { nodes[$0].label }),
        remedy: "remove one of these links", node: nil)
    }
    checkSingles(nodes, edges, &report)
    checkNames(nodes, &report)
  }

  private static func add(_ fault: WiringFault, _ report: inout Report) {
    func finding(
      _ code: FindingCode, _ id: String?, _ label: String, _ property: String?,
      _ remedy: String
    ) -> Finding {
      var finding = Finding(
        .error, code, fault.error.message, remedy: remedy, property: property)
      finding.nodeID = id
      finding.node = label
      return finding
    }
    switch fault {
    case .duplicateID(let node, let label):
      report.add(
        finding(.duplicateID, node, label, "id", "give each its own id; Elyra drops all but one"))
    case .missingID(let place, let label):
      var found = finding(.missingID, nil, label, "id", "give it an id of its own")
      found.message = "\(place) has no id"
      report.add(found)
    case .danglingLink(let node, let label, _), .danglingPort(let node, let label, _, _):
      report.add(finding(.danglingLink, node, label, "inputs", "remove the link or mend it"))
    case .missingFlow(let node, let label, _):
      report.add(finding(.missingFlow, node, label, "subflow_ref", "remove the super node"))
    case .sharedFlow(let node, let label, _):
      report.add(
        finding(.sharedFlow, node, label, "subflow_ref", "give it a pipeline of its own"))
    }
  }

  private static func checkSingles(
    _ nodes: [PipelineNode], _ edges: GraphEdges, _ report: inout Report
  ) {
    guard nodes.count > 1 else { return }
    var isConnected = edges.parents.map { !$0.isEmpty }
    for parents in edges.parents {
      for parent in parents { isConnected[parent] = true }
    }
    for (place, node) in nodes.enumerated() where !isConnected[place] {
      report.warning(
        .unconnectedNode, "the node is not connected to any other one",
        remedy: "it may run at any time, in parallel with the others", node: node)
    }
  }

  private static func checkNames(_ nodes: [PipelineNode], _ report: inout Report) {
    var byName: [String: [PipelineNode]] = [:]
    for node in nodes { byName[node.label, default: []].append(node) }
    var reported: Set<String> = []
    for node in nodes {
      guard let same = byName[node.label], same.count > 1, reported.insert(node.label).inserted
      else { continue }
      report.warning(
        .duplicateName, "\(same.count) nodes have this name",
        remedy: "give each a label of its own, so that reports tell them apart", node: node,
        property: "label")
    }
  }
}
