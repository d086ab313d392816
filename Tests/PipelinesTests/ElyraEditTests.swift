import JSONCore
import KernelTesting
import Testing

@testable import Pipelines

@Suite(
  "Edited pipelines compared with Elyra",
  .enabled(if: ElyraReference.isThere, "needs Elyra in the test environment: scripts/test-env"))
struct ElyraEditTests {
  private static let files = ["a.py", "b.ipynb", "c.r", "sub/d.py"]

  /// A pipeline made with edits of every kind that leave a valid one.
  private func random(_ numbers: inout SeededNumbers) throws -> PipelineDocument {
    func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &numbers)] }
    func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &numbers) == 0 }
    var document = PipelineDocument(name: "edited", runtimeImage: "owner/image:1")
    for _ in 0..<Int.random(in: 2...6, using: &numbers) {
      try document.apply([
        .addNode(
          .file(pick(ElyraEditTests.files)), flow: nil, at: nil, label: nil, operation: nil,
          properties: [:])
      ])
    }
    for _ in 0..<Int.random(in: 4...14, using: &numbers) {
      let ids = document.pipeline.nodes.map(\.id)
      let some = ids.filter { _ in chance(2) }
      let id = pick(ids)
      // Links lead from earlier to later nodes, so that there is no cycle.
      let ends = [id, pick(ids)].sorted {
        ids.firstIndex(of: $0) ?? 0 < ids.firstIndex(of: $1) ?? 0
      }
      let links = LinkTable(document.flows).entries.filter { $0.port != nil }.map(\.id)
      let edit: PipelineEdit = pick([
        .connect(source: ends[0], target: ends[1], sourcePort: nil, targetPort: nil),
        .connect(source: ends[0], target: ends[1], sourcePort: nil, targetPort: nil),
        .setFile(id, pick(ElyraEditTests.files)),
        .setLabel(id, pick(["label", nil, "other"])),
        .setProperty(
          [id], name: "env_vars", value: [["env_var": "A", "value": .init(pick(["1", "x=y"]))]]),
        .setProperty([id], name: "outputs", value: ["x.csv"]),
        .addComment(
          "**note**", flow: nil, at: PipelinePoint(x: 1, y: 1), size: .comment, attachedTo: [id]),
        .arrange(flow: nil, ids: nil, .horizontal), .align(some, to: .top),
        .distribute(some, .vertical), .disconnect(links: Array(links.prefix(1)), nodes: []),
        .paste(try PipelineClipboard(document, some).content, flow: nil, at: nil),
        .setDefault(name: "env_vars", value: [["env_var": "ALL", "value": "1"]]),
      ])
      _ = try? document.apply([edit])
      if chance(4), !some.isEmpty { try document.ungroup(try document.makeSuperNode(of: some)) }
    }
    return document
  }

  private func folder(_ body: (borrowing TemporaryDirectory) async throws -> Void) async throws {
    try await TemporaryDirectory.with { directory in
      for (name, text) in [
        ("a.py", "pass"), ("c.r", "1"), ("sub/d.py", "pass"),
        ("b.ipynb", String(decoding: FakeFiles.notebook, as: UTF8.self)),
      ] {
        try directory.write(text, to: name)
      }
      try await body(directory)
    }
  }

  /// What Elyra would run, without the order.
  private func operations(_ document: PipelineDocument) -> Set<ElyraReference.Operation> {
    Set(
      document.pipeline.executableNodes.map { node in
        ElyraReference.Operation(
          id: node.id, parents: Set(node.parents), file: node.file ?? "",
          environment: Dictionary(
            node.environment.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }),
          dependencies: node.dependencies, outputs: node.outputs, image: node.runtimeImage ?? "")
      })
  }

  @Test("60 pipelines of random edits are read by Elyra with the same nodes and dependencies")
  func edits() async throws {
    try await folder { directory in
      var numbers = SeededNumbers(state: 1800)
      var documents: [PipelineDocument] = []
      for number in 0..<60 {
        let document = try random(&numbers)
        documents.append(try PipelineDocument(document.serialized()))
        try directory.write(document.serialized(), to: "p\(number).pipeline")
      }
      let answers = try await ElyraReference.answers(
        documents.indices.map { "\(directory.path)/p\($0).pipeline" })
      var links = 0
      for (document, answer) in zip(documents, answers) {
        // Ungrouping may change the order of the file, and then a link may close a cycle.
        guard (try? PipelineGraph(document.pipeline)) != nil else {
          #expect(answer.errors == ["circularReference"])
          continue
        }
        #expect(answer.errors == [] && answer.failure == nil, "\(answer)")
        #expect(Set(answer.operations ?? []) == operations(document))
        links += document.pipeline.executableNodes.reduce(0) { $0 + $1.parents.count }
      }
      #expect(links > 30)
    }
  }
}
