import JSONCore
import RealKernels
import Testing

@testable import Pipelines

@Suite("Validation")
struct ValidationTests {
  /// The findings of a pipeline whose files all exist, as `severity code node property`.
  private func findings(
    _ bytes: [UInt8], files: FakeFiles = FakeFiles(hasAll: true),
    for target: PipelineTarget = .local
  ) -> [String] {
    PipelineValidation(for: target).findings(in: bytes, files: files).map { finding in
      [finding.severity.rawValue, finding.code.rawValue, finding.node, finding.property]
        .compactMap(\.self).joined(separator: " ")
    }
  }

  private func one(_ properties: JSONObject, file: String = "a.py") -> [UInt8] {
    PipelineBuilder.file(nodes: [PipelineBuilder.node("a", file: file, properties: properties)])
  }

  /// A file with one valid node, after a change of its JSON text.
  private func changed(_ old: String, _ new: String) -> [UInt8] {
    let text = String(decoding: one([:]), as: UTF8.self)
    #expect(text.contains(old), "\(text)")
    return Array(text.replacing(old, with: new, maxReplacements: 1).utf8)
  }

  @Test("a good pipeline has no findings for any target")
  func good() {
    let bytes = PipelineBuilder.file(parents: [[], [0], [0], [1, 2]])
    for target in [PipelineTarget.local, .elyra, .cluster] {
      #expect(findings(bytes, for: target) == [])
    }
  }

  @Test("an empty runtime type is that of a generic pipeline, as in Elyra")
  func emptyRuntime() throws {
    let bytes = PipelineBuilder.file(nodes: [PipelineBuilder.node("a")], runtime: "")
    for target in [PipelineTarget.local, .elyra, .cluster] {
      #expect(findings(bytes, for: target) == [])
    }
    let pipeline = try PipelineDocument(bytes).pipeline
    #expect(pipeline.runtimeType == nil && pipeline.runtimeName == "Generic")
    let unknown = PipelineBuilder.file(nodes: [PipelineBuilder.node("a")], runtime: "OTHER")
    #expect(findings(unknown) == ["error unknown-runtime runtime_type"])
  }

  @Test(
    "a file that is not a pipeline has a finding with the reason",
    arguments: [
      ("", "error not-json"), ("  \n", "error not-json"), ("{", "error not-json"),
      ("\u{FEFF}{}", "error not-pipeline"), ("[]", "error not-pipeline"),
      ("null", "error not-pipeline"), ("{}", "error not-pipeline"),
      (#"{"version":"3.0","pipelines":{}}"#, "error not-pipeline pipelines"),
      (#"{"version":"3.0","pipelines":[]}"#, "error not-pipeline"),
      (#"{"version":"3.0","pipelines":[1]}"#, "error not-pipeline pipelines[0]"),
      (#"{"version":"3.0","pipelines":[{"id":"a"}]}"#, "error not-pipeline primary_pipeline"),
      (
        #"{"version":"3.0","primary_pipeline":1,"pipelines":[{"id":"a"}]}"#,
        "error not-pipeline primary_pipeline"
      ),
      (
        #"{"version":"3.0","primary_pipeline":"b","pipelines":[{"id":"a"}]}"#,
        "error not-pipeline primary_pipeline"
      ),
    ])
  func unreadable(_ text: String, _ expected: String) {
    #expect(findings(Array(text.utf8)).first == expected)
  }

  @Test("missing and wrong keys of the file each have their own finding")
  func keys() {
    #expect(
      findings(changed(#""version": "3.0","#, "")) == ["error missing-schema-version version"])
    #expect(
      findings(changed(#""version": "3.0""#, #""version": 3"#)) == ["error schema-version version"])
    #expect(
      findings(changed(#""version": "3.0""#, #""version": "2.0""#))
        == ["error schema-version version"])
    #expect(
      findings(changed(#""version": 8,"#, "")) == ["warning missing-version app_data.version"])
    #expect(
      findings(changed(#""version": 8"#, #""version": 9"#))
        == ["error unsupported-version pipelines[0].app_data.version"])
    #expect(
      findings(changed(#""version": 8"#, #""version": "x""#))
        == ["error unsupported-version pipelines[0].app_data.version"])
    #expect(findings(changed(#""version": 8"#, #""version": "8""#)) == [])
    #expect(
      findings(changed(#""properties": {"#, #""other": {"#))
        == ["error missing-properties app_data.properties"])
    #expect(
      findings(PipelineBuilder.file(nodes: [PipelineBuilder.node("a")], properties: [:]))
        == ["error missing-properties app_data.properties"])
    #expect(findings(PipelineBuilder.file(nodes: [])) == ["error no-nodes"])
    #expect(
      findings(PipelineBuilder.file(nodes: [PipelineBuilder.node("a")], runtime: "MOON"))
        == ["error unknown-runtime runtime_type"])
    #expect(
      findings(PipelineBuilder.file(nodes: [1])).contains("error wrong-kind pipelines[0].nodes[0]"))
    #expect(
      findings(changed(#""type": "execution_node","#, "")).contains(
        "error unknown-node-type a type"))
    #expect(
      findings(changed(#""component_parameters""#, #""other""#))
        .contains("error missing-component-parameters a component_parameters"))
    #expect(
      findings(changed(#""id": "a","#, "")).contains("error missing-node-id a id"))
  }

  @Test("ids and links: duplicates, dangling links and cycles, all at once")
  func links() {
    let nodes = [
      PipelineBuilder.node("a", parents: ["c"]), PipelineBuilder.node("a"),
      PipelineBuilder.node("b", parents: ["gone"]), PipelineBuilder.node("c", parents: ["a"]),
    ]
    #expect(
      findings(PipelineBuilder.file(nodes: nodes)) == [
        "error duplicate-node-id a id", "error dangling-link b inputs", "error cycle",
        "warning unconnected-node a", "warning unconnected-node b",
        "warning duplicate-name a label",
      ])
  }

  @Test("two separate cycles are both reported")
  func cycles() {
    let findings = PipelineValidation().findings(
      in: PipelineBuilder.file(parents: [[1], [0], [3], [2], [4]]), files: FakeFiles(hasAll: true))
    #expect(
      findings.map(\.message).filter { $0.contains("cycle") } == [
        "these nodes form a cycle: n0 → n1 → n0",
        "these nodes form a cycle: n2 → n3 → n2",
        "these nodes form a cycle: n4 → n4",
      ])
  }

  @Test("files: missing, directories, outside, invalid notebooks, kernels, interpreters")
  func files() {
    var files = FakeFiles()
    files.files = [
      "good.ipynb": FakeFiles.notebook, "torn.ipynb": Array(#"{"cells": ["#.utf8),
      "list.ipynb": Array("[]".utf8), "empty.ipynb": Array("{}".utf8),
      "ir.ipynb": Array(#"{"cells":[],"metadata":{"kernelspec":{"name":"ir"}}}"#.utf8),
      "py39.ipynb": Array(
        #"{"cells":[],"metadata":{"kernelspec":{"name":"py39","language":"python"}}}"#.utf8),
      "bare.ipynb": Array(#"{"cells":[],"metadata":{}}"#.utf8),
      "latin.py": [0xE9], "run.sh": Array("#!/usr/bin/env -S bash -e\n".utf8),
      "run.fish": Array("#!/usr/bin/env fish\n".utf8), "data.txt": [], "tool.bin": [0x7F],
      "x.r": [],
    ]
    files.directories = ["folder"]
    files.outside = ["/etc/passwd"]
    files.programs = ["python3", "bash"]
    func find(_ file: String, for target: PipelineTarget = .local) -> [String] {
      findings(one([:], file: file), files: files, for: target)
        .filter { !$0.contains("operation-mismatch") }
    }
    #expect(find("good.ipynb") == [])
    #expect(find("none.ipynb") == ["error file-not-found a filename"])
    #expect(find("folder") == ["error not-a-file a filename"])
    #expect(find("/etc/passwd") == ["error outside-project a filename"])
    for name in ["torn", "list", "empty"] {
      #expect(find("\(name).ipynb") == ["error bad-notebook a filename"])
    }
    #expect(find("ir.ipynb") == ["error missing-kernel a filename"])
    #expect(find("py39.ipynb") == ["warning missing-kernel a filename"])
    #expect(find("py39.ipynb", for: .elyra) == ["error missing-kernel a filename"])
    #expect(find("bare.ipynb") == ["warning kernel-not-named a filename"])
    #expect(find("latin.py") == ["warning not-text a filename"])
    #expect(find("run.sh") == [])
    #expect(find("run.sh", for: .elyra) == ["error component-needs-runtime a op"])
    #expect(find("run.fish") == ["error missing-interpreter a filename"])
    #expect(find("data.txt") == ["error not-runnable a filename"])
    #expect(find("tool.bin") == [])
    #expect(find("x.r") == ["error missing-interpreter a filename"])
    #expect(findings(one(["filename": ""])) == ["error missing-filename a filename"])
    #expect(findings(one(["filename": "a\u{0}b.py"])) == ["error file-not-found a filename"])
  }

  @Test(
    "data: files that no node creates, or that are created too late, by two nodes, or by the run")
  func data() {
    func file(_ nodes: (String, needs: [String], makes: [String], after: [String])...) -> [UInt8] {
      PipelineBuilder.file(
        nodes: nodes.map { node in
          PipelineBuilder.node(
            node.0, parents: node.after,
            properties: [
              "dependencies": .array(node.needs.map { .init($0) }),
              "outputs": .array(node.makes.map { .init($0) }),
            ])
        })
    }
    var files = FakeFiles(hasAll: false)
    for name in ["a", "b", "c"] { files.files["\(name).py"] = [] }
    files.directories = ["folder"]
    files.files["there.csv"] = []
    func find(_ bytes: [UInt8], for target: PipelineTarget = .local) -> [String] {
      findings(bytes, files: files, for: target).filter { !$0.contains("unconnected") }
    }
    #expect(
      find(file(("a", ["there.csv", "the*.csv", "folder"], [], [])))
        == ["warning dependency-is-directory a dependencies"])
    #expect(
      find(file(("a", ["x.csv", "*.zip"], [], []))) == [
        "error dependency-not-found a dependencies", "error dependency-not-found a dependencies",
      ])
    let chain = file(
      ("a", [], ["x.csv"], []), ("b", [], [], ["a"]), ("c", ["x.csv", "x.*"], [], ["b"]))
    #expect(
      find(chain) == [
        "information dependency-made-by-run c dependencies",
        "information dependency-made-by-run c dependencies",
      ])
    #expect(find(chain, for: .elyra).allSatisfy { $0.hasPrefix("error dependency-made-by-run") })
    #expect(
      find(file(("a", [], ["x.csv"], []), ("b", ["x.csv"], [], [])))
        == ["error dependency-not-ordered b dependencies"])
    #expect(
      find(file(("a", [], ["there.csv"], []), ("b", ["there.csv"], [], [])))
        == ["warning dependency-not-ordered b dependencies"])
    #expect(
      find(file(("a", ["x.csv"], [], []), ("b", [], ["x.csv"], ["a"])))
        == ["error dependency-not-ordered a dependencies"])
    #expect(
      find(file(("a", [], ["*.csv", "dir"], []), ("b", ["1.csv", "dir/2.csv"], [], ["a"]))) == [
        "information dependency-made-by-run b dependencies",
        "information dependency-made-by-run b dependencies",
      ])
    #expect(
      find(file(("a", [], ["x.csv"], []), ("b", [], ["./x.csv"], [])))
        == ["warning duplicate-output a outputs"])
    // It is the same file through links.
    files.links = ["link": "real"]
    #expect(
      find(file(("a", [], ["link/x.csv"], []), ("b", ["real/x.csv"], [], ["a"])))
        == ["information dependency-made-by-run b dependencies"])
    #expect(
      find(file(("a", [], ["link/x.csv"], []), ("b", [], ["real/x.csv"], [])))
        == ["warning duplicate-output a outputs"])
    #expect(
      find(file(("a", [], ["link/*.csv"], []), ("b", ["real/x.csv"], [], [])))
        == ["error dependency-not-ordered b dependencies"])
  }

  @Test("properties: kinds, old forms, variables, images, resources")
  func properties() {
    #expect(
      findings(one(["dependencies": "x", "outputs": [1], "include_subdirectories": "yes"])) == [
        "error property-kind a dependencies", "error property-kind a outputs",
        "error property-kind a include_subdirectories",
      ])
    #expect(findings(one(["env_vars": ["A=b"]])) == ["warning legacy-items a env_vars"])
    #expect(findings(one(["env_vars": ["A=b"]]), for: .elyra) == ["error legacy-items a env_vars"])
    #expect(
      findings(
        one([
          "env_vars": [
            ["env_var": "A B", "value": "s3cret"], ["env_var": "", "value": "s3cret"],
            ["env_var": "X", "value": "1"], ["env_var": "X", "value": "2"],
            ["env_var": "Y", "value": ["s3cret"]], 3,
          ]
        ])) == [
          "error environment-name a env_vars", "error environment-name a env_vars",
          "error environment-name a env_vars", "error environment-name a env_vars",
          "warning duplicate-environment a env_vars",
        ])
    #expect(findings(one(["runtime_image": ""])) == ["warning missing-image a runtime_image"])
    #expect(
      findings(one(["runtime_image": ""]), for: .elyra) == ["error missing-image a runtime_image"])
    #expect(
      findings(one(["runtime_image": "a b"]), for: .cluster) == [
        "error image-format a runtime_image"
      ])
    #expect(
      findings(one(["cpu": 4, "cpu_limit": 2, "memory": 0.5, "gpu": -1, "memory_limit": "x"])) == [
        "warning resource-value a memory", "warning resource-value a memory_limit",
        "warning resource-value a gpu", "warning limit-below-request a cpu_limit",
      ])
    #expect(
      findings(one(["cpu": 4, "cpu_limit": 2]), for: .elyra)
        == ["error limit-below-request a cpu_limit"])
  }

  @Test("no message contains the value of a variable")
  func secrets() {
    let findings = PipelineValidation().findings(
      in: one([
        "env_vars": [
          ["env_var": "A B", "value": "s3cret"], ["env_var": "", "value": "s3cret"],
          ["env_var": "Y", "value": ["s3cret"]], "Z=s3cret", ["value": "s3cret"],
        ]
      ]), files: FakeFiles(hasAll: true))
    #expect(findings.count >= 4)
    #expect(!findings.contains { "\($0)".contains("s3cret") || "\($0.json)".contains("s3cret") })
  }

  @Test("cluster properties: secrets, volumes, labels, tolerations, shared memory")
  func kubernetes() {
    let properties: JSONObject = [
      "kubernetes_secrets": [["env_var": "A", "name": "Bad_Name", "key": "a b"], ["name": "x"]],
      "mounted_volumes": [
        ["path": "/", "pvc_name": ""], ["path": "m", "pvc_name": "ok", "sub_path": "/s"],
      ],
      "kubernetes_pod_annotations": [
        ["key": "my.io/k", "value": "v"], ["key": "-", "value": "v"],
      ],
      "kubernetes_pod_labels": [["key": "k", "value": "a b"]],
      "kubernetes_tolerations": [
        ["key": "", "operator": "Equal", "value": "", "effect": ""],
        ["key": "k", "operator": "Exists", "value": "v", "effect": "Never"],
      ],
      "kubernetes_shared_mem_size": ["size": "big"],
    ]
    let found = findings(one(properties), for: .cluster)
    func count(_ code: String) -> Int { found.count { $0.hasPrefix("error \(code) ") } }
    #expect(count("kubernetes-secret") == 4)
    #expect(count("volume-mount") == 3)
    #expect(count("kubernetes-annotation") == 1)
    #expect(count("kubernetes-label") == 1)
    #expect(count("kubernetes-toleration") == 3)
    #expect(count("shared-memory") == 1)
    // On this machine none of this matters.
    #expect(findings(one(properties)).allSatisfy { $0.hasPrefix("warning") })
  }

  @Test("parameters: names, duplicates, unused and undefined ones")
  func parameters() {
    func parameter(_ name: String, required: Bool = false) -> JSONValue {
      [
        "name": .init(name), "required": .init(required),
        "default_value": ["type": "Integer", "value": required ? nil : 1],
      ]
    }
    let bytes = PipelineBuilder.file(
      nodes: [
        PipelineBuilder.node("a", properties: ["pipeline_parameters": ["n", "gone"]])
      ],
      properties: [
        "pipeline_parameters": [
          parameter("n"), parameter("n"), parameter("class"), parameter("unused"),
          parameter("must", required: true),
        ]
      ], runtime: "KUBEFLOW_PIPELINES")
    #expect(
      findings(bytes) == [
        "error pipeline-parameter pipeline_parameters",
        "error pipeline-parameter pipeline_parameters",
        "error pipeline-parameter a pipeline_parameters",
        "warning pipeline-parameter pipeline_parameters",
        "warning pipeline-parameter pipeline_parameters",
        "information pipeline-parameter pipeline_parameters",
      ])
  }

  @Test("every code is described in docs/pipeline-findings.md")
  func documented() throws {
    let bytes = try PipelineCorpus.readFile(
      RealKernels.repositoryRoot + "/docs/pipeline-findings.md")
    let text = String(decoding: bytes, as: UTF8.self)
    let missing = FindingCode.allCases.filter { !text.contains("| `\($0.rawValue)` |") }
    #expect(missing == [])
  }

  @Test("Lyre's own properties")
  func own() throws {
    var document = try PipelineDocument(one([:]))
    try document.setLyreProperty("timeout", to: "soon", of: "a")
    try document.setLyreProperty("retries", to: -1, of: "a")
    #expect(
      findings(document.serialized())
        == ["error lyre-property a lyre.timeout", "error lyre-property a lyre.retries"])
    // More than a clock can represent.
    try document.setLyreProperty("timeout", to: 1e300, of: "a")
    try document.setLyreProperty("retries", to: 1, of: "a")
    try document.setLyreProperty("retry_delay", to: 1e10, of: "a")
    #expect(
      findings(document.serialized())
        == ["error lyre-property a lyre.timeout", "error lyre-property a lyre.retry_delay"])
    let properties = try #require(document.pipeline.executableNodes.first?.lyre)
    #expect(properties.timeout == nil && properties.retries == 1 && properties.retryDelay == 0)
  }

  @Test("no file causes a crash: all real and generated ones, truncated and changed at random")
  func hostile() throws {
    var numbers = SeededNumbers(state: 5)
    var seeds = [one([:]), SuperNodes.nested, PipelineBuilder.file(parents: [[], [0], [1]])]
    if PipelineCorpus.isThere {
      for path in PipelineCorpus.pipelines(in: "synthetic") {
        seeds.append(try PipelineCorpus.bytes(path))
      }
    }
    let values: [JSONValue] = [
      nil, true, -1, 1e300, "", "None", [], [:], [nil], ["x"], [["id": "x"]], ["id": nil], "NaN",
    ]
    func mutate(_ value: JSONValue) -> JSONValue {
      if Int.random(in: 0..<40, using: &numbers) == 0 {
        return values.randomElement(using: &numbers) ?? nil
      }
      switch value {
      case .array(let elements): return .array(elements.map { mutate($0) })
      case .object(let object):
        return .object(
          JSONObject(
            object.map { JSONObject.Member(key: $0.key, value: mutate($0.value)) }.filter { _ in
              Int.random(in: 0..<60, using: &numbers) > 0
            }))
      default: return value
      }
    }
    var read = 0
    for round in 0..<1000 {
      let seed = seeds[round % seeds.count]
      guard let value = try? JSONValue(parsing: seed) else { continue }
      let bytes = mutate(value).serialized()
      for target in [PipelineTarget.local, .cluster] {
        let findings = PipelineValidation(for: target).findings(
          in: bytes, files: FakeFiles(hasAll: round % 2 == 0))
        #expect(findings.allSatisfy { !$0.message.isEmpty })
      }
      guard let document = try? PipelineDocument(bytes) else { continue }
      read += 1
      let pipeline = document.pipeline
      let drawing = PipelineDrawing(pipeline)
      #expect(drawing.text().count == drawing.nodes.count)
      #expect(drawing.svg().hasSuffix("</svg>\n"))
      #expect(!drawing.dot.isEmpty && !drawing.mermaid.isEmpty)
      // If the graph accepts a file, its validation has no errors of structure, and the reverse.
      let isGraph = (try? PipelineGraph(pipeline)) != nil
      let structural: Set<FindingCode> = [
        .duplicateID, .missingID, .danglingLink, .missingFlow, .sharedFlow, .cycle,
      ]
      let findings = PipelineValidation().findings(in: document, files: FakeFiles(hasAll: true))
      #expect(isGraph == !findings.contains { structural.contains($0.code) })
      var edited = document
      edited.migrate(name: "x")
      edited.setPipelineProperty("p", to: 1)
      #expect((try? PipelineDocument(edited.serialized())) != nil)
    }
    #expect(read > 300)
  }
}
