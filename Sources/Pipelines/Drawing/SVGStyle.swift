/// The style of SVG drawings.
enum SVGStyle {
  /// The left inset of texts in a node.
  static let textInset = 46.0
  static let nodeWidths = 160.0...300.0
  static let nodeHeight = 48.0
  static let layerGap = 80.0
  static let nodePitch = 72.0
  static let margin = 28.0
  static let header = 58.0

  static let labelSize = 13.0
  static let fileSize = 11.0

  /// The width of nodes, chosen so that as many labels as possible fit.
  static func nodeWidth(_ labels: some Sequence<String>) -> Double {
    let widest = labels.map { DrawingText.width($0, size: labelSize, isBold: true) }.max() ?? 0
    return min(
      max((widest + textInset + 12).rounded(), nodeWidths.lowerBound), nodeWidths.upperBound)
  }

  /// The colour of a kind of node.
  static func color(of kind: PipelineNode.Kind) -> String {
    switch kind {
    case .notebook: "#ef6c00"
    case .pythonScript: "#3572a5"
    case .rScript: "#276dc3"
    case .script: "#4d7c0f"
    default: "#7b1fa2"
    }
  }

  /// The letters in the symbol of a kind of node.
  static func symbol(of kind: PipelineNode.Kind) -> String {
    switch kind {
    case .notebook: "nb"
    case .pythonScript: "py"
    case .rScript: "R"
    case .script: ">_"
    default: "c"
    }
  }

  /// Colours for a light background.
  static let light = """
    .page{fill:#ffffff}.title{font-weight:600;font-size:17px;fill:#1f2328}
    .sub{font-size:12px;fill:#656d76}.box{fill:#ffffff;stroke:#d0d7de;stroke-width:1.2}
    .label{font-size:13px;font-weight:600;fill:#1f2328}.file{font-size:11px;fill:#656d76}
    .sign{font-size:11px;font-weight:700;fill:#ffffff;text-anchor:middle}
    .link{fill:none;stroke:#8c959f;stroke-width:1.5}
    .back{fill:none;stroke:#c62828;stroke-width:1.6;stroke-dasharray:6 4}
    .tip{fill:#8c959f}.backtip{fill:#c62828}
    """

  /// Different colours for a dark background.
  static let dark = """

    @media (prefers-color-scheme:dark){.page{fill:#0d1117}.title,.label{fill:#e6edf3}
    .sub,.file{fill:#9198a1}.box{fill:#161b22;stroke:#3d444d}.link{stroke:#6e7681}
    .tip{fill:#6e7681}}
    """
}
