import JSONCore

/// What edits may refer to beyond the document.
public struct PipelineEditContext: Sendable {
  /// The components of catalogs that nodes can be added for.
  public var components: [CatalogComponent]

  /// The folder of the pipeline's file, relative to the same root as ``PipelineClipboard/folder``.
  ///
  /// Nodes that are pasted from a pipeline in another folder keep their files if it is known.
  public var folder: String?

  /// Creates a context.
  public init(components: [CatalogComponent] = [], folder: String? = nil) {
    self.components = components
    self.folder = folder
  }
}

extension PipelineDocument {
  /// Applies edits in order; if one cannot be applied, nothing is changed.
  ///
  /// A document of an older version becomes one of version 8.
  ///
  /// - Returns: the ids of everything that the edits created, in their order: nodes, comments and
  ///   super nodes, and the links of ``PipelineEdit/connect(source:target:sourcePort:targetPort:)``
  ///   and ``PipelineEdit/insert(_:intoLink:)``.
  /// - Throws: ``PipelineEditError`` with the index of the edit.
  @discardableResult
  public mutating func apply(
    _ edits: [PipelineEdit], with context: PipelineEditContext = PipelineEditContext()
  ) throws(PipelineEditError) -> [String] {
    guard !edits.isEmpty else { return [] }
    var changed = self
    if version < PipelineDocument.currentVersion { changed.migrate() }
    var created: [[String]] = []
    for (index, edit) in edits.enumerated() {
      do throws(PipelineError) {
        let edit = try edit.resolving { id throws(PipelineError) in
          guard id.hasPrefix("$"), let number = Int(id.dropFirst()) else { return id }
          guard created.indices.contains(number), let first = created[number].first else {
            throw PipelineError(
              .invalidValue,
              "'\(id)' stands for nothing, because no earlier edit with the index \(number) created "
                + "an object")
          }
          return first
        }
        created.append(try changed.perform(edit, context))
      } catch {
        throw PipelineEditError(index: index, reason: error)
      }
    }
    self = changed
    return created.flatMap(\.self)
  }

  /// - Returns: the ids of what it created.
  private mutating func perform(_ edit: PipelineEdit, _ context: PipelineEditContext)
    throws(PipelineError) -> [String]
  {
    switch edit {
    case .addNode(let content, let flow, let point, let label, let operation, let properties):
      return [
        try add(
          content, in: flow, at: point, label: label, operation: operation, properties, context)
      ]
    case .addComment(let text, let flow, let point, let size, let nodes):
      return [try addComment(text, at: point, size: size, attachedTo: nodes, in: flow)]
    case .remove(let ids): try remove(ids)
    case .move(let placements):
      for placement in placements { try move(placement.id, to: placement.point) }
    case .resize(let id, let size, let point):
      try resize(id, to: size)
      if let point { try move(id, to: point) }
    case .connect(let source, let target, let sourcePort, let targetPort):
      if find(source) == nil, findComment(source) != nil {
        return [try attachComment(source, to: target)].compactMap(\.self)
      }
      return try connect(source, to: target, sourcePort: sourcePort, targetPort: targetPort)
    case .disconnect(let links, let nodes): try disconnect(links: links, nodes: nodes)
    case .insert(let node, let link): return try insert(node, intoLink: link)
    case .setLabel(let id, let label):
      try setLabel(label, of: id)
      try showName(of: id, label, context)
    case .setProperty(let ids, let name, let value):
      for id in ids { try setFormProperty(name, to: value, of: id) }
    case .setLyreProperty(let ids, let name, let value):
      for id in ids { try setLyreProperty(name, to: value, of: id) }
    case .setFile(let id, let file): try setFile(file, of: id)
    case .setPipelineProperty(let name, let value): setPipelineProperty(name, to: value)
    case .setDefault(let name, let value): setDefault(name, to: PipelineForm.stored(value, name))
    case .setParameters(let parameters): setParameters(parameters)
    case .setComment(let id, let text): try setComment(id, to: text)
    case .makeSuperNode(let ids, let label): return [try makeSuperNode(of: ids, label: label)]
    case .ungroup(let id): try ungroup(id)
    case .setExpanded(let id, let isExpanded): try setExpanded(isExpanded, of: id)
    case .paste(let content, let flow, let point):
      let clipboard = try PipelineClipboard(content: content)
      return try paste(clipboard, in: flow, at: point, folder: context.folder)
    case .clear(let extent): removeAll(keepingProperties: extent == .canvas)
    case .arrange(let flow, let ids, let direction):
      try arrange(flow: flow, ids: ids, direction)
    case .align(let ids, let alignment): try align(ids, to: alignment)
    case .distribute(let ids, let direction): try distribute(ids, direction)
    }
    return []
  }

  private mutating func add(
    _ content: PipelineEdit.Content, in flow: String?, at point: PipelinePoint?, label: String?,
    operation: String?, _ properties: JSONObject, _ context: PipelineEditContext
  ) throws(PipelineError) -> String {
    switch content {
    case .file(let file):
      return try addNode(
        file: file, operation: operation, label: label, in: flow, at: point,
        properties: properties)
    case .component(let id):
      guard let component = context.components.first(where: { $0.id == id }) else {
        throw PipelineError(
          .noSuchNode, "no catalog has the component '\(id)'", place: "component")
      }
      return try addNode(
        component: component, label: label, in: flow, at: point, properties: properties)
    }
  }

  /// Sets what Elyra's canvas shows of a component's node: its label, or the component's name.
  private mutating func showName(of id: String, _ label: String?, _ context: PipelineEditContext)
    throws(PipelineError)
  {
    let operation = node(at: try place(of: id))["op"]?.string
    guard let component = context.components.first(where: { $0.id == operation }) else { return }
    let shown = label.flatMap { $0.isEmpty ? nil : $0 } ?? component.name
    try updateCanvas(of: id) { $0["label"] = .init(shown) }
  }

  /// Sets a property as the form gives it; an empty one is removed, as in Elyra's editor.
  private mutating func setFormProperty(_ name: String, to value: JSONValue?, of id: String)
    throws(PipelineError)
  {
    guard node(at: try place(of: id))["type"]?.string == "execution_node" else {
      throw PipelineError(.invalidValue, "'\(id)' is not a node that runs something")
    }
    if name == "filename" {
      guard let file = value?.string else {
        throw PipelineError(.invalidValue, "a node needs a file", place: "value")
      }
      return try setFile(file, of: id)
    }
    try setProperty(name, to: PipelineForm.stored(value, name), of: id)
  }
}

extension PipelineEdit {
  /// The same edit with other ids for nodes, comments and links.
  func resolving(_ resolve: (String) throws(PipelineError) -> String) throws(PipelineError)
    -> PipelineEdit
  {
    func all(_ ids: [String]) throws(PipelineError) -> [String] {
      var result: [String] = []
      for id in ids { result.append(try resolve(id)) }
      return result
    }
    switch self {
    case .addComment(let text, let flow, let point, let size, let nodes):
      return .addComment(text, flow: flow, at: point, size: size, attachedTo: try all(nodes))
    case .remove(let ids): return .remove(try all(ids))
    case .move(let placements):
      var result: [Placement] = []
      for placement in placements {
        result.append(Placement(try resolve(placement.id), placement.point))
      }
      return .move(result)
    case .resize(let id, let size, let point):
      return .resize(try resolve(id), to: size, at: point)
    case .connect(let source, let target, let sourcePort, let targetPort):
      return .connect(
        source: try resolve(source), target: try resolve(target), sourcePort: sourcePort,
        targetPort: targetPort)
    case .disconnect(let links, let nodes):
      return .disconnect(links: try all(links), nodes: try all(nodes))
    case .insert(let node, let link):
      return .insert(try resolve(node), intoLink: try resolve(link))
    case .setLabel(let id, let label): return .setLabel(try resolve(id), label)
    case .setProperty(let ids, let name, let value):
      return .setProperty(try all(ids), name: name, value: value)
    case .setLyreProperty(let ids, let name, let value):
      return .setLyreProperty(try all(ids), name: name, value: value)
    case .setFile(let id, let file): return .setFile(try resolve(id), file)
    case .setComment(let id, let text): return .setComment(try resolve(id), text)
    case .makeSuperNode(let ids, let label): return .makeSuperNode(try all(ids), label: label)
    case .ungroup(let id): return .ungroup(try resolve(id))
    case .setExpanded(let id, let isExpanded): return .setExpanded(try resolve(id), isExpanded)
    case .arrange(let flow, let ids?, let direction):
      return .arrange(flow: flow, ids: try all(ids), direction)
    case .align(let ids, let alignment): return .align(try all(ids), to: alignment)
    case .distribute(let ids, let direction): return .distribute(try all(ids), direction)
    case .addNode, .setPipelineProperty, .setDefault, .setParameters, .paste, .clear, .arrange:
      return self
    }
  }
}
