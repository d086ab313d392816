extension PipelineDrawing {
  /// The pipeline as a Mermaid diagram, which GitHub and Jupyter display in Markdown.
  public var mermaid: String {
    var lines = ["flowchart LR"]
    for (place, node) in nodes.enumerated() {
      let label = PipelineDrawing.mermaidText(node.label)
      let shape: (String, String)
      switch node.kind {
      case .notebook: shape = ("[", "]")
      case .pythonScript, .rScript, .script: shape = ("([", "])")
      default: shape = ("{{", "}}")
      }
      lines.append("  n\(place)\(shape.0)\"\(label)\"\(shape.1)")
    }
    for link in links {
      lines.append("  n\(link.source) \(link.isBackward ? "-. circle .->" : "-->") n\(link.target)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func mermaidText(_ text: String) -> String {
    DrawingText.plain(text).unicodeScalars.reduce(into: "") { result, scalar in
      // Mermaid escapes special characters as entities.
      if "\"#;<>&`".unicodeScalars.contains(scalar) {
        result += "#\(scalar.value);"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
  }

  /// The pipeline in the language of Graphviz.
  public var dot: String {
    var lines = [
      "digraph \(PipelineDrawing.dotText(title)) {", "  rankdir=LR;",
      "  node [fontname=\"sans-serif\", style=\"rounded,filled\", fillcolor=\"#ffffff\"];",
    ]
    for (place, node) in nodes.enumerated() {
      let shape = node.kind == .component ? "hexagon" : "box"
      lines.append(
        "  n\(place) [label=\(PipelineDrawing.dotText(node.label)), shape=\(shape), "
          + "color=\"\(node.color ?? SVGStyle.color(of: node.kind))\"];")
    }
    for link in links {
      let style = link.isBackward ? " [color=\"#c62828\", style=dashed, constraint=false]" : ""
      lines.append("  n\(link.source) -> n\(link.target)\(style);")
    }
    return (lines + ["}"]).joined(separator: "\n") + "\n"
  }

  private static func dotText(_ text: String) -> String {
    "\""
      + DrawingText.plain(text).unicodeScalars.reduce(into: "") { result, scalar in
        if scalar == "\"" || scalar == "\\" { result += "\\" }
        result.unicodeScalars.append(scalar)
      } + "\""
  }
}
