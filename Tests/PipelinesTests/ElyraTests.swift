import JSONCore
import KernelTesting
import Testing

@testable import Pipelines

@Suite(
  "Pipelines compared with Elyra",
  .enabled(if: ElyraReference.isThere, "needs Elyra in the test environment: scripts/test-env"))
struct ElyraTests {
  /// A pipeline created with the editing API, valid or invalid in ways that Elyra checks.
  private func random(_ numbers: inout SeededNumbers) throws -> PipelineDocument {
    func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &numbers) == 0 }
    func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &numbers)] }
    var document = PipelineDocument(
      name: "random", description: chance(2) ? "Ä \"description\"" : nil,
      runtimeImage: chance(5) ? nil : "owner/image:1")
    if chance(3) {
      document.setDefault(
        "env_vars",
        to: [["env_var": "SHARED", "value": "s"], ["env_var": "EMPTY", "value": ""]])
    }
    var ids: [String] = []
    for place in 0..<Int.random(in: 1...8, using: &numbers) {
      let file = pick(
        ["a.py", "a.py", "b.ipynb", "c.r", "sub/d.py"] + (chance(12) ? ["no.py"] : []))
      var properties: JSONObject = [:]
      if chance(3) {
        properties["env_vars"] = [
          ["env_var": "OWN", "value": .init("x=\(place)")],
          ["env_var": pick(["SHARED", "OTHER", "OTHER", "OTHER"]), "value": "mine"],
          [
            "env_var": pick(["A", "B", "C", chance(6) ? "bad name" : "D"]),
            "value": pick(["", "1"]),
          ],
        ]
      }
      if chance(3) {
        properties["dependencies"] = .array(
          [file.hasPrefix("sub/") ? "data.csv" : pick(["a.py", "*.py", "sub/*.csv"])]
            + (chance(10) ? [pick(["gone.csv", "*.none"])] : []))
      }
      if chance(4) { properties["outputs"] = [.init("out\(place).csv")] }
      if chance(4) { properties["cpu"] = .init(pick([1, 2, 0])) }
      if chance(20) { properties["gpu"] = -1 }
      if chance(15) { properties["memory_limit"] = 1; properties["memory"] = 2 }
      if chance(6) { properties["runtime_image"] = .init(pick(["other/image:2", "x/y/z:3"])) }
      ids.append(
        try document.addNode(
          file: file, id: chance(2) ? "node-\(place)" : nil,
          label: chance(3) ? pick(["label", "Upper case", "x y"]) : nil, properties: properties))
    }
    for (place, id) in ids.enumerated() {
      for (before, other) in ids.enumerated()
      where before != place && (before < place || chance(60)) {
        if chance(3) { try document.connect(other, to: id) }
      }
    }
    if chance(2) { try document.addComment("note", attachedTo: [pick(ids)]) }
    if chance(4), ids.count > 2 { try document.removeNode(pick(ids)) }
    return document
  }

  @Test("200 pipelines of the editing API: same verdict, same order, same parents and properties")
  func differential() async throws {
    try await TemporaryDirectory.with { directory in
      for (name, text) in [
        ("a.py", "pass"), ("c.r", "1"), ("sub/d.py", "pass"), ("sub/data.csv", ""),
        ("b.ipynb", String(decoding: FakeFiles.notebook, as: UTF8.self)),
      ] {
        try directory.write(text, to: name)
      }
      var files = FakeFiles()
      files.files = [
        "a.py": [], "c.r": [], "sub/d.py": [], "sub/data.csv": [], "b.ipynb": FakeFiles.notebook,
      ]
      var numbers = SeededNumbers(state: 2026)
      var documents: [PipelineDocument] = []
      for number in 0..<200 {
        let document = try random(&numbers)
        documents.append(try PipelineDocument(document.serialized()))
        try directory.write(document.serialized(), to: "p\(number).pipeline")
      }
      let answers = try await ElyraReference.answers(
        documents.indices.map { "\(directory.path)/p\($0).pipeline" })
      var valid = 0
      for (document, answer) in zip(documents, answers) {
        let findings = PipelineValidation(for: .elyra).findings(in: document, files: files)
        let errors = findings.filter { $0.severity == .error }
        let types = Set(errors.compactMap(\.code.elyraType))
        #expect(answer.errors.subtracting(types) == [], "\(answer) \(findings)")
        let isRefused = !answer.errors.isEmpty || answer.failure != nil
        #expect(isRefused == !errors.isEmpty, "\(answer) \(findings)")
        guard !isRefused, let operations = answer.operations else { continue }
        valid += 1
        let nodes = try PipelineGraph(document.pipeline).nodes
        let ours = nodes.map { node in
          ElyraReference.Operation(
            id: node.id, parents: Set(node.parents), file: node.file ?? "",
            environment: Dictionary(
              node.environment.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }),
            dependencies: node.dependencies, outputs: node.outputs, image: node.runtimeImage ?? "")
        }
        #expect(ours == operations)
      }
      #expect(valid > 40 && valid < 190, "\(valid)")
    }
  }

  @Test(
    "the real pipelines, migrated by us, are read by Elyra with the same nodes",
    .enabled(if: PipelineCorpus.isThere, "needs ../shared/corpus"))
  func migrated() async throws {
    try await TemporaryDirectory.with { directory in
      var paths: [String] = []
      var documents: [PipelineDocument] = []
      for path in PipelineCorpus.realOnes where path.hasSuffix(".pipeline") {
        guard var document = try? PipelineDocument(PipelineCorpus.bytes(path)),
          document.version < 8, document.pipeline.executableNodes.allSatisfy(\.isGeneric),
          (try? PipelineGraph(document.pipeline)) != nil, !document.pipeline.nodes.isEmpty,
          !path.contains("invalid"),
          // Some name a runtime configuration of their author, or have no image.
          document.json["pipelines"]?[0]?["app_data"]?["runtime_config"] == nil,
          document.pipeline.nodes.allSatisfy({ $0.runtimeImage != nil })
        else { continue }
        document.migrate(name: "name")
        let written = document.serialized()
        try directory.write(written, to: "p\(paths.count).pipeline")
        paths.append("\(directory.path)/p\(paths.count).pipeline")
        documents.append(try PipelineDocument(written))
      }
      #expect(paths.count > 15)
      let answers = try await ElyraReference.answers(paths)
      for (document, answer) in zip(documents, answers) {
        #expect(answer.failure == nil)
        // The notebooks are missing; there must be no other findings.
        #expect(answer.errors.isSubset(of: ["invalidFilePath"]), "\(answer)")
        let nodes = try PipelineGraph(document.pipeline).nodes
        #expect(answer.operations?.map(\.id) == nodes.map(\.id))
        #expect(answer.operations?.map(\.outputs) == nodes.map(\.outputs))
      }
    }
  }
}
