import JSONCore
import Testing

@testable import Pipelines

@Suite("Editing a pipeline")
struct EditingTests {
  @Test(
    "writes every real file unchanged if a change is reverted",
    .enabled(if: PipelineCorpus.isThere, "needs ../shared/corpus"))
  func untouched() throws {
    var read = 0
    for path in PipelineCorpus.pipelines() {
      let bytes = try PipelineCorpus.bytes(path)
      guard let document = try? PipelineDocument(bytes), document.version == 8,
        document.statesVersion, !document.pipeline.properties.isEmpty
      else { continue }
      read += 1
      var edited = document
      edited.setPipelineProperty("lyre_test", to: 1)
      #expect(edited.isChanged)
      let changed = edited.serialized()
      #expect(changed != bytes)
      var again = try PipelineDocument(changed)
      again.setPipelineProperty("lyre_test", to: nil)
      let isSame = again.serialized() == bytes
      #expect(isSame, "\(path)")
    }
    #expect(read > 80)
  }

  @Test("changes only the necessary lines")
  func fewLines() throws {
    let bytes = PipelineBuilder.file(parents: [[], [0], [1]])
    var document = try PipelineDocument(bytes)
    try document.setProperty("outputs", to: ["a.csv"], of: "n1")
    try document.moveNode("n2", to: PipelinePoint(x: 10, y: 20.5))
    let before = lines(bytes)
    let after = lines(document.serialized())
    #expect(after.count == before.count + 5)
    #expect(Set(before).subtracting(after) == [#""label": "n2""#])
    #expect(
      Set(after).subtracting(before) == [
        #""runtime_image": "owner/image:1","#, #""a.csv""#, #""x_pos": 10,"#, #""y_pos": 20.5"#,
      ])
  }

  @Test("keeps tabs, CRLF, escapes, odd spacing and unknown fields in unchanged parts")
  func styles() throws {
    let text = """
      {\r
      \t"version" : "3.0", "primary_pipeline" : "p",\r
      \t"strange" : [1.0, 1e5, "\\u00e9", {"deep":{ }}],\r
      \t"pipelines" : [\r
      \t\t{"id":"p","nodes":[{"id":"a","type":"execution_node","op":"execute-python-node","app_data":{"component_parameters":{"filename":"a.py"},"x":1e2}}],\r
      \t\t"app_data":{"version":8,"properties":{"name":"x"}}}\r
      \t]\r
      }\r

      """
    var document = try PipelineDocument(Array(text.utf8))
    try document.setProperty("filename", to: "é.py", of: "a")
    let expected = text.replacing("\"a.py\"", with: "\"\\u00e9.py\"")
    #expect(String(decoding: document.serialized(), as: UTF8.self) == expected)
    try document.addNode(file: "b.py", id: "b")
    let written = document.serialized()
    let again = try PipelineDocument(written)
    #expect(again.pipeline.nodes.map(\.id) == ["a", "b"])
    #expect(String(decoding: written, as: UTF8.self).contains("\"strange\" : [1.0, 1e5,"))
  }

  @Test("a new pipeline is built, changed and emptied")
  func build() throws {
    var document = PipelineDocument(name: "new", runtimeImage: "owner/image:1")
    #expect(!document.isChanged)
    let load = try document.addNode(file: "load.ipynb", properties: ["outputs": ["data.csv"]])
    let clean = try document.addNode(file: "sub/clean.py", label: "Clean")
    let plot = try document.addNode(file: "plot.R", id: "plot")
    try document.addNode(file: "run.sh", id: "shell")
    try document.connect(load, to: clean)
    try document.connect(clean, to: plot)
    try document.connect(clean, to: plot)
    try document.setLyreProperty("timeout", to: 60, of: clean)
    let note = try document.addComment("Look here", attachedTo: [clean])
    let pipeline = try PipelineDocument(document.serialized()).pipeline
    #expect(pipeline.nodes.map(\.kind) == [.notebook, .pythonScript, .rScript, .script])
    #expect(pipeline.nodes.map(\.label) == ["load.ipynb", "Clean", "plot.R", "run.sh"])
    #expect(pipeline.nodes.map(\.parents) == [[], [load], [clean], []])
    #expect(pipeline.nodes[1].lyre.timeout == 60)
    #expect(pipeline.nodes[0].outputs == ["data.csv"])
    #expect(pipeline.nodes.allSatisfy { $0.runtimeImage == "owner/image:1" })
    #expect(pipeline.comments.map(\.text) == ["Look here"])
    #expect(pipeline.comments.map(\.nodes) == [[clean]])

    try document.setComment(note, to: "Or here")
    try document.removeNode(clean)
    try document.disconnect(load, from: plot)
    try document.setLyreProperty("retries", to: 1, of: "plot")
    try document.setLyreProperty("retries", to: nil, of: "plot")
    let text = String(decoding: document.serialized(), as: UTF8.self)
    #expect(!text.contains("null") && !text.contains("lyre") && !text.contains(clean))
    let after = try PipelineDocument(document.serialized()).pipeline
    #expect(after.nodes.map(\.id) == [load, "plot", "shell"])
    #expect(after.nodes.map(\.parents) == [[], [], []])
    #expect(after.comments.map(\.text) == ["Or here"])
    #expect(after.comments.map(\.nodes) == [[]])
    try document.setComment(note, to: nil)
    #expect(document.pipeline.comments.isEmpty)
  }

  @Test("rejects invalid changes")
  func refusals() throws {
    var document = PipelineDocument(name: "x")
    try document.addNode(file: "a.py", id: "a")
    func code(_ body: (inout PipelineDocument) throws(PipelineError) -> Void) -> PipelineError.Code?
    {
      do throws(PipelineError) {
        try body(&document)
        return nil
      } catch {
        return error.code
      }
    }
    let twice = code { d throws(PipelineError) in try d.addNode(file: "b.py", id: "a") }
    #expect(twice == .duplicateID)
    let nameless = code { d throws(PipelineError) in try d.addNode(file: "") }
    #expect(nameless == .invalidValue)
    let itself = code { d throws(PipelineError) in try d.connect("a", to: "a") }
    #expect(itself == .cycle)
    let missing = code { d throws(PipelineError) in try d.connect("b", to: "a") }
    #expect(missing == .noSuchNode)
    let gone = code { d throws(PipelineError) in try d.removeNode("b") }
    #expect(gone == .noSuchNode)
    let comment = code { d throws(PipelineError) in try d.setComment("c", to: "x") }
    #expect(comment == .noSuchNode)
    #expect(document.pipeline.nodes.count == 1)
  }

  @Test("removing a super node removes its pipeline")
  func removeSuperNode() throws {
    var document = try PipelineDocument(SuperNodes.nested)
    try document.removeNode("outer")
    let pipeline = try PipelineDocument(document.serialized()).pipeline
    #expect(pipeline.flows.map(\.id) == ["primary"])
    #expect(pipeline.executableNodes.map(\.id) == ["after", "before"])
    #expect(try PipelineGraph(pipeline).parents == [[], []])
  }

  @Test("a changed older file becomes version 8")
  func migrates() throws {
    let text =
      #"{"version":"3.0","primary_pipeline":"p","pipelines":[{"id":"p","nodes":[{"id":"a","type":"pipeline_node","app_data":{"notebook":"x/a.ipynb","docker_image":"o/i","vars":["A=b=c, d"],"ui_data":{"label":"A"}}}],"app_data":{"title":"T","export":true}}]}"#
    var document = try PipelineDocument(Array(text.utf8))
    #expect(document.version == 0)
    #expect(document.serialized() == Array(text.utf8))
    let node = document.pipeline.nodes[0]
    #expect(node.environment == [EnvironmentVariable(name: "A", value: "b=c, d")])
    #expect(node.file == "a.ipynb")
    #expect(node.label == "A")
    document.migrate(name: "file")
    let migrated = try PipelineDocument(document.serialized())
    #expect(migrated.version == 8)
    #expect(migrated.pipeline.name == "file")
    #expect(migrated.pipeline.nodes[0].environment == node.environment)
    #expect(migrated.json["pipelines"]?[0]?["app_data"]?["export"] == nil)
  }

  private func lines(_ bytes: [UInt8]) -> [String] {
    String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { line in
      String(line.drop { $0 == " " })
    }
  }
}
