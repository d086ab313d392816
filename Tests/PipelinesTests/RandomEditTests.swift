import JSONCore
import Testing

@testable import Pipelines

@Suite("Random edits")
struct RandomEditTests {
  /// An edit of any kind with ids that exist, exist elsewhere, or do not exist.
  private func edit(_ document: PipelineDocument, _ numbers: inout SeededNumbers) throws
    -> PipelineEdit
  {
    func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &numbers)] }
    let pipeline = document.pipeline
    let nodes = pipeline.flows.flatMap(\.nodes).map(\.id)
    let ids =
      ["none", ""] + nodes + pipeline.flows.flatMap(\.comments).map(\.id)
      + LinkTable(document.flows).entries.map(\.id)
    let flow = pick(pipeline.flows.map(\.id) + ["no flow"])
    let some = (0..<Int.random(in: 0...4, using: &numbers)).map { _ in pick(ids) }
    let (a, b) = (pick(ids), pick(ids))
    let point = PipelinePoint(x: Double(Int.random(in: -9...9, using: &numbers)), y: 0.5)
    return pick([
      .addNode(.file("x.py"), flow: flow, at: nil, label: "L", operation: nil, properties: [:]),
      .addComment("c", flow: flow, at: point, size: .comment, attachedTo: [a]),
      .remove(some), .move([.init(a, point), .init(b, point)]),
      .resize(a, to: PipelineSize(width: 10, height: 20), at: point),
      .connect(source: a, target: b, sourcePort: nil, targetPort: nil),
      .disconnect(links: some, nodes: [a]), .insert(a, intoLink: b),
      .setLabel(a, pick(["x", nil])), .setProperty([a], name: "env_vars", value: [5]),
      .setLyreProperty(some, name: "timeout", value: 5), .setFile(a, "y.ipynb"),
      .setDefault(name: "runtime_image", value: "a/b:1"), .setComment(a, "text"),
      .setParameters([["name": "p"], [:]]), .makeSuperNode(some, label: nil), .ungroup(a),
      .setExpanded(a, true),
      .paste(
        (try? PipelineClipboard(document, some).content) ?? "x", flow: flow, at: pick([point, nil])),
      .arrange(flow: flow, ids: pick([some, nil]), .vertical), .align(some, to: .middle),
      .distribute(some, .horizontal),
    ])
  }

  @Test(
    "never trap, and the written file contains the same document, whatever the file was",
    .enabled(if: PipelineCorpus.isThere, "needs ../shared/corpus"))
  func anyFile() throws {
    var numbers = SeededNumbers(state: 77)
    var applied = 0
    for path in PipelineCorpus.pipelines() {
      guard var document = try? PipelineDocument(PipelineCorpus.bytes(path)) else { continue }
      for _ in 0..<25 {
        let edit = try edit(document, &numbers)
        if (try? document.apply([edit])) != nil { applied += 1 }
      }
      let read = try PipelineDocument(document.serialized())
      #expect(read.json == document.json, "\(path)")
      let flows = PipelineView(document).json["flows"]?.array ?? []
      #expect(flows.count == read.pipeline.flows.count)
      let links = flows.flatMap { $0["links"]?.array ?? [] }.compactMap { $0["id"]?.string }
      #expect(Set(links).count == links.count, "\(path)")
    }
    #expect(applied > 1500)
  }

  @Test("2,000 random edits of a nested pipeline never leave a link or port without its end")
  func sound() throws {
    var numbers = SeededNumbers(state: 78)
    for _ in 0..<80 {
      var document = try PipelineDocument(SuperNodes.nested)
      for _ in 0..<25 {
        let edit = try edit(document, &numbers)
        guard (try? document.apply([edit])) != nil else { continue }
        let faults = document.pipeline.wiringFaults
        #expect(faults.isEmpty, "\(edit): \(faults)")
        let known = Set(document.pipeline.flows.flatMap(\.nodes).map(\.id))
        for link in LinkTable(document.flows).entries {
          #expect(known.contains(link.source) || known.contains(link.target), "\(edit)")
        }
        if !faults.isEmpty { break }
      }
    }
  }
}
