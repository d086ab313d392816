import JSONCore
import RealKernels
import Testing

@testable import Pipelines

@Suite("Edits of the visual editor")
struct PipelineEditTests {
  /// Applies edits in JSON to a document, and returns what they created.
  static func apply(_ text: String, to document: inout PipelineDocument) throws -> [String] {
    let edits = try PipelineEdit.list(json: JSONValue(parsing: Array(text.utf8)))
    return try document.apply(edits)
  }

  /// A chain `n0` → `n1` → … of scripts with positions.
  static func chain(_ count: Int) throws -> PipelineDocument {
    var document = PipelineDocument(name: "chain")
    for number in 0..<count {
      try document.addNode(
        file: "n\(number).py", id: "n\(number)",
        at: PipelinePoint(x: Double(number) * 200, y: 40))
      if number > 0 { try document.connect("n\(number - 1)", to: "n\(number)") }
    }
    return try PipelineDocument(document.serialized())
  }

  @Test("a pipeline is built by edits that refer to each other's results")
  func build() throws {
    var document = PipelineDocument(name: "new")
    let created = try PipelineEditTests.apply(
      """
      [{"op": "add_node", "file": "load.ipynb", "x": 40, "y": 80},
       {"op": "add_node", "file": "sub/clean.py", "x": 300, "y": 80, "label": "Clean",
        "properties": {"outputs": ["a.csv"]}},
       {"op": "connect", "source": "$0", "target": "$1"},
       {"op": "add_comment", "text": "**Look**", "x": 40, "y": 0, "nodes": ["$0"]},
       {"op": "connect", "source": "$3", "target": "$1"},
       {"op": "set_property", "ids": ["$0", "$1"], "name": "env_vars",
        "value": [{"env_var": "A", "value": "1"}]},
       {"op": "set_lyre", "ids": ["$0"], "name": "timeout", "value": 60},
       {"op": "set_default", "name": "runtime_image", "value": "owner/image:1"},
       {"op": "set_pipeline_property", "name": "description", "value": "Text"},
       {"op": "set_parameters", "parameters":
        [{"name": "YEAR", "type": "Integer", "default": 2024, "required": true}]}]
      """, to: &document)
    #expect(created.count == 5)
    let pipeline = try PipelineDocument(document.serialized()).pipeline
    #expect(pipeline.nodes.map(\.id) == [created[0], created[1]])
    #expect(pipeline.nodes.map(\.label) == ["load.ipynb", "Clean"])
    #expect(pipeline.nodes.map(\.parents) == [[], [created[0]]])
    #expect(pipeline.nodes[1].links.map(\.id) == [created[2]])
    #expect(pipeline.comments.map(\.nodes) == [[created[0], created[1]]])
    #expect(pipeline.nodes.allSatisfy { $0.environment == [.init(name: "A", value: "1")] })
    #expect(pipeline.nodes[0].lyre.timeout == 60)
    #expect(pipeline.nodes.allSatisfy { $0.runtimeImage == "owner/image:1" })
    #expect(pipeline.description == "Text")
    #expect(pipeline.parameters.map(\.name) == ["YEAR"])
    #expect(pipeline.parameters.first?.defaultValue == 2024)
    #expect(pipeline.parameters.first?.isRequired == true)
    let image = document.json["pipelines"]?[0]?["nodes"]?[0]?["app_data"]?["ui_data"]?["image"]
    #expect(image == "/static/elyra/notebook.svg")
  }

  @Test(
    "an edit followed by its inverse gives the same bytes",
    arguments: [
      (
        #"{"op": "move", "positions": [{"id": "n1", "x": 7, "y": 8.5}]}"#,
        #"{"op": "move", "positions": [{"id": "n1", "x": 200, "y": 40}]}"#
      ),
      (
        #"{"op": "set_label", "id": "n1", "label": "Two"}"#,
        #"{"op": "set_label", "id": "n1", "label": null}"#
      ),
      (
        #"{"op": "set_property", "ids": ["n0", "n1"], "name": "cpu", "value": 2}"#,
        #"{"op": "set_property", "ids": ["n0", "n1"], "name": "cpu", "value": null}"#
      ),
      (
        #"{"op": "set_lyre", "ids": ["n0"], "name": "retries", "value": 2}"#,
        #"{"op": "set_lyre", "ids": ["n0"], "name": "retries", "value": null}"#
      ),
      (
        #"{"op": "set_file", "id": "n2", "file": "other.ipynb"}"#,
        #"{"op": "set_file", "id": "n2", "file": "n2.py"}"#
      ),
      (
        #"{"op": "set_pipeline_property", "name": "description", "value": "d"}"#,
        #"{"op": "set_pipeline_property", "name": "description", "value": null}"#
      ),
      (
        #"{"op": "add_node", "file": "x.py"}"#, #"{"op": "remove", "ids": ["$created"]}"#
      ),
      (
        #"{"op": "add_comment", "text": "x", "x": 1, "y": 2}"#,
        #"{"op": "remove", "ids": ["$created"]}"#
      ),
      (
        #"{"op": "connect", "source": "n0", "target": "n2"}"#,
        #"{"op": "disconnect", "links": ["$created"]}"#
      ),
      (
        #"{"op": "make_super_node", "ids": ["n1", "n2"]}"#,
        #"{"op": "ungroup", "id": "$created"}"#
      ),
      (
        #"{"op": "make_super_node", "ids": ["n0"], "label": "One"}"#,
        #"{"op": "ungroup", "id": "$created"}"#
      ),
      (
        #"{"op": "make_super_node", "ids": ["n0", "n1", "n2", "n3"]}"#,
        #"{"op": "ungroup", "id": "$created"}"#
      ),
    ])
  func inverses(edit: String, inverse: String) throws {
    let before = try PipelineEditTests.chain(4).serialized()
    var document = try PipelineDocument(before)
    let created = try PipelineEditTests.apply("[\(edit)]", to: &document)
    let changed = document.serialized()
    #expect(changed != before)
    var again = try PipelineDocument(changed)
    let text = inverse.replacing("$created", with: created.first ?? "")
    _ = try PipelineEditTests.apply("[\(text)]", to: &again)
    let result = again.serialized()
    #expect(String(decoding: result, as: UTF8.self) == String(decoding: before, as: UTF8.self))
  }

  @Test(
    "an edit that is wrong names its index, its member and what is allowed",
    arguments: [
      (
        #"[{"op": "mvoe"}]"#, "edit 0: op: there is no edit 'mvoe'; there are add_node, add_comment"
      ),
      (#"[{}]"#, "edit 0: op: the member is missing or not a string"),
      (#"[5]"#, "edit 0: an edit is an object, not a number"),
      (#"{}"#, "edit 0: expected a list of edits"),
      (
        #"[{"op": "remove", "ids": []}, {"op": "set_label", "id": 5}]"#,
        "edit 1: id: expected a string, found a number"
      ),
      (
        #"[{"op": "move", "positions": [{"id": "n0", "x": "1", "y": 2}]}]"#,
        "edit 0: positions[0].x: expected a number between -10000000 and 10000000, found \"1\""
      ),
      (
        #"[{"op": "move", "positions": [{"id": "n0", "x": 1e300, "y": 2}]}]"#,
        "edit 0: positions[0].x: expected a number between -10000000 and 10000000, found 1e300"
      ),
      (
        #"[{"op": "align", "ids": [], "to": "up"}]"#,
        "edit 0: to: 'up' is not allowed; it is one of 'left', 'center', 'right'"
      ),
      (
        #"[{"op": "set_label", "id": "n0", "lable": "x"}]"#,
        "edit 0: lable: 'set_label' has no such member; it has id, label"
      ),
      (#"[{"op": "add_node"}]"#, "edit 0: file: 'add_node' needs either a file or a component"),
      (#"[{"op": "add_node", "file": "a.py", "x": 1}]"#, "edit 0: y: 'add_node' needs this member"),
      (#"[{"op": "remove", "ids": ["zz"]}]"#, "edit 0: there is no node, comment or link 'zz'"),
      (
        #"[{"op": "move", "positions": []}, {"op": "remove", "ids": ["$0"]}]"#,
        "edit 1: '$0' stands for nothing, because no earlier edit with the index 0 created an object"
      ),
      (
        #"[{"op": "connect", "source": "n0", "target": "n0"}]"#, "edit 0: the node 'n0' cannot wait"
      ),
      (
        #"[{"op": "connect", "source": "n0", "target": "n1", "source_port": "x"}]"#,
        "edit 0: the node 'n0' has no output 'x'; it has 'outPort'"
      ),
      (#"[{"op": "resize", "id": "n0", "width": 1, "height": 1}]"#, "edit 0: the node 'n0' has a"),
      (#"[{"op": "ungroup", "id": "n0"}]"#, "edit 0: the node 'n0' is not a super node"),
      (#"[{"op": "make_super_node", "ids": []}]"#, "edit 0: a super node needs at least one node"),
      (#"[{"op": "paste", "content": "x"}]"#, "edit 0: content: the clipboard has no copied nodes"),
      (#"[{"op": "add_node", "file": "a", "flow": "f"}]"#, "edit 0: there is no flow 'f'"),
      (#"[{"op": "add_node", "component": "c"}]"#, "edit 0: component: no catalog has the"),
    ])
  func errors(text: String, message: String) throws {
    var document = try PipelineEditTests.chain(2)
    let before = document.serialized()
    let error = #expect(throws: PipelineEditError.self) {
      try PipelineEditTests.apply(text, to: &document)
    }
    #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    #expect(document.serialized() == before)
  }

  @Test("a file of an older version becomes version 8 with the first edit")
  func migrates() throws {
    let text =
      #"{"version":"3.0","primary_pipeline":"p","pipelines":[{"id":"p","nodes":[{"id":"a","type":"pipeline_node","app_data":{"notebook":"x/a.ipynb","docker_image":"o/i","vars":["A=b"],"ui_data":{"label":"A"}}}],"app_data":{"title":"T"}}]}"#
    var document = try PipelineDocument(Array(text.utf8))
    #expect(try document.apply([]) == [])
    #expect(document.serialized() == Array(text.utf8))
    try document.apply([.move([.init("a", PipelinePoint(x: 1, y: 2))])])
    let again = try PipelineDocument(document.serialized())
    #expect(again.version == 8)
    #expect(again.pipeline.nodes[0].position == PipelinePoint(x: 1, y: 2))
    #expect(again.pipeline.nodes[0].environment == [.init(name: "A", value: "b")])
  }

  @Test("removing nodes, comments and links together removes all that refers to them")
  func remove() throws {
    var document = try PipelineEditTests.chain(5)
    let note = try document.addComment("x", attachedTo: ["n1", "n4"])
    let other = try document.addComment("y")
    let link = document.pipeline.nodes[4].links[0].id
    try document.apply([.remove([note, "n1", link, "n2"])])
    let pipeline = try PipelineDocument(document.serialized()).pipeline
    #expect(pipeline.nodes.map(\.id) == ["n0", "n3", "n4"])
    #expect(pipeline.nodes.flatMap(\.links).isEmpty)
    #expect(pipeline.comments.map(\.id) == [other])
  }

  @Test("a node is put into a link, whose order among the links of the target stays")
  func insert() throws {
    var document = try PipelineEditTests.chain(3)
    try document.connect("n0", to: "n2")
    try document.addNode(file: "x.py", id: "x")
    let link = document.pipeline.nodes[2].links[0].id
    let links = try document.apply([.insert("x", intoLink: link)])
    #expect(links.first == link && links.count == 2)
    let pipeline = try PipelineDocument(document.serialized()).pipeline
    #expect(pipeline.nodes.map(\.parents) == [[], ["n0"], ["x", "n0"], ["n1"]])
    #expect(throws: PipelineEditError.self) {
      try document.apply([.insert("x", intoLink: link)])
    }
  }

  @Test("disconnect removes all links of a node, also those of comments")
  func disconnect() throws {
    var document = try PipelineEditTests.chain(3)
    try document.addComment("x", attachedTo: ["n1", "n2"])
    try document.apply([.disconnect(links: [], nodes: ["n1"])])
    let pipeline = try PipelineDocument(document.serialized()).pipeline
    #expect(pipeline.nodes.map(\.parents) == [[], [], []])
    #expect(pipeline.comments[0].nodes == ["n2"])
  }

  @Test("clear keeps the name and the runtime, and the properties if only the canvas is cleared")
  func clear() throws {
    var document = try PipelineEditTests.chain(3)
    document.setPipelineProperty("description", to: "d")
    try document.addComment("x")
    var canvas = document
    try canvas.apply([.clear(.canvas)])
    #expect(canvas.pipeline.nodes.isEmpty && canvas.pipeline.comments.isEmpty)
    #expect(canvas.pipeline.description == "d")
    try document.apply([.clear(.everything)])
    #expect(document.pipeline.properties == ["name": "chain", "runtime": "Generic"])
  }

  @Test("the file of a node is changed with its operation, and its other properties stay")
  func setFile() throws {
    var document = try PipelineEditTests.chain(1)
    try document.apply([
      .setProperty(["n0"], name: "outputs", value: ["a"]), .setFile("n0", "sub/x.ipynb"),
    ])
    let node = document.pipeline.nodes[0]
    #expect(node.file == "sub/x.ipynb" && node.kind == .notebook && node.label == "x.ipynb")
    #expect(node.outputs == ["a"])
  }

  @Test("the size of the shared memory is written as an object, and an empty text is removed")
  func formValues() throws {
    var document = try PipelineEditTests.chain(1)
    try document.apply([
      .setProperty(["n0"], name: "kubernetes_shared_mem_size", value: 2),
      .setProperty(["n0"], name: "runtime_image", value: "a/b:1"),
    ])
    let properties = document.pipeline.nodes[0].properties
    #expect(properties["kubernetes_shared_mem_size"] == ["size": 2, "units": "G"])
    try document.apply([
      .setProperty(["n0"], name: "kubernetes_shared_mem_size", value: ["size": nil]),
      .setProperty(["n0"], name: "runtime_image", value: ""),
    ])
    let after = document.pipeline.nodes[0].properties
    #expect(after["kubernetes_shared_mem_size"] == [:])
    #expect(after["runtime_image"] == nil)
  }

  @Test("a parameter keeps its other members when the parameters are set as they were")
  func parameters() throws {
    let parameter: JSONValue = [
      "name": "p", "description": "", "default_value": ["type": "Integer", "value": 2],
      "value": 3, "required": false, "unknown": 1,
    ]
    let bytes = PipelineBuilder.file(
      nodes: [PipelineBuilder.node("a")],
      properties: ["name": "x", "pipeline_parameters": [parameter]])
    var document = try PipelineDocument(bytes)
    let view = PipelineView(document).json["parameters"]?.array?.compactMap(\.object) ?? []
    try document.apply([.setParameters(view)])
    #expect(document.serialized() == bytes)
    try document.apply([.setParameters([["name": "p", "type": "Integer", "default": 4]])])
    let parameters = document.pipeline.parameters
    #expect(parameters[0].defaultValue == 4)
    #expect(document.pipeline.properties["pipeline_parameters"]?[0]?["unknown"] == 1)
  }

  @Test(
    "every edit leaves the other lines of real files as they are",
    .enabled(if: PipelineCorpus.isThere, "needs ../shared/corpus"))
  func realFiles() throws {
    var read = 0
    for path in PipelineCorpus.pipelines() {
      let bytes = try PipelineCorpus.bytes(path)
      guard let document = try? PipelineDocument(bytes), document.version == 8,
        document.statesVersion, let node = document.pipeline.nodes.first(where: \.isExecutable)
      else { continue }
      read += 1
      var edited = document
      try edited.apply([
        .setProperty([node.id], name: "lyre_test", value: 1),
        .move([.init(node.id, PipelinePoint(x: 12345, y: 54321))]),
      ])
      let lines = Set(PipelineEditTests.lines(edited.serialized()))
      let kept = PipelineEditTests.lines(bytes).filter { lines.contains($0) }
      #expect(kept.count >= PipelineEditTests.lines(bytes).count - 4, "\(path)")
      let again = try PipelineDocument(edited.serialized())
      #expect(
        again.pipeline.executableNodes.map(\.id) == document.pipeline.executableNodes.map(\.id))
    }
    #expect(read > 80)
  }

  static func lines(_ bytes: [UInt8]) -> [Substring] {
    String(decoding: bytes, as: UTF8.self).split(separator: "\n")
  }
}
