import JSONCore
import Testing

@testable import Pipelines

@Suite("Merging pipelines")
struct PipelineMergeTests {
  private static let original = Result {
    var document = try PipelineEditTests.chain(4)
    document.setDefault("runtime_image", to: "a/b:1")
    try document.addComment("note", attachedTo: ["n1"], id: "c")
    return document.serialized()
  }

  /// The common state of all tests, with the same ids.
  private func base() throws -> PipelineDocument {
    try PipelineDocument(PipelineMergeTests.original.get())
  }

  private func changed(_ edits: String) throws -> [UInt8] {
    var document = try base()
    _ = try PipelineEditTests.apply(edits, to: &document)
    return document.serialized()
  }

  @Test("changes of different nodes, properties, links and comments are all kept")
  func independent() throws {
    let bytes = try base().serialized()
    let mine = try changed(
      #"""
      [{"op": "set_property", "ids": ["n0"], "name": "outputs", "value": ["a.csv"]},
       {"op": "add_node", "file": "mine.py", "x": 0, "y": 300},
       {"op": "connect", "source": "n1", "target": "$1"},
       {"op": "set_comment", "id": "c", "text": "my note"}]
      """#)
    let theirs = try changed(
      #"""
      [{"op": "set_property", "ids": ["n0"], "name": "cpu", "value": 2},
       {"op": "move", "positions": [{"id": "n1", "x": 7, "y": 7}]},
       {"op": "add_node", "file": "theirs.py", "x": 0, "y": 400},
       {"op": "remove", "ids": ["n3"]},
       {"op": "set_default", "name": "runtime_image", "value": "c/d:2"}]
      """#)
    let merge = try PipelineMerge(base: bytes, mine: mine, theirs: theirs)
    #expect(merge.conflicts == [])
    let pipeline = try PipelineDocument(merge.bytes).pipeline
    #expect(pipeline.nodes.map(\.label) == ["n0.py", "n1.py", "n2.py", "mine.py", "theirs.py"])
    #expect(pipeline.nodes[0].outputs == ["a.csv"] && pipeline.nodes[0].resources.cpu == 2)
    #expect(pipeline.nodes[1].position == PipelinePoint(x: 7, y: 7))
    #expect(pipeline.nodes[3].parents == ["n1"])
    #expect(pipeline.comments.map(\.text) == ["my note"])
    #expect(pipeline.defaults["runtime_image"] == "c/d:2")
  }

  @Test("conflicts are described, and mine is kept")
  func conflicts() throws {
    let bytes = try base().serialized()
    let mine = try changed(
      #"""
      [{"op": "set_label", "id": "n0", "label": "Load"},
       {"op": "set_property", "ids": ["n0"], "name": "runtime_image", "value": "mine/x:1"},
       {"op": "remove", "ids": ["n3"]},
       {"op": "set_comment", "id": "c", "text": "mine"},
       {"op": "set_default", "name": "runtime_image", "value": "mine/y:1"}]
      """#)
    let theirs = try changed(
      #"""
      [{"op": "set_property", "ids": ["n0"], "name": "runtime_image", "value": "their/x:1"},
       {"op": "set_property", "ids": ["n3"], "name": "cpu", "value": 1},
       {"op": "set_comment", "id": "c", "text": "theirs"},
       {"op": "set_default", "name": "runtime_image", "value": "their/y:1"}]
      """#)
    let merge = try PipelineMerge(base: bytes, mine: mine, theirs: theirs)
    #expect(
      merge.conflicts.map(\.place) == [
        "node Load, Runtime Image", "node n3.py", "comment 'mine', content",
        "the pipeline's defaults, Runtime Image",
      ])
    #expect(merge.conflicts[0].mine == "mine/x:1" && merge.conflicts[0].theirs == "their/x:1")
    #expect(merge.conflicts[1].mine == nil)
    let pipeline = try PipelineDocument(merge.bytes).pipeline
    #expect(pipeline.nodes.map(\.id) == ["n0", "n1", "n2"])
    #expect(pipeline.nodes[0].runtimeImage == "mine/x:1")
  }

  @Test("a link to a node that the other side removed goes too")
  func lostLink() throws {
    let bytes = try base().serialized()
    let mine = try changed(
      #"[{"op": "add_node", "file": "x.py"}, {"op": "connect", "source": "n3", "target": "$0"}]"#)
    let theirs = try changed(#"[{"op": "remove", "ids": ["n3"]}]"#)
    let merge = try PipelineMerge(base: bytes, mine: mine, theirs: theirs)
    let pipeline = try PipelineDocument(merge.bytes).pipeline
    #expect(pipeline.nodes.map(\.label) == ["n0.py", "n1.py", "n2.py", "x.py"])
    #expect(pipeline.nodes[3].links.isEmpty && pipeline.wiringFaults.isEmpty)
  }

  @Test("what I did not change keeps the bytes of the other file, in its own style")
  func bytes() throws {
    let base = try base().serialized()
    let mine = try changed(#"[{"op": "set_property", "ids": ["n0"], "name": "cpu", "value": 2}]"#)
    let theirs = Array(
      String(decoding: base, as: UTF8.self).replacing("\n", with: "\r\n")
        .replacing("chain", with: "other  name").utf8)
    let merge = try PipelineMerge(base: base, mine: mine, theirs: theirs)
    let text = String(decoding: merge.bytes, as: UTF8.self)
    #expect(text.contains("other  name") && text.contains("\"cpu\": 2"))
    #expect(!text.contains { $0 == "\n" })
  }

  @Test("an unreadable file is an error, and an old one is migrated")
  func versions() throws {
    let bytes = try base().serialized()
    let mine = try changed(#"[{"op": "clear", "what": "canvas"}]"#)
    #expect(throws: PipelineError.self) {
      try PipelineMerge(base: bytes, mine: mine, theirs: Array("{".utf8))
    }
  }

  @Test("200 random pairs: unchanged sides give the other, and equal changes give themselves")
  func random() throws {
    var numbers = SeededNumbers(state: 5)
    func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &numbers)] }
    func change(_ document: PipelineDocument) throws -> [UInt8] {
      var document = document
      for _ in 0..<Int.random(in: 0...4, using: &numbers) {
        let ids = document.pipeline.flows.flatMap(\.nodes).map(\.id)
        guard let id = ids.randomElement(using: &numbers) else { break }
        let value = Int.random(in: 0..<3, using: &numbers)
        let edit: PipelineEdit = pick([
          .setProperty([id], name: "cpu", value: .init(value)),
          .move([.init(id, PipelinePoint(x: Double(value), y: 1))]),
          .remove([id]), .setDefault(name: "runtime_image", value: .init("a/b:\(value)")),
          .addNode(
            .file("x.py"), flow: nil, at: nil, label: nil, operation: nil, properties: [:]),
          .makeSuperNode([id], label: nil),
          .connect(
            source: id, target: ids[0], sourcePort: nil, targetPort: nil),
        ])
        // Some cannot be applied, such as a link of a node to itself.
        _ = try? document.apply([edit])
      }
      return document.serialized()
    }
    for _ in 0..<200 {
      let base = try change(try PipelineEditTests.chain(3))
      let mine = try change(try PipelineDocument(base))
      let theirs = try change(try PipelineDocument(base))
      let unchanged = try PipelineMerge(base: base, mine: base, theirs: theirs)
      #expect(unchanged.bytes == theirs && unchanged.conflicts.isEmpty)
      let own = try PipelineMerge(base: base, mine: mine, theirs: base)
      #expect(own.bytes == mine && own.conflicts.isEmpty)
      let same = try PipelineMerge(base: base, mine: mine, theirs: mine)
      #expect(same.bytes == mine && same.conflicts.isEmpty)
      // The same values in another style take the long way.
      let value = try JSONValue(parsing: theirs)
      let spread = try PipelineMerge(
        base: base, mine: try JSONValue(parsing: base).serialized(), theirs: theirs)
      #expect(try JSONValue(parsing: spread.bytes) == value && spread.conflicts.isEmpty)
      let both = try PipelineMerge(base: base, mine: mine, theirs: theirs)
      let merged = try JSONValue(parsing: both.bytes)
      #expect(MergedStructure.faults(merged).isEmpty)
      #expect(try PipelineDocument(both.bytes).pipeline.wiringFaults.isEmpty)
    }
  }
}
