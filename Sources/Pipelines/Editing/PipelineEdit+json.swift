public import JSONCore

extension PipelineEdit {
  /// Reads an edit: an object with the name of the edit in `op`, such as
  /// `{"op": "set_label", "id": "…", "label": "Load"}`.
  ///
  /// - Throws: ``PipelineError`` whose place is the member that is wrong.
  public init(json: JSONValue) throws(PipelineError) {
    var reader = try EditReader(json)
    guard let read = PipelineEdit.readers.first(where: { $0.name == reader.operation })?.read else {
      let names = PipelineEdit.names.joined(separator: ", ")
      throw PipelineError(
        .invalidValue, "there is no edit '\(reader.operation)'; there are \(names)", place: "op")
    }
    self = try read(&reader)
    try reader.finish()
  }

  /// Reads a list of edits.
  ///
  /// - Throws: ``PipelineEditError`` with the index of the edit that is wrong.
  public static func list(json: JSONValue) throws(PipelineEditError) -> [PipelineEdit] {
    guard let values = json.array else {
      throw PipelineEditError(
        index: 0, reason: PipelineError(.invalidValue, "expected a list of edits"))
    }
    var edits: [PipelineEdit] = []
    for (index, value) in values.enumerated() {
      do throws(PipelineError) {
        edits.append(try PipelineEdit(json: value))
      } catch {
        throw PipelineEditError(index: index, reason: error)
      }
    }
    return edits
  }

  /// The names of all edits.
  public static var names: [String] { readers.map(\.name) }

  private typealias Reader = @Sendable (inout EditReader) throws(PipelineError) -> PipelineEdit

  private static let readers: [(name: String, read: Reader)] = [
    ("add_node", addedNode), ("add_comment", addedComment),
    ("remove", { r throws(PipelineError) in .remove(try r.texts("ids")) }),
    ("move", placements),
    (
      "resize",
      { r throws(PipelineError) in
        let size = PipelineSize(width: try r.number("width"), height: try r.number("height"))
        return .resize(try r.text("id"), to: size, at: try r.optionalPoint())
      }
    ),
    (
      "connect",
      { r throws(PipelineError) in
        .connect(
          source: try r.text("source"), target: try r.text("target"),
          sourcePort: try r.optionalText("source_port"),
          targetPort: try r.optionalText("target_port"))
      }
    ),
    ("disconnect", disconnection),
    (
      "insert_in_link",
      { r throws(PipelineError) in .insert(try r.text("node"), intoLink: try r.text("link")) }
    ),
    (
      "set_label",
      { r throws(PipelineError) in .setLabel(try r.text("id"), try r.optionalText("label")) }
    ),
    (
      "set_property",
      { r throws(PipelineError) in
        .setProperty(try r.texts("ids"), name: try r.text("name"), value: r.value("value"))
      }
    ),
    (
      "set_lyre",
      { r throws(PipelineError) in
        .setLyreProperty(try r.texts("ids"), name: try r.text("name"), value: r.value("value"))
      }
    ),
    (
      "set_file",
      { r throws(PipelineError) in .setFile(try r.text("id"), try r.text("file")) }
    ),
    (
      "set_pipeline_property",
      { r throws(PipelineError) in
        .setPipelineProperty(name: try r.text("name"), value: r.value("value"))
      }
    ),
    (
      "set_default",
      { r throws(PipelineError) in
        .setDefault(name: try r.text("name"), value: r.value("value"))
      }
    ),
    (
      "set_parameters",
      { r throws(PipelineError) in .setParameters(try r.objects("parameters")) }
    ),
    (
      "set_comment",
      { r throws(PipelineError) in .setComment(try r.text("id"), try r.text("text")) }
    ),
    (
      "make_super_node",
      { r throws(PipelineError) in
        .makeSuperNode(try r.texts("ids"), label: try r.optionalText("label"))
      }
    ),
    ("ungroup", { r throws(PipelineError) in .ungroup(try r.text("id")) }),
    (
      "set_expanded",
      { r throws(PipelineError) in .setExpanded(try r.text("id"), try r.flag("expanded")) }
    ),
    (
      "paste",
      { r throws(PipelineError) in
        .paste(
          try r.text("content"), flow: try r.optionalText("flow"), at: try r.optionalPoint())
      }
    ),
    ("clear", { r throws(PipelineError) in .clear(try r.choice("what")) }),
    (
      "arrange",
      { r throws(PipelineError) in
        .arrange(
          flow: try r.optionalText("flow"), ids: try r.optionalTexts("ids"),
          try r.choice("direction"))
      }
    ),
    (
      "align",
      { r throws(PipelineError) in .align(try r.texts("ids"), to: try r.choice("to")) }
    ),
    (
      "distribute",
      { r throws(PipelineError) in .distribute(try r.texts("ids"), try r.choice("axis")) }
    ),
  ]

  @Sendable
  private static func addedNode(_ r: inout EditReader) throws(PipelineError) -> PipelineEdit {
    let (file, component) = (try r.optionalText("file"), try r.optionalText("component"))
    let content: Content
    switch (file, component) {
    case (let file?, nil): content = .file(file)
    case (nil, let component?): content = .component(component)
    default:
      throw PipelineError(
        .invalidValue, "'add_node' needs either a file or a component", place: "file")
    }
    let given = r.value("properties")
    if let given, given.object == nil {
      throw PipelineError(
        .invalidValue, "expected an object, found \(given.kindName)", place: "properties")
    }
    return .addNode(
      content, flow: try r.optionalText("flow"), at: try r.optionalPoint(),
      label: try r.optionalText("label"), operation: try r.optionalText("operation"),
      properties: given?.object ?? [:])
  }

  @Sendable
  private static func addedComment(_ r: inout EditReader) throws(PipelineError) -> PipelineEdit {
    let standard = PipelineSize.comment
    let size = PipelineSize(
      width: try r.optionalNumber("width") ?? standard.width,
      height: try r.optionalNumber("height") ?? standard.height)
    return .addComment(
      try r.text("text"), flow: try r.optionalText("flow"), at: try r.point(), size: size,
      attachedTo: try r.optionalTexts("nodes") ?? [])
  }

  @Sendable
  private static func placements(_ r: inout EditReader) throws(PipelineError) -> PipelineEdit {
    var placements: [Placement] = []
    for (index, item) in try r.objects("positions").enumerated() {
      let place = "positions[\(index)]"
      guard let id = item["id"]?.string else {
        throw PipelineError(.invalidValue, "expected a string", place: "\(place).id")
      }
      let x = try EditReader.number(item["x"] ?? .null, "\(place).x")
      let y = try EditReader.number(item["y"] ?? .null, "\(place).y")
      placements.append(Placement(id, PipelinePoint(x: x, y: y)))
    }
    return .move(placements)
  }

  @Sendable
  private static func disconnection(_ r: inout EditReader) throws(PipelineError) -> PipelineEdit {
    let (links, nodes) = (try r.optionalTexts("links"), try r.optionalTexts("nodes"))
    guard links != nil || nodes != nil else {
      throw PipelineError(
        .invalidValue, "'disconnect' needs a list of links or of nodes", place: "links")
    }
    return .disconnect(links: links ?? [], nodes: nodes ?? [])
  }
}
