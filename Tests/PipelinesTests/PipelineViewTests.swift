import JSONCore
import KernelTesting
import RealKernels
import Testing

@testable import Pipelines

@Suite("The view of a pipeline")
struct PipelineViewTests {
  private func nodes(_ view: PipelineView, flow: Int = 0) -> [JSONObject] {
    (view.json["flows"]?[flow]?["nodes"]?.array ?? []).compactMap(\.object)
  }

  @Test("has the properties of nodes, what they inherit, and a summary for the tool-tip")
  func properties() throws {
    let node = PipelineBuilder.node(
      "a", file: "sub/a.ipynb",
      properties: [
        "env_vars": [["env_var": "A", "value": "own"]], "outputs": ["x.csv", "y.csv"],
        "runtime_image": "", "cpu": 2, "include_subdirectories": false,
      ], label: "")
    let bytes = PipelineBuilder.file(
      nodes: [node],
      properties: [
        "name": "p", "description": "d",
        "pipeline_defaults": [
          "runtime_image": "owner/image:2",
          "env_vars": [["env_var": "A", "value": "1"], ["env_var": "B", "value": "2"]],
        ],
      ])
    let document = try PipelineDocument(bytes)
    let view = PipelineView(document)
    #expect(view.json["name"] == "p" && view.json["description"] == "d")
    #expect(view.json["properties"] == ["name": "p", "description": "d"])
    #expect(view.json["defaults"]?["runtime_image"] == "owner/image:2")
    let shown = try #require(nodes(view).first)
    #expect(shown["kind"] == "notebook" && shown["file"] == "sub/a.ipynb")
    #expect(shown["label"] == "a.ipynb")
    #expect(
      shown["inherited"] == [
        "runtime_image": "owner/image:2", "env_vars": [["env_var": "B", "value": "2"]],
      ])
    let summary = (shown["summary"]?.array ?? []).map {
      "\($0["default"] == true ? "*" : "")\($0["label"]?.string ?? ""): \($0["value"]?.string ?? "")"
    }
    #expect(
      summary == [
        "Type: notebook", "Filename: sub/a.ipynb", "Output Files: x.csv\ny.csv",
        "Environment Variables: A=own", "*Environment Variables: B=2",
        "*Runtime Image: owner/image:2", "CPU request: 2",
      ])
  }

  @Test("nodes without a position get one from the layout, below the others, and none overlap")
  func positions() throws {
    var document = try PipelineDocument(PipelineBuilder.file(parents: [[], [0], [0], [1, 2]]))
    func boxes() -> [CanvasBox] {
      nodes(PipelineView(document)).map { node in
        CanvasBox(
          at: PipelinePoint(x: node["x"]?.double ?? 0, y: node["y"]?.double ?? 0),
          PipelineSize(width: node["width"]?.double ?? 0, height: node["height"]?.double ?? 0))
      }
    }
    func overlap(_ boxes: [CanvasBox]) -> Bool {
      boxes.indices.contains { a in
        boxes.indices.contains { b in
          a < b && boxes[a].left < boxes[b].right && boxes[b].left < boxes[a].right
            && boxes[a].top < boxes[b].bottom && boxes[b].top < boxes[a].bottom
        }
      }
    }
    let all = boxes()
    #expect(!overlap(all))
    #expect(all[0].right < all[1].left && all[1].right < all[3].left)
    try document.moveNode("n0", to: PipelinePoint(x: 100, y: 300))
    let some = boxes()
    #expect(some[0].left == 100 && some[0].top == 300)
    #expect(some.dropFirst().allSatisfy { $0.top > 340 })
    #expect(!overlap(some))
  }

  @Test("links have ids also without ones in the file, and those of a cycle are marked")
  func links() throws {
    var nodes = (0..<4).map { PipelineBuilder.node("n\($0)") }
    func link(_ target: Int, _ sources: [String], id: String? = nil) {
      nodes[target].updateObject { node in
        node["inputs"] = [
          [
            "id": "inPort",
            "links": .array(
              sources.map { source in
                var link: JSONObject = ["node_id_ref": .init(source), "port_id_ref": "outPort"]
                if let id { link["id"] = .init(id) }
                return .object(link)
              }),
          ]
        ]
      }
    }
    link(0, ["n2"])
    link(1, ["n0"], id: "same")
    link(2, ["n1"], id: "same")
    link(3, ["n2"])
    var document = try PipelineDocument(PipelineBuilder.file(nodes: nodes))
    try document.addComment("x", attachedTo: ["n0"])
    let view = PipelineView(document)
    let links = view.json["flows"]?[0]?["links"]?.array ?? []
    #expect(Set(links.compactMap { $0["id"]?.string }).count == 5)
    #expect(links.map { $0["in_cycle"] } == [true, true, true, false, false])
    #expect(links.map { $0["kind"] } == ["data", "data", "data", "data", "comment"])
    // Each can be removed by its id.
    try document.remove(links.compactMap { $0["id"]?.string })
    #expect(PipelineView(document).json["flows"]?[0]?["links"] == [])
  }

  @Test("flows have the super node around them, also hostile ones that contain themselves")
  func flows() throws {
    let view = PipelineView(try PipelineDocument(SuperNodes.nested))
    let flows = view.json["flows"]?.array ?? []
    #expect(flows.map { $0["id"] } == ["primary", "f1", "f2"])
    #expect(
      flows.map { $0["parent"] } == [
        JSONValue.null, ["flow": "primary", "node": "outer"], ["flow": "f1", "node": "nested"],
      ])
    #expect(flows.map { $0["label"] } == ["test", "outer", "nested"])
    let kinds = nodes(view, flow: 1).map { $0["kind"] }
    #expect(kinds == ["python", "super", "binding", "binding"])
    let itself: JSONValue = [
      "id": "s", "type": "super_node", "subflow_ref": ["pipeline_id_ref": "primary"],
    ]
    let hostile = PipelineView(try PipelineDocument(PipelineBuilder.file(nodes: [itself])))
    #expect(hostile.json["flows"]?[0]?["parent"] == .null)
  }

  @Test("a super node has the worst severity of its content")
  func severities() throws {
    let document = try PipelineDocument(SuperNodes.nested)
    let deep = try #require(document.pipeline.executableNodes.first { $0.id == "deep" })
    let inner = try #require(document.pipeline.executableNodes.first { $0.id == "inner" })
    let findings = [
      Finding(.error, .missingFilename, "gone", node: deep),
      Finding(.warning, .label, "long", node: inner),
    ]
    let view = PipelineView(document, findings: findings)
    let severities = (0...2).map { flow in
      nodes(view, flow: flow).filter { $0["severity"] != .null }.map {
        "\($0["id"]?.string ?? ""): \($0["severity"]?.string ?? "")"
      }
    }
    #expect(
      severities == [["outer: error"], ["inner: warning", "nested: error"], ["deep: error"]])
  }

  @Test("a super node around the ends of a chain is no cycle, and a real one through it is")
  func cyclesThroughSuperNodes() throws {
    var document = try PipelineEditTests.chain(3)
    let id = try document.makeSuperNode(of: ["n0", "n2"])
    func marked() -> Int {
      (PipelineView(document).json["flows"]?.array ?? []).flatMap { $0["links"]?.array ?? [] }
        .count { $0["in_cycle"] == true }
    }
    #expect(marked() == 0)
    #expect(try PipelineGraph(document.pipeline).nodes.map(\.id) == ["n0", "n1", "n2"])
    // n2 → n1 closes a cycle with n1 → n2.
    let port = try #require(document.pipeline.nodes.first { $0.id == id }?.ports)
    #expect(port.map(\.id) == ["n2_inPort", "n0_outPort"])
    try document.connect("n2", to: "n0")
    #expect(marked() > 0)
  }

  @Test(
    "the view of every real pipeline has all its nodes, links and comments",
    .enabled(if: PipelineCorpus.isThere, "needs ../shared/corpus"))
  func corpus() throws {
    var read = 0
    for path in PipelineCorpus.pipelines() {
      guard let document = try? PipelineDocument(PipelineCorpus.bytes(path)) else { continue }
      read += 1
      let pipeline = document.pipeline
      let flows = PipelineView(document).json["flows"]?.array ?? []
      #expect(flows.count == pipeline.flows.count)
      for (shown, flow) in zip(flows, pipeline.flows) {
        #expect(shown["nodes"]?.array?.count == flow.nodes.count, "\(path)")
        let links = flow.nodes.flatMap(\.links).count + flow.comments.flatMap(\.nodes).count
        #expect((shown["links"]?.array?.count ?? 0) >= links, "\(path)")
        #expect(shown["comments"]?.array?.count == flow.comments.count)
      }
    }
    #expect(read > 150)
  }

  @Test("the time for an edit and the view grows in proportion to the pipeline")
  func large() throws {
    let factor = try Growth.factor(from: 300) { count in
      let parents: [[Int]] = (0..<count).map { $0 < 3 ? [] : [$0 - 1, $0 - 3] }
      var document = try PipelineDocument(PipelineBuilder.file(parents: parents))
      try document.apply([.move([.init("n1", PipelinePoint(x: 1, y: 1))])])
      let again = try PipelineDocument(document.serialized())
      let findings = PipelineValidation().findings(in: again, files: FakeFiles(hasAll: true))
      #expect(PipelineView(again, findings: findings).json.count > 5)
    }
    #expect(factor < Growth.proportional)
  }
}
