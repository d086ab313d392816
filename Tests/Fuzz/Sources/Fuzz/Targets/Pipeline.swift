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
    editVisually(migrated, decision)
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

extension FuzzTarget {
  /// The edits of the visual editor, with any ids of the file.
  private static func editVisually(_ original: PipelineDocument, _ decision: Int) {
    var document = original
    let flows = document.pipeline.flows
    let ids = flows.flatMap(\.nodes).map(\.id) + flows.flatMap(\.comments).map(\.id)
    guard !ids.isEmpty else { return }
    let id = ids[decision % ids.count]
    let some = Array(ids.prefix(1 + decision % 5))
    let content = (try? PipelineClipboard(document, some).content) ?? ""
    let edits: [PipelineEdit] = [
      .makeSuperNode(some, label: "group"),
      .connect(
        source: id, target: ids[0], sourcePort: nil, targetPort: nil),
      .paste(content, flow: nil, at: nil), .ungroup(id), .setExpanded(id, true),
      .arrange(flow: nil, ids: nil, .horizontal), .align(some, to: .left),
      .disconnect(links: [], nodes: [id]), .remove(Array(some.prefix(decision % 2))),
    ]
    for edit in edits { _ = try? document.apply([edit]) }
    let read = required("the edited file can be read") {
      try PipelineDocument(document.serialized())
    }
    require(read.json == document.json, "the edits are the requested ones")
    require(PipelineView(read).json["flows"]?.array?.count == read.pipeline.flows.count, "a view")
    let base = original.serialized()
    let merge = required("two versions are merged") {
      try PipelineMerge(base: base, mine: document.serialized(), theirs: base)
    }
    require(merge.bytes == document.serialized(), "nothing of mine is lost")
  }

  /// What comes from the page and from the clipboard.
  static let edits = FuzzTarget(name: "edits") { input in
    let bytes = input.bytes
    _ = try? PipelineClipboard(content: String(decoding: bytes, as: UTF8.self))
    guard let value = try? JSONValue(parsing: bytes) else { return }
    guard let edits = try? PipelineEdit.list(json: value) else { return }
    var document = PipelineDocument(name: "a")
    _ = try? document.addNode(file: "a.py", id: "a")
    _ = try? document.apply(edits)
    let read = required("the edited file can be read") {
      try PipelineDocument(document.serialized())
    }
    require(read.json == document.json, "the edits are the requested ones")
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
