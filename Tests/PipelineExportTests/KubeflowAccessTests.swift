import JSONCore
import PipelineExport
import Pipelines
import Testing

@Suite("Kubeflow Pipelines: runs with signed URLs")
struct KubeflowAccessTests {
  private var settings: ExportSettings {
    var settings = ExportFixture.settings
    settings.credentials = .grant
    settings.prefix = "team"
    return settings
  }

  /// Three nodes: the first and the last have outputs, and only the first has nodes behind it.
  private func pipeline(_ properties: JSONObject = [:]) throws -> Pipeline {
    try ExportFixture.pipeline(
      [
        ExportFixture.node("a", ["outputs": ["x.csv", "parts"]]),
        ExportFixture.node("b", parents: ["a"]),
        ExportFixture.node("c", parents: ["b"], ["outputs": ["y.csv"]]),
      ], properties: properties)
  }

  @Test("places are below a folder that the list of URLs names, and outputs go on as archives")
  func places() throws {
    let compiled = try ExportFixture.compiled(pipeline(), settings: settings)
    let (a, b, c) = (
      try #require(try compiled.description("a")), try #require(try compiled.description("b")),
      try #require(try compiled.description("c"))
    )
    let root = "s3://bucket/team/test/${FOLDER}"
    #expect(a.results.description == "\(root)/.lyre/a" && a.subject.run == .name("${RUN}"))
    #expect(a.outputs?.place?.description == root)
    #expect(a.outputs?.archives.map(\.description) == ["\(root)/.lyre/a/outputs.tar.gz"])
    for node in [b, c] {
      #expect(node.inputs?.archives.map(\.description) == ["\(root)/.lyre/a/outputs.tar.gz"])
      #expect(node.inputs?.patterns == ["x.csv", "parts"])
    }
    // Nobody is behind it.
    #expect(c.outputs?.archives == [] && b.inputs?.place?.description == root)
    var replaced = b
    replaced.replace(["RUN": "r", "FOLDER": "f"])
    #expect(
      replaced.inputs?.archives.map(\.description)
        == ["s3://bucket/team/test/f/.lyre/a/outputs.tar.gz"])
    #expect(try NodeDescription(json: b.json) == b)
  }

  @Test("the URLs are parameters of the run, and reach lyre neither as arguments nor in the file")
  func parameters() throws {
    let compiled = try ExportFixture.compiled(pipeline(), settings: settings)
    #expect(
      compiled.spec["root"]?["inputDefinitions"]?["parameters"] == [
        "lyre_access": [
          "parameterType": "STRING",
          "description":
            "The nodes' access to the storage: lyre pipeline submit --presigned makes it",
        ]
      ])
    #expect(
      compiled.task("b")?["inputs"]?["parameters"]?["lyre_access"]
        == ["componentInputParameter": "lyre_access"])
    let arguments = (compiled.container("b")?["args"]?.array ?? []).compactMap(\.string)
    #expect(
      arguments[1...4] == [
        "lyre", "{{$.inputs.parameters['lyre_access']}}", "{{$}}",
        "{{$.inputs.parameters['lyre_run']}}",
      ])
    #expect(!arguments.contains("--executor-input"))
    #expect(arguments[0].contains("LYRE_ACCESS=$1 LYRE_EXECUTOR_INPUT=$2; shift 2; export"))
    #expect(!"\(compiled.spec)\(compiled.platform ?? .null)".contains("AWS_"))
    #expect(try !ExportFixture.compiled(pipeline()).yaml().contains("lyre_access"))
  }

  @Test(
    "lyre in the storage has a parameter of its own; parameters of the pipeline keep their names")
  func program() throws {
    var settings = settings
    settings.program = .download("s3://tools/lyre", sha256: "ab")
    let names: JSONValue = [
      ["name": "lyre_access", "default_value": ["type": "String", "value": "mine"]]
    ]
    let compiled = try ExportFixture.compiled(
      pipeline(["pipeline_parameters": names]), settings: settings)
    let parameters = compiled.spec["root"]?["inputDefinitions"]?["parameters"]?.object ?? [:]
    #expect(parameters.map(\.key.string) == ["lyre_access", "lyre_access_", "lyre_program"])
    let arguments = (compiled.container("a")?["args"]?.array ?? []).compactMap(\.string)
    #expect(arguments[2] == "{{$.inputs.parameters['lyre_access_']}}")
    #expect(
      arguments[5...8] == [
        "s3://tools/lyre", "ab", "{{$.inputs.parameters['lyre_program']}}", "eu-west-1",
      ])
    settings.program = .download("https://tools/lyre", sha256: "ab")
    let web = try ExportFixture.compiled(pipeline(), settings: settings)
    #expect(!"\(web.spec)".contains("lyre_program"))
  }
}
