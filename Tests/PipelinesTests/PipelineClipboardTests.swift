import JSONCore
import Testing

@testable import Pipelines

@Suite("The clipboard of the visual editor")
struct PipelineClipboardTests {
  @Test("nodes are pasted with their links, comments and properties, and new ids")
  func paste() throws {
    var source = try PipelineEditTests.chain(4)
    try source.addComment("c", at: PipelinePoint(x: 200, y: 0), attachedTo: ["n1", "n3"], id: "c")
    try source.setProperty("outputs", to: ["a"], of: "n1")
    let content = try PipelineClipboard(source, ["n1", "n2", "c"]).content
    var target = PipelineDocument(name: "target")
    let created = try target.apply([
      .paste(content, flow: nil, at: PipelinePoint(x: 10, y: 20))
    ])
    #expect(created.count == 3)
    let pipeline = try PipelineDocument(target.serialized()).pipeline
    #expect(pipeline.nodes.map(\.id) == Array(created.prefix(2)))
    #expect(pipeline.nodes.map(\.file) == ["n1.py", "n2.py"])
    #expect(pipeline.nodes.map(\.parents) == [[], [created[0]]])
    #expect(pipeline.nodes[0].outputs == ["a"])
    #expect(pipeline.comments.map(\.nodes) == [[created[0]]])
    #expect(pipeline.comments[0].position == PipelinePoint(x: 10, y: 20))
    #expect(pipeline.nodes[0].position == PipelinePoint(x: 10, y: 60))
    let ids = Set(source.pipeline.nodes.map(\.id))
    #expect(ids.isDisjoint(with: created))
  }

  @Test("without a point, nodes are pasted where no node is covered exactly")
  func offset() throws {
    var document = try PipelineEditTests.chain(2)
    let clipboard = try PipelineClipboard(document, ["n0"])
    let first = try document.paste(clipboard)
    let second = try document.paste(clipboard)
    let positions = document.pipeline.nodes.map(\.position)
    #expect(Set(positions).count == 4 && !positions.contains(nil))
    #expect(first != second)
  }

  @Test("super nodes are pasted with their flows, also nested ones, twice into the same pipeline")
  func superNodes() throws {
    var document = try PipelineDocument(SuperNodes.nested)
    let clipboard = try PipelineClipboard(document, ["outer", "after"])
    let content = try PipelineClipboard(content: clipboard.content)
    for copies in 1...2 {
      let created = try document.paste(content)
      let pipeline = try PipelineDocument(document.serialized()).pipeline
      #expect(pipeline.flows.count == 3 + 2 * copies)
      #expect(pipeline.wiringFaults.isEmpty)
      let nodes = pipeline.executableNodes
      #expect(nodes.count == 4 + 3 * copies)
      let after = try #require(nodes.first { $0.id == created[0] })
      let deep = try #require(nodes.first { after.parents == [$0.id] })
      // The link from the node outside is dropped.
      #expect(deep.parents.count == 1)
      #expect(Set(nodes.map(\.id)).count == nodes.count)
      #expect(try PipelineGraph(pipeline).nodes.count == nodes.count)
    }
  }

  @Test("inputs of components keep their source if it is pasted with them")
  func components() throws {
    var nodes = [PipelineBuilder.node("a"), PipelineBuilder.node("b", parents: ["a"])]
    nodes[1].updateObject { node in
      node["op"] = "x-catalog:1"
      node["app_data"] = [
        "component_parameters": [
          "text": ["widget": "inputpath", "value": ["value": "a", "option": "output_x"]]
        ]
      ]
    }
    var document = try PipelineDocument(PipelineBuilder.file(nodes: nodes))
    let created = try document.paste(PipelineClipboard(document, ["a", "b"]))
    let pasted = try #require(document.pipeline.nodes.last)
    #expect(pasted.component?.inputs.first?.node == created[0])
  }

  @Test("the paths of files lead to the same files from another folder")
  func folders() throws {
    var source = try PipelineEditTests.chain(1)
    try source.addNode(file: "/abs/x.py", id: "x")
    let content = try PipelineClipboard(source, ["n0", "x"], folder: "a/b").content
    var target = PipelineDocument(name: "target")
    try target.apply(
      [.paste(content, flow: nil, at: nil)], with: PipelineEditContext(folder: "a/c"))
    #expect(target.pipeline.nodes.map(\.file) == ["../b/n0.py", "/abs/x.py"])
  }

  @Test(
    "anything else on the clipboard is an error, not a crash",
    arguments: [
      "", "x", "{}", #"{"kind": "lyre-pipeline-nodes", "version": 2}"#,
      #"{"kind": "lyre-pipeline-nodes", "version": 1, "nodes": [5]}"#,
      #"{"kind": "lyre-pipeline-nodes", "version": 1, "nodes": [{"id": "a"}, {"id": "a"}]}"#,
    ])
  func hostile(content: String) {
    #expect(throws: PipelineError.self) { try PipelineClipboard(content: content) }
  }

  @Test("content with super nodes that contain themselves is pasted without an endless loop")
  func selfContained() throws {
    let content =
      #"{"kind": "lyre-pipeline-nodes", "version": 1, "nodes": [{"id": "s", "type": "super_node", "subflow_ref": {"pipeline_id_ref": "f"}, "inputs": [{"id": 5, "links": [5, {"node_id_ref": "gone"}]}]}], "flows": [{"id": "f", "nodes": [{"id": "t", "type": "super_node", "subflow_ref": {"pipeline_id_ref": "f"}}, 5]}], "comments": [{"id": "c", "associated_id_refs": [5]}]}"#
    var document = PipelineDocument(name: "x")
    let created = try document.apply([.paste(content, flow: nil, at: nil)])
    #expect(created.count == 2)
    #expect(!document.pipeline.wiringFaults.isEmpty)
    #expect(PipelineView(document).json["flows"]?.array?.count == 2)
    try document.apply([.remove(created)])
    #expect(document.pipeline.nodes.isEmpty)
  }
}
