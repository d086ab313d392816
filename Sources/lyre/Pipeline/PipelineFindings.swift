import Pipelines

/// Formats findings for the terminal.
enum PipelineFindings {
  /// A line for each finding, with its remedy below.
  static func lines(_ findings: [Finding]) -> [VisibleText] {
    findings.map { finding -> VisibleText in
      let style: Terminal.Style
      switch finding.severity {
      case .error: style = .red
      case .warning: style = .yellow
      case .information: style = .dim
      }
      let word = finding.severity == .information ? "note" : finding.severity.rawValue
      var line: VisibleText = "\(word, style): "
      if let node = finding.node { line += "\(node): " }
      if let property = finding.property { line += "\(property): " }
      line += "\(finding.message)"
      if !finding.remedy.isEmpty { line += "\n    \(finding.remedy, .dim)" }
      return line
    }
  }
}
