import JSONCore
import RealKernels
import Testing

@testable import Pipelines

@Suite("The graph of a pipeline")
struct GraphTests {
  @Test("has Elyra's order: depth first in the order of the file, parents in that of the links")
  func elyraOrder() throws {
    // The file has z, y3, y1, y2, x; z's links are listed y1, y2, y3.
    let nodes = [
      PipelineBuilder.node("z", parents: ["y1", "y2", "y3"]),
      PipelineBuilder.node("y3", parents: ["x"]), PipelineBuilder.node("y1", parents: ["x"]),
      PipelineBuilder.node("y2", parents: ["x"]), PipelineBuilder.node("x"),
      PipelineBuilder.node("w"),
    ]
    let graph = try PipelineGraph(PipelineDocument(PipelineBuilder.file(nodes: nodes)).pipeline)
    #expect(graph.nodes.map(\.id) == ["x", "y1", "y2", "y3", "z", "w"])
    #expect(graph.parents == [[], [0], [0], [0], [1, 2, 3], []])
    #expect(graph.children == [[1, 2, 3], [4], [4], [4], [], []])
    #expect(graph.levels == [0, 1, 1, 1, 2, 0])
    #expect(graph.ancestors(of: [4]) == [0, 1, 2, 3])
    #expect(graph.descendants(of: [0]) == [1, 2, 3, 4])
    #expect(graph.place(of: "y2") == 2)
  }

  @Test("2,000 random graphs: every order respects the links, and reachability is the closure")
  func randomGraphs() throws {
    var numbers = SeededNumbers(state: 11)
    for _ in 0..<2000 {
      let count = Int.random(in: 1...16, using: &numbers)
      var places = Array(0..<count)
      places.shuffle(using: &numbers)
      // Links go from earlier to later nodes of a hidden order, so there is no cycle.
      var parents = [[Int]](repeating: [], count: count)
      for later in 0..<count {
        for earlier in 0..<later where Int.random(in: 0..<5, using: &numbers) == 0 {
          parents[places[later]].append(places[earlier])
        }
      }
      let graph = try PipelineBuilder.graph(parents: parents)
      #expect(Set(graph.nodes.map(\.id)).count == count)
      var isRight = graph.parents.enumerated().allSatisfy { node, parents in
        parents.allSatisfy { $0 < node }
      }
      var closure = [Set<Int>](repeating: [], count: count)
      for node in 0..<count {
        for parent in graph.parents[node] { closure[node].formUnion(closure[parent] + [parent]) }
      }
      let edges = GraphEdges(parents: graph.parents)
      var reachability = Reachability(edges)
      for node in 0..<count {
        let after = (0..<count).filter { closure[$0].contains(node) }
        isRight = isRight && Set(graph.ancestors(of: [node])) == closure[node]
        isRight = isRight && graph.descendants(of: [node]) == after
        for other in 0..<count {
          let isAncestor = reachability.isAncestor(other, of: node)
          isRight = isRight && isAncestor == closure[node].contains(other)
        }
      }
      #expect(isRight, "\(parents)")
      #expect(edges.cycles.isEmpty)
    }
  }

  @Test("3,000 random graphs with cycles: each is found, and the reported path is a cycle")
  func randomCycles() throws {
    var numbers = SeededNumbers(state: 12)
    var cyclic = 0
    for _ in 0..<3000 {
      let count = Int.random(in: 1...14, using: &numbers)
      let parents = (0..<count).map { _ in
        (0..<count).filter { _ in Int.random(in: 0..<count * 2, using: &numbers) < 2 }
      }
      let edges = GraphEdges(parents: parents)
      let cycles = edges.cycles
      // Kahn's algorithm determines the expected result.
      var waiting = parents.map(\.count)
      var ready = parents.indices.filter { waiting[$0] == 0 }
      var done = 0
      while let node = ready.popLast() {
        done += 1
        for child in parents.indices {
          waiting[child] -= parents[child].count { $0 == node }
          if waiting[child] == 0, parents[child].contains(node) { ready.append(child) }
        }
      }
      #expect((done < count) == !cycles.isEmpty)
      if !cycles.isEmpty { cyclic += 1 }
      for cycle in cycles {
        for (source, target) in zip(cycle, cycle.dropFirst() + cycle.prefix(1)) {
          #expect(parents[target].contains(source), "\(cycle) in \(parents)")
        }
        #expect(Set(cycle).count == cycle.count)
      }
    }
    #expect(cyclic > 500)
  }

  @Test("a cycle is reported as its path")
  func cyclePath() throws {
    let error = #expect(throws: PipelineError.self) {
      try PipelineBuilder.graph(parents: [[2], [0], [1], [0]])
    }
    #expect(error?.code == .cycle)
    #expect(
      error?.message
        == "these nodes form a cycle: n0 → n1 → n2 → n0; remove one of these links")
  }

  @Test(
    "the time for many nodes in any order grows in proportion to their number, without recursion",
    arguments: ["reversed chain", "layers"])
  func large(_ shape: String) throws {
    let factor = try Growth.factor(from: 700) { count in
      let parents: [[Int]] = (0..<count).map { node in
        switch shape {
        case "reversed chain": node == count - 1 ? [] : [node + 1]
        default:
          node < 100 ? [] : (0..<3).map { node / 100 * 100 - 100 + (node * 7 + $0 * 31) % 100 }
        }
      }
      let document = try PipelineDocument(PipelineBuilder.file(parents: parents))
      let pipeline = document.pipeline
      let graph = try PipelineGraph(pipeline)
      #expect(graph.nodes.count == count)
      #expect(graph.ancestors(of: [count - 1]).count <= count)
      let findings = PipelineValidation().findings(
        in: document, pipeline, files: FakeFiles(hasAll: true))
      #expect(!findings.hasErrors)
      let drawing = PipelineDrawing(pipeline)
      #expect(drawing.text().count == count)
      #expect(drawing.svg().utf8.count > count)
    }
    #expect(factor < Growth.proportional)
  }

  @Test("super nodes are expanded, including nested and empty ones")
  func superNodes() throws {
    let document = try PipelineDocument(SuperNodes.nested)
    let graph = try PipelineGraph(document.pipeline)
    #expect(graph.nodes.map(\.id) == ["before", "inner", "deep", "after"])
    #expect(graph.parents == [[], [0], [0, 1], [2]])
  }

  @Test("a super node that contains itself, or has no pipeline, is an error, not an endless loop")
  func hostileSuperNodes() throws {
    for (flow, code) in [("primary", PipelineError.Code.duplicateID), ("none", .danglingLink)] {
      let node: JSONValue = [
        "id": "s", "type": "super_node", "subflow_ref": ["pipeline_id_ref": .init(flow)],
        "app_data": ["ui_data": ["label": "S"]],
      ]
      let document = try PipelineDocument(PipelineBuilder.file(nodes: [node]))
      let error = #expect(throws: PipelineError.self) { try PipelineGraph(document.pipeline) }
      #expect(error?.code == code)
    }
  }

  @Test("a chain of a thousand nested super nodes is supported")
  func deeplyNested() throws {
    let count = 1000
    func superNode(_ flow: Int) -> JSONValue {
      [
        "id": .init("s\(flow)"), "type": "super_node",
        "subflow_ref": ["pipeline_id_ref": .init("f\(flow)")],
        "app_data": ["ui_data": ["label": "S"]],
        "inputs": [
          [
            "id": "in", "subflow_node_ref": .init("b\(flow)"),
            "links": [
              [
                "node_id_ref": flow == 0 ? "first" : .init("b\(flow - 1)"), "port_id_ref": "out",
              ]
            ],
          ]
        ],
      ]
    }
    let flows = (0..<count).map { flow -> JSONValue in
      let binding: JSONValue = [
        "id": .init("b\(flow)"), "type": "binding", "outputs": [["id": "out"]],
      ]
      let inner =
        flow + 1 < count
        ? superNode(flow + 1) : PipelineBuilder.node("last", parents: ["b\(flow)"])
      return ["id": .init("f\(flow)"), "nodes": [binding, inner]]
    }
    let bytes = PipelineBuilder.file(
      nodes: [PipelineBuilder.node("first"), superNode(0)], flows: flows)
    let graph = try PipelineGraph(PipelineDocument(bytes).pipeline)
    #expect(graph.nodes.map(\.id) == ["first", "last"])
    #expect(graph.parents == [[], [0]])
  }
}

/// A pipeline with nested super nodes.
enum SuperNodes {
  /// `before` → [ `inner` → [ `deep` ] ] → `after`, where `deep` also waits for `before`.
  static var nested: [UInt8] {
    func port(_ id: String, _ binding: String, _ links: [(String, String)]) -> JSONValue {
      [
        "id": .init(id), "subflow_node_ref": .init(binding),
        "links": .array(
          links.map { ["node_id_ref": .init($0.0), "port_id_ref": .init($0.1)] }),
      ]
    }
    func links(_ nodes: [(String, String)]) -> JSONValue {
      [
        "id": "x",
        "links": .array(nodes.map { ["node_id_ref": .init($0.0), "port_id_ref": .init($0.1)] }),
      ]
    }
    func binding(_ id: String, inputs: [(String, String)]? = nil, output: String = "") -> JSONValue
    {
      inputs.map { ["id": .init(id), "type": "binding", "inputs": [links($0)]] }
        ?? ["id": .init(id), "type": "binding", "outputs": [["id": .init(output)]]]
    }
    func superNode(
      _ id: String, _ flow: String, inputs: [JSONValue], outputs: [JSONValue]
    ) -> JSONValue {
      [
        "id": .init(id), "type": "super_node", "subflow_ref": ["pipeline_id_ref": .init(flow)],
        "app_data": ["ui_data": ["label": .init(id)]], "inputs": .array(inputs),
        "outputs": .array(outputs),
      ]
    }
    func node(_ id: String, _ from: [(String, String)]) -> JSONValue {
      var value = PipelineBuilder.node(id).object ?? [:]
      value["inputs"] = [links(from)]
      return .object(value)
    }
    let outer = superNode(
      "outer", "f1", inputs: [port("inner_inPort", "in1", [("before", "outPort")])],
      outputs: [["id": "deep_outPort", "subflow_node_ref": "out1"]])
    let nested = superNode(
      "nested", "f2",
      inputs: [
        port("a_inPort", "in2", [("in1", "output_inner_inPort")]),
        port("b_inPort", "in3", [("inner", "outPort")]),
      ], outputs: [["id": "deep_outPort", "subflow_node_ref": "out2"]])
    return PipelineBuilder.file(
      nodes: [node("after", [("outer", "deep_outPort")]), outer, PipelineBuilder.node("before")],
      flows: [
        [
          "id": "f1",
          "nodes": [
            node("inner", [("in1", "output_inner_inPort")]), nested,
            binding("in1", output: "output_inner_inPort"),
            binding("out1", inputs: [("nested", "deep_outPort")]),
          ],
        ],
        [
          "id": "f2",
          "nodes": [
            node("deep", [("in2", "o"), ("in3", "o")]), binding("in2", output: "o"),
            binding("in3", output: "o"), binding("out2", inputs: [("deep", "outPort")]),
          ],
        ],
      ])
  }
}
