import JSONCore
import RealKernels
import Testing

@testable import Pipelines

@Suite("Super nodes")
struct SuperNodeTests {
  /// The dependencies of all executable nodes, by id.
  private func dependencies(_ document: PipelineDocument) -> [String: Set<String>] {
    Dictionary(
      document.pipeline.executableNodes.map { ($0.id, Set($0.parents)) },
      uniquingKeysWith: { first, _ in first })
  }

  private func faults(_ document: PipelineDocument) -> [WiringFault] {
    document.pipeline.wiringFaults
  }

  @Test("has the ports, bindings and links that Elyra's canvas writes")
  func format() throws {
    var document = try PipelineEditTests.chain(3)
    let id = try document.makeSuperNode(of: ["n1"], label: "Group")
    let flows = try PipelineDocument(document.serialized()).flows
    #expect(flows.count == 2)
    let node = try #require(flows[0]["nodes"]?[1])
    #expect(node["id"]?.string == id && node["type"] == "super_node")
    #expect(node["app_data"]?["ui_data"]?["label"] == "Group")
    #expect(node["app_data"]?["ui_data"]?["x_pos"] == 200)
    #expect(node["subflow_ref"]?["pipeline_id_ref"] == flows[1]["id"])
    #expect(node["inputs"]?[0]?["id"] == "n1_inPort")
    #expect(node["inputs"]?[0]?["links"]?[0]?["node_id_ref"] == "n0")
    #expect(node["outputs"]?[0]?["id"] == "n1_outPort")
    let outer = flows[0]["nodes"]?[2]?["inputs"]?[0]?["links"]?[0]
    #expect(outer?["node_id_ref"]?.string == id && outer?["port_id_ref"] == "n1_outPort")
    let inner = flows[1]["nodes"]?.array ?? []
    #expect(inner.map { $0["type"] } == ["execution_node", "binding", "binding"])
    #expect(inner[1]["id"] == node["inputs"]?[0]?["subflow_node_ref"])
    #expect(inner[2]["id"] == node["outputs"]?[0]?["subflow_node_ref"])
    #expect(inner[1]["outputs"]?[0]?["id"] == "output_n1_inPort")
    #expect(inner[2]["inputs"]?[0]?["id"] == "input_n1_outPort")
    let link = inner[0]["inputs"]?[0]?["links"]?[0]
    #expect(link?["node_id_ref"] == inner[1]["id"] && link?["port_id_ref"] == "output_n1_inPort")
    #expect(inner[2]["inputs"]?[0]?["links"]?[0]?["node_id_ref"] == "n1")
    #expect(flows[1]["runtime_ref"] == "" && flows[1]["app_data"]?["ui_data"]?["comments"] == [])
  }

  @Test(
    "300 random groups, also nested ones: the dependencies stay, and ungrouping restores them")
  func random() throws {
    var numbers = SeededNumbers(state: 18)
    for _ in 0..<300 {
      let count = Int.random(in: 2...8, using: &numbers)
      let parents = (0..<count).map { node in
        (0..<node).filter { _ in Int.random(in: 0..<3, using: &numbers) == 0 }
      }
      var document = try PipelineDocument(PipelineBuilder.file(parents: parents))
      let before = dependencies(document)
      var made: [String] = []
      for _ in 0..<Int.random(in: 1...3, using: &numbers) {
        let flows = document.pipeline.flows
        let flow = flows[Int.random(in: 0..<flows.count, using: &numbers)]
        let ids = flow.nodes.filter { $0.kind != .binding }.map(\.id)
          .filter { _ in Bool.random(using: &numbers) }
        guard !ids.isEmpty else { continue }
        made.append(try document.makeSuperNode(of: ids))
        #expect(dependencies(document) == before && faults(document).isEmpty, "\(parents)")
      }
      let written = try PipelineDocument(document.serialized())
      #expect(dependencies(written) == before)
      var again = written
      made.shuffle(using: &numbers)
      for id in made {
        try again.ungroup(id)
        #expect(dependencies(again) == before && faults(again).isEmpty, "\(parents)")
      }
      #expect(again.flows.count == 1)
      let links = LinkTable(again.flows).entries.map(\.id)
      #expect(Set(links).count == links.count)
      #expect(Set(again.pipeline.nodes.map(\.id)) == Set(before.keys))
    }
  }

  @Test("comments of its nodes go into it, and come back")
  func comments() throws {
    var document = try PipelineEditTests.chain(4)
    let own = try document.addComment("own", attachedTo: ["n1"])
    let shared = try document.addComment("shared", attachedTo: ["n1", "n3"])
    let free = try document.addComment("free")
    let id = try document.makeSuperNode(of: ["n1", "n2", free])
    let flows = document.pipeline.flows
    #expect(flows[0].comments.map(\.id) == [shared])
    #expect(flows[0].comments[0].nodes == [id, "n3"])
    #expect(flows[1].comments.map(\.id) == [own, free])
    try document.move(id, to: PipelinePoint(x: 300, y: 140))
    try document.ungroup(id)
    let pipeline = document.pipeline
    #expect(Set(pipeline.comments.map(\.id)) == [own, shared, free])
    #expect(pipeline.comments.first { $0.id == own }?.nodes == ["n1"])
    #expect(pipeline.comments.first { $0.id == own }?.position == PipelinePoint(x: 140, y: 60))
    #expect(pipeline.nodes[1].position == PipelinePoint(x: 300, y: 140))
    #expect(pipeline.nodes[2].position == PipelinePoint(x: 500, y: 140))
  }

  @Test("is connected as a whole: its first nodes wait, and its last ones are waited for")
  func connect() throws {
    var document = try PipelineEditTests.chain(3)
    try document.addNode(file: "x.py", id: "x")
    try document.addNode(file: "y.py", id: "y")
    try document.addNode(file: "z.py", id: "z")
    let inner = try document.makeSuperNode(of: ["n0", "n1", "n2"])
    let outer = try document.makeSuperNode(of: [inner, "z"])
    #expect(try document.connect("x", to: outer).count == 2)
    #expect(try document.connect("x", to: outer).isEmpty)
    #expect(try document.connect(outer, to: "y").count == 2)
    #expect(
      dependencies(document) == [
        "x": [], "y": ["n2", "z"], "z": ["x"], "n0": ["x"], "n1": ["n0"], "n2": ["n1"],
      ])
    #expect(faults(document).isEmpty)
    try document.ungroup(outer)
    try document.ungroup(inner)
    #expect(dependencies(document)["y"] == ["n2", "z"] && faults(document).isEmpty)
    #expect(document.flows.count == 1)
  }

  @Test("a node that is removed inside takes the ports that only it used with it")
  func removeInside() throws {
    var document = try PipelineEditTests.chain(4)
    let inner = try document.makeSuperNode(of: ["n1", "n2"])
    try document.makeSuperNode(of: [inner, "n3"])
    try document.removeNode("n1")
    #expect(dependencies(document) == ["n0": [], "n2": [], "n3": ["n2"]])
    #expect(faults(document).isEmpty)
    let supers = document.pipeline.flows.flatMap(\.nodes).filter {
      if case .superNode = $0.kind { true } else { false }
    }
    #expect(supers.map { $0.ports.map(\.id) } == [[], ["n2_outPort"]])
    let bindings = document.pipeline.flows.flatMap(\.nodes).filter { $0.kind == .binding }
    #expect(bindings.count == 1)
  }

  @Test("edits work inside, and a super node can be renamed, expanded and resized")
  func editInside() throws {
    var document = try PipelineEditTests.chain(2)
    let id = try document.makeSuperNode(of: ["n1"])
    let flow = try #require(document.pipeline.flows.last?.id)
    let created = try document.apply([
      .addNode(
        .file("in.py"), flow: flow, at: PipelinePoint(x: 1, y: 2), label: nil, operation: nil,
        properties: [:]),
      .connect(source: "n1", target: "$0", sourcePort: nil, targetPort: nil),
      .addComment(
        "c", flow: flow, at: PipelinePoint(x: 0, y: 0), size: .comment, attachedTo: ["$0"]),
      .setLabel(id, "Stage"), .setExpanded(id, true),
      .resize(id, to: PipelineSize(width: 400, height: 250), at: nil),
      .arrange(flow: flow, ids: nil, .vertical),
    ])
    let pipeline = try PipelineDocument(document.serialized()).pipeline
    #expect(pipeline.executableNodes.map(\.id) == ["n0", "n1", created[0]])
    #expect(pipeline.executableNodes.last?.parents == ["n1"])
    #expect(pipeline.flows[1].comments.count == 1)
    let node = try #require(pipeline.nodes.last)
    #expect(node.label == "Stage")
    #expect(CanvasBox.size(of: document.flows[0]["nodes"]?[1] ?? .null).width == 400)
    #expect(throws: PipelineError.self) { try document.connect("n0", to: "n1") }
  }

  @Test(
    "real super nodes of Elyra are ungrouped, with the same dependencies",
    .enabled(if: PipelineCorpus.isThere, "needs ../shared/corpus"))
  func real() throws {
    var found = 0
    for path in PipelineCorpus.pipelines() {
      guard let document = try? PipelineDocument(PipelineCorpus.bytes(path)) else { continue }
      let before = dependencies(document)
      for node in document.pipeline.nodes {
        guard case .superNode = node.kind else { continue }
        var edited = document
        guard (try? edited.ungroup(node.id)) != nil else { continue }
        found += 1
        #expect(dependencies(edited) == before, "\(path)")
      }
    }
    #expect(found >= 5)
  }
}
