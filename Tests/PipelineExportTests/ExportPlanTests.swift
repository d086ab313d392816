import JSONCore
import PipelineExport
import Pipelines
import Testing

@Suite("Plan of an export")
struct ExportPlanTests {
  @Test(
    "labels become names of tasks",
    arguments: [
      ("load", "load"), ("Load data.ipynb", "load-data-ipynb"), ("  -a_b-  ", "a-b"),
      ("Größe", "gr-e"),
      ("1st", "node-1st"), ("", "node"), ("日本", "node"), ("a--b__c", "a-b-c"), ("-", "node"),
    ])
  func taskNames(_ label: String, _ name: String) {
    var names = TaskNames()
    #expect(names.add(label) == name)
    #expect(names.add(label) == "\(name)-2")
  }

  @Test("names of tasks are unique, and at most 63 characters long")
  func uniqueNames() {
    var names = TaskNames()
    let long = String(repeating: "x", count: 80)
    let labels = ["a", "a-2", "a", "a", "A", long, long] + (0..<20).map { _ in long + "!" }
    let all = labels.map { names.add($0) }
    #expect(Set(all).count == all.count, "\(all)")
    #expect(all.allSatisfy { $0.utf8.count <= 63 && !$0.hasSuffix("-") })
    #expect(all.prefix(5) == ["a", "a-2", "a-3", "a-4", "a-5"])
  }

  @Test(
    "texts become values of labels",
    arguments: [
      ("a b", "a_b"), ("_a.", "a"), ("ü", ""),
      (String(repeating: "a", count: 70), String(repeating: "a", count: 63)),
    ])
  func labelValues(_ text: String, _ value: String) {
    #expect(TaskNames.labelValue(text) == value)
  }

  @Test("the same content has the same archive, whatever its order; other content has another")
  func archives() {
    let a = NodeArchive.Member(path: "a", sha256: "1")
    let b = NodeArchive.Member(path: "b", sha256: "2")
    #expect(NodeArchive([a, b]) == NodeArchive([b, a]))
    let others = [
      NodeArchive([a]), NodeArchive([a, .init(path: "b", sha256: "3")]),
      NodeArchive([a, .init(path: "c", sha256: "2")]),
      NodeArchive([a, .init(path: "b", sha256: "2", isExecutable: true)]), NodeArchive([a, b]),
    ]
    #expect(Set(others.map(\.hash)).count == others.count)
  }

  @Test("a node gets the outputs of all nodes before it, and waits for its parents only")
  func ancestors() throws {
    let compiled = try ExportFixture.compiled(
      ExportFixture.pipeline([
        ExportFixture.node("c", parents: ["b"]),
        ExportFixture.node("a", ["outputs": ["x.csv"]]),
        ExportFixture.node("b", parents: ["a"], ["outputs": ["y/*.csv", "x.csv"]]),
      ]))
    #expect(compiled.task("c")?["dependentTasks"] == ["b"])
    #expect(compiled.task("a")?["dependentTasks"] == nil)
    #expect(try compiled.description("c")?.inputs?.patterns == ["x.csv", "y/*.csv"])
    #expect(try compiled.description("c")?.inputs?.isElyra == true)
    let names = compiled.spec["root"]?["dag"]?["tasks"]?.object?.map(\.key.string)
    #expect(names == ["a", "b", "c"])
  }

  @Test("a pipeline's parameter may have the name of the run's input")
  func nameOfRun() throws {
    let compiled = try ExportFixture.compiled(
      ExportFixture.pipeline(
        [ExportFixture.node("a", ["pipeline_parameters": ["lyre_run"]])],
        properties: [
          "pipeline_parameters": [
            ["name": "lyre_run", "default_value": ["type": "String", "value": "mine"]]
          ]
        ]))
    #expect(
      compiled.task("a")?["inputs"]?["parameters"] == [
        "lyre_run_": ["runtimeValue": ["constant": "{{$.pipeline_job_uuid}}"]],
        "lyre_run": ["componentInputParameter": "lyre_run"],
      ])
  }

  @Test(
    "a default of another type is an error with the parameter's name",
    arguments: [("Integer", "x"), ("Float", "1,5"), ("Bool", "maybe")])
  func badDefault(_ type: String, _ value: String) throws {
    let pipeline = try ExportFixture.pipeline(
      [ExportFixture.node("a")],
      properties: [
        "pipeline_parameters": [
          ["name": "p", "default_value": ["type": .init(type), "value": .init(value)]]
        ]
      ])
    let error = #expect(throws: ExportProblem.self) { try ExportFixture.compiled(pipeline) }
    #expect(error?.description.contains("'p'") == true)
  }

  @Test("a node without an image is an error with its label")
  func missingImage() throws {
    let pipeline = try ExportFixture.pipeline([
      ExportFixture.node("a", ["runtime_image": ""], label: "My node")
    ])
    let error = #expect(throws: ExportProblem.self) { try ExportFixture.compiled(pipeline) }
    #expect(error?.description.contains("'My node' has no runtime image") == true)
  }

  @Test("images get their pull policy and secret from the settings, unless the node has its own")
  func images() throws {
    var settings = ExportFixture.settings
    settings.images["owner/image:1"] = .init(pullPolicy: "Never", pullSecret: "theirs")
    let compiled = try ExportFixture.compiled(
      ExportFixture.pipeline([
        ExportFixture.node("a"), ExportFixture.node("b", lyre: ["image_pull_policy": "Always"]),
      ]), settings: settings)
    #expect(compiled.pod("a")?["imagePullPolicy"] == "Never")
    #expect(compiled.pod("b")?["imagePullPolicy"] == "Always")
    #expect(compiled.pod("a")?["imagePullSecret"]?[0]?["secretName"] == "theirs")
  }

  @Test("a hundred nodes are compiled into the same bytes each time")
  func deterministic() throws {
    let nodes = (0..<100).map { place in
      ExportFixture.node(
        "n\(place)", parents: place == 0 ? [] : ["n\(place - 1)"], ["outputs": [.init("o\(place)")]]
      )
    }
    let pipeline = try ExportFixture.pipeline(nodes)
    let texts = try (0..<3).map { _ in try ExportFixture.compiled(pipeline).yaml() }
    #expect(Set(texts).count == 1)
    #expect(texts[0].hasPrefix("# test: made by Lyre from test.pipeline; changes belong there.\n"))
  }
}
