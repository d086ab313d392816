/// The data to draw a pipeline: its nodes, parents first, and the links between them.
///
/// An invalid pipeline can be drawn too; links that lead backwards in a cycle are then marked.
public struct PipelineDrawing: Sendable {
  /// A node of the drawing.
  public struct Node: Sendable {
    /// Its label.
    public var label: String

    /// The file that it runs; nil for components.
    public var file: String?

    /// Its kind.
    public var kind: PipelineNode.Kind

    /// The tooltip.
    public var note: String

    /// The colour of its frame and symbol, in SVG's notation; nil for that of its kind.
    public var color: String?

    /// A second line instead of the file; nil for the file.
    public var caption: String?
  }

  /// A link between two nodes, by their places.
  public struct Link: Sendable, Hashable {
    /// The place of the source.
    public var source: Int
    /// The place of the target.
    public var target: Int
    /// Whether its target comes before its source, so that there is a cycle.
    public var isBackward: Bool
  }

  /// The nodes; those of a graph have the same places as there.
  public var nodes: [Node]

  /// The links, sorted by their targets.
  public let links: [Link]

  /// The title of the drawing.
  public var title: String

  /// Creates a drawing of a pipeline, which need not be valid.
  ///
  /// - Parameters:
  ///   - pipeline: the pipeline to draw.
  ///   - title: the title; by default the pipeline's name.
  public init(_ pipeline: Pipeline, title: String? = nil) {
    let edges = GraphEdges(pipeline.executableNodes)
    let order = edges.order
    var place = [Int](repeating: 0, count: order.count)
    for (new, old) in order.enumerated() { place[old] = new }
    var comments: [String: [String]] = [:]
    for comment in pipeline.flows.flatMap(\.comments) {
      for node in comment.nodes { comments[node, default: []].append(comment.text) }
    }
    nodes = order.map { old in
      let node = pipeline.executableNodes[old]
      return Node(
        label: node.label, file: node.file, kind: node.kind,
        note: comments[node.id, default: []].joined(separator: "\n"))
    }
    links = order.enumerated().flatMap { new, old in
      edges.parents[old].map { parent in
        Link(source: place[parent], target: new, isBackward: place[parent] >= new)
      }
    }
    self.title = title ?? pipeline.name ?? ""
  }

  /// The parents of each node, without links that lead backwards.
  var forwardParents: [[Int]] {
    var parents = [[Int]](repeating: [], count: nodes.count)
    for link in links where !link.isBackward { parents[link.target].append(link.source) }
    return parents
  }
}

extension PipelineNode.Kind {
  /// The kind in a word.
  public var name: String {
    switch self {
    case .notebook: "notebook"
    case .pythonScript: "Python script"
    case .rScript: "R script"
    case .script: "script"
    case .component: "component"
    case .superNode: "super node"
    case .binding: "binding"
    case .unknown(let type): type
    }
  }
}

/// Formats texts for drawings.
enum DrawingText {
  /// A text as one line without control characters.
  static func plain(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x09, 0x0A, 0x0D: result.append(" ")
      case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: continue
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The width of a text in terminal columns.
  static func columns(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { sum, scalar in
      if scalar.properties.generalCategory == .nonspacingMark { return sum }
      let value = scalar.value
      let isWide =
        (0x1100...0x115F).contains(value) || (0x2E80...0xA4CF).contains(value)
        || (0xAC00...0xD7A3).contains(value) || (0xF900...0xFAFF).contains(value)
        || (0xFF00...0xFF60).contains(value) || (0x1F300...0x1FAFF).contains(value)
      return sum + (isWide ? 2 : 1)
    }
  }

  /// The beginning of a text with this number of columns.
  static func fitted(_ text: String, to width: Int) -> String {
    guard columns(text) > width else { return text }
    var result = ""
    var used = 0
    for character in text {
      let next = columns(String(character))
      if used + next > width - 1 { break }
      result.append(character)
      used += next
    }
    return result + "…"
  }

  /// The approximate width of a text at a font size: slightly more than in most fonts.
  static func width(_ text: String, size: Double, isBold: Bool = false) -> Double {
    let units = text.unicodeScalars.reduce(0.0) { sum, scalar in
      if scalar.properties.generalCategory == .nonspacingMark { return sum }
      switch scalar {
      case "i", "j", "l", "I", "|", ".", ",", ":", ";", "'", "!": return sum + 0.36
      case "f", "r", "t", "(", ")", "[", "]", "/", "-", " ": return sum + 0.43
      case "m", "w", "M", "W", "@", "%", "…": return sum + 1.0
      case "A"..."Z", "_": return sum + 0.72
      default: return sum + (scalar.value < 0x1100 ? 0.64 : 1.05)
      }
    }
    return units * size * (isBold ? 1.1 : 1)
  }

  /// The beginning or the end of a text that fits a width.
  static func fitted(
    _ text: String, toPoints width: Double, size: Double, isBold: Bool = false,
    keepsEnd: Bool = false
  ) -> String {
    guard DrawingText.width(text, size: size, isBold: isBold) > width else { return text }
    var kept: [Character] = []
    var used = DrawingText.width("…", size: size, isBold: isBold)
    for character in keepsEnd ? Array(text.reversed()) : Array(text) {
      used += DrawingText.width(String(character), size: size, isBold: isBold)
      if used > width { break }
      kept.append(character)
    }
    return keepsEnd ? "…" + String(kept.reversed()) : String(kept) + "…"
  }
}
