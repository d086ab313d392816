import JSONCore

@testable import Pipelines

extension FuzzTarget {
  /// A `.pipeline` file.
  ///
  /// The first byte determines the target of the validation and the changed node.
  static let pipeline = FuzzTarget(name: "pipeline") { input in
    var input = input
    let decision = input.byte()
    let bytes = input.bytes
    let target: PipelineTarget = [.local, .elyra, .cluster][decision % 3]
    let findings = PipelineValidation(for: target).findings(in: bytes, files: NoFiles())
    for finding in findings { _ = (finding.description, finding.json) }
    guard let document = try? PipelineDocument(bytes) else {
      require(findings.hasErrors, "an unreadable file is not valid")
      return
    }
    require(document.serialized() == bytes, "unchanged files keep their bytes")
    draw(document.pipeline)
    let migrated = migrate(document)
    edit(migrated, decision)
  }

  private static func migrate(_ document: PipelineDocument) -> PipelineDocument {
    var document = document
    document.migrate(name: "a")
    let written = document.serialized()
    var again = required("a migrated file can be read") { try PipelineDocument(written) }
    require(again.version == PipelineDocument.currentVersion, "it has the newest version")
    require(again.json == document.json, "the written file contains the same document")
    again.migrate(name: "a")
    require(again.serialized() == written, "migrating twice is migrating once")
    require(
      again.pipeline.executableNodes.map(\.label) == document.pipeline.executableNodes.map(\.label),
      "migrating keeps the nodes")
    return again
  }

  private static func draw(_ pipeline: Pipeline) {
    if let graph = try? PipelineGraph(pipeline) {
      require(graph.nodes.count == pipeline.executableNodes.count, "all nodes are in the graph")
      for (node, parents) in graph.parents.enumerated() {
        require(parents.allSatisfy { $0 < node }, "parents come first")
      }
      _ = (graph.levels, graph.ancestors(of: [0]), graph.descendants(of: [0]))
    }
    let drawing = PipelineDrawing(pipeline)
    require(drawing.text(width: 40).count >= pipeline.executableNodes.count, "all nodes are drawn")
    _ = (drawing.svg(), drawing.mermaid, drawing.dot)
  }

  private static func edit(_ original: PipelineDocument, _ decision: Int) {
    var document = original
    let nodes = document.pipeline.flows.flatMap(\.nodes).map(\.id).filter { !$0.isEmpty }
    guard let new = try? document.addNode(file: "new.ipynb", id: "new node") else { return }
    if let id = nodes.isEmpty ? nil : nodes[decision % nodes.count] {
      try? document.setProperty("outputs", to: ["a", "b"], of: id)
      try? document.setLyreProperty("retries", to: 1, of: id)
      try? document.setLabel("label", of: id)
      try? document.moveNode(id, to: PipelinePoint(x: 1, y: 2))
      try? document.connect(id, to: new)
      _ = try? document.addComment("a note", attachedTo: [new])
      if decision & 0x40 != 0 { try? document.removeNode(id) }
    }
    document.setDefault("runtime_image", to: "image")
    document.setPipelineProperty("description", to: "text")
    let read = required("the changed file can be read") {
      try PipelineDocument(document.serialized())
    }
    require(read.json == document.json, "the change is the requested one")
    draw(read.pipeline)
  }
}

/// An empty folder.
private struct NoFiles: PipelineFiles {
  func kind(of path: String) -> PipelineFileKind? { nil }
  func read(_ path: String) -> [UInt8]? { nil }
  func hasMatch(_ pattern: String, in folder: String, isRecursive: Bool) -> Bool { false }
  func location(of path: String) -> String { path }
  func isInsideProject(_ path: String) -> Bool? { nil }
  func kernel(named name: String?, language: String?) -> PipelineKernel { .unknown }
  func hasProgram(_ name: String) -> Bool { true }
  func isExecutable(_ path: String) -> Bool { true }
}
