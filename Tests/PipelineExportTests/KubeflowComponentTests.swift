import JSONCore
import PipelineExport
import Pipelines
import Testing

@Suite("Components in Kubeflow Pipelines")
struct KubeflowComponentTests {
  static let files = FakeExportFiles(
    definitions: [
      "download.yaml": """
      name: Download data
      inputs:
      - {name: Url, type: URI}
      - {name: curl options, type: string, default: '--location', description: More options}
      outputs:
      - {name: Data}
      implementation:
        container:
          image: curl:1
          command:
          - sh
          - -c
          - |
            curl "$0"
          - inputValue: Url
          - outputPath: Data
          args: [{concat: [--o=, {inputValue: curl options}]}]
          env: {MODE: fast}
      """,
      "hash.yaml": """
      name: Hash
      inputs:
      - {name: Data}
      - {name: Rounds, type: Integer, default: '3'}
      - {name: Names, type: JsonArray, optional: true}
      - {name: Exact, type: Bool, default: 'False'}
      outputs:
      - {name: Hash, type: String}
      implementation:
        container:
          image: alpine
          command: [hash, {inputPath: Data}, {inputValue: Rounds}, {outputPath: Hash}]
          args:
          - if:
              cond: {isPresent: Names}
              then: [--names, {inputValue: Names}]
              else: [--none]
          - {inputValue: Exact}
      """,
      "print.yaml": """
      name: Print
      inputs: [{name: Text, type: String}, {name: Count, type: Float}]
      implementation:
        container: {image: alpine, command: [echo, {inputValue: Text}, {inputValue: Count}]}
      """,
    ], texts: ["note.txt": "from the file\n"])

  static func string(_ value: JSONValue, _ widget: String = "string") -> JSONValue {
    ["widget": .init(widget), "value": value]
  }

  static func output(_ name: String, of node: String) -> JSONValue {
    ["widget": "inputpath", "value": ["value": .init(node), "option": .init("output_\(name)")]]
  }

  private func chain() throws -> KubeflowPipeline {
    try ExportFixture.compiled(
      ExportFixture.pipeline(
        [
          ExportFixture.component(
            "get", "download.yaml",
            [
              "url": Self.string("base", "parameter"), "output_data": "",
              "mounted_volumes": [["path": "/m", "pvc_name": "p"]],
              "disable_node_caching": "True",
            ]),
          ExportFixture.component(
            "hash", "hash.yaml", parents: ["get"],
            [
              "data": Self.output("data", of: "get"), "names": Self.string("['a', \"b\"]"),
              "rounds": Self.string(5, "number"), "output_hash": "",
            ]),
          ExportFixture.component(
            "print", "print.yaml", parents: ["hash"],
            ["text": Self.output("hash", of: "hash"), "count": Self.string("1.5")]),
        ],
        properties: [
          "pipeline_parameters": [
            ["name": "base", "default_value": ["type": "String", "value": "http://x"]]
          ]
        ]), files: Self.files)
  }

  @Test("a component has its image, command with placeholders, variables, inputs and outputs")
  func component() throws {
    let compiled = try chain()
    #expect(
      compiled.container("get") == [
        "image": "curl:1",
        "command": [
          "sh", "-c", "curl \"$0\"\n", "{{$.inputs.parameters['url']}}",
          "{{$.outputs.artifacts['data'].path}}",
        ],
        "args": [
          #"{"Concat": ["--o=", "{{$.inputs.parameters['curl_options']}}"]}"#
        ], "env": [["name": "MODE", "value": "fast"]],
      ])
    #expect(
      compiled.component("get")?["inputDefinitions"]?["parameters"] == [
        "url": ["parameterType": "STRING"],
        "curl_options": [
          "parameterType": "STRING", "defaultValue": "--location", "isOptional": true,
          "description": "More options",
        ],
      ])
    #expect(compiled.task("get")?["cachingOptions"] == [:])
    #expect(compiled.task("hash")?["cachingOptions"] == ["enableCache": true])
    #expect(compiled.pod("get")?["pvcMount"]?[0]?["mountPath"] == "/m")
    #expect(compiled.pod("get")?["secretAsEnv"] == nil)
  }

  @Test("values have the types of their inputs")
  func values() throws {
    let compiled = try chain()
    #expect(
      compiled.task("get")?["inputs"] == [
        "parameters": ["url": ["componentInputParameter": "base"]]
      ])
    let values = compiled.task("hash")?["inputs"]?["parameters"]
    #expect(
      values == [
        "rounds": ["runtimeValue": ["constant": 5]],
        "names": ["runtimeValue": ["constant": ["a", "b"]]],
      ])
    let definitions = compiled.component("hash")?["inputDefinitions"]?["parameters"]
    #expect(definitions?["rounds"]?["defaultValue"] == 3)
    #expect(definitions?["exact"]?["defaultValue"] == false)
    #expect(
      compiled.container("hash")?["args"]?[0]?.string
        == #"{"IfPresent": {"InputName": "names", "Then": ["--names", "#
        + #""{{$.inputs.parameters['names']}}"], "Else": ["--none"]}}"#)
  }

  @Test("outputs go to the nodes behind, as files or as values, as those read them")
  func connections() throws {
    let compiled = try chain()
    #expect(
      compiled.task("hash")?["inputs"]?["artifacts"] == [
        "data": ["taskOutputArtifact": ["producerTask": "get", "outputArtifactKey": "data"]]
      ])
    #expect(
      compiled.component("get")?["outputDefinitions"]?["artifacts"]?["data"]?["artifactType"]
        == ["schemaTitle": "system.Artifact", "schemaVersion": "0.0.1"])
    #expect(
      compiled.task("print")?["inputs"]?["parameters"]?["text"] == [
        "taskOutputParameter": ["producerTask": "hash", "outputParameterKey": "hash"]
      ])
    #expect(
      compiled.component("hash")?["outputDefinitions"] == [
        "parameters": ["hash": ["parameterType": "STRING"]]
      ])
    // An output without a type that is read as a value.
    let other = try ExportFixture.compiled(
      ExportFixture.pipeline([
        ExportFixture.component("get", "download.yaml", ["url": Self.string("u")]),
        ExportFixture.component(
          "print", "print.yaml", parents: ["get"],
          ["text": Self.output("data", of: "get"), "count": Self.string(1)]),
      ]), files: Self.files)
    #expect(
      other.component("get")?["outputDefinitions"] == [
        "parameters": ["data": ["parameterType": "STRING"]]
      ])
    #expect(
      other.container("get")?["command"]?[4] == "{{$.outputs.parameters['data'].output_file}}")
  }

  @Test("the content of a file may be a value")
  func fileValue() throws {
    let compiled = try ExportFixture.compiled(
      ExportFixture.pipeline([
        ExportFixture.component(
          "p", "print.yaml",
          ["text": Self.string("note.txt", "file"), "count": Self.string(2, "number")])
      ]), files: Self.files)
    #expect(
      compiled.task("p")?["inputs"]?["parameters"]?["text"] == [
        "runtimeValue": ["constant": "from the file\n"]
      ])
  }

  @Test(
    "what cannot be expressed is an error that names node and input",
    arguments: [
      (["count": string(1)], "input 'Text' of node 'x' has no value"),
      (
        ["text": string("t"), "count": string("many")],
        "'Count' of node 'x' has a value that is not"
      ),
      (["text": output("data", of: "gone"), "count": string(1)], "uses an output of a node that"),
      (["text": output("other", of: "get"), "count": string(1)], "the output 'other' of 'get'"),
      (
        ["text": string("p", "parameter"), "count": string(1)],
        "parameter 'p', which is not defined"
      ),
      (["text": string("gone.txt", "file"), "count": string(1)], "there is no gone.txt"),
    ] as [(JSONObject, String)])
  func errors(_ properties: JSONObject, _ message: String) throws {
    let pipeline = try ExportFixture.pipeline([
      ExportFixture.component("get", "download.yaml", ["url": Self.string("u")]),
      ExportFixture.component("x", "print.yaml", parents: ["get"], properties),
    ])
    let error = #expect(throws: ExportProblem.self) {
      try ExportFixture.compiled(pipeline, files: Self.files)
    }
    #expect(error?.description.contains(message) == true, "\(String(describing: error))")
  }

  @Test("a file that no node provides, and definitions of other kinds, are errors")
  func definitions() throws {
    let bad = [
      "graph.yaml": "name: x\nimplementation: {graph: {}}", "broken.yaml": "a: [",
      "compiled.yaml": "deploymentSpec: {}\nroot: {}",
      "input.yaml":
        "name: x\nimplementation: {container: {image: i, command: [{inputValue: Gone}]}}",
      "hash.yaml": Self.files.definitions["hash.yaml"] ?? "",
    ]
    for (name, message) in [
      ("graph.yaml", "no implementation.container"), ("broken.yaml", "is not YAML"),
      ("compiled.yaml", "is a compiled pipeline"), ("input.yaml", "an input 'Gone'"),
      ("hash.yaml", "'Data' of node 'x' is not connected"),
    ] {
      let pipeline = try ExportFixture.pipeline([ExportFixture.component("x", name)])
      let error = #expect(throws: ExportProblem.self) {
        try ExportFixture.compiled(pipeline, files: .init(definitions: bad))
      }
      #expect(error?.description.contains(message) == true, "\(String(describing: error))")
    }
  }
}
