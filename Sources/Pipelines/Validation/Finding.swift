public import JSONCore

/// A problem or remark found by validation.
public struct Finding: Sendable, Hashable, CustomStringConvertible {
  /// The severity of a finding.
  public enum Severity: String, Sendable, Hashable, Comparable {
    /// The pipeline cannot be run.
    case error
    /// The pipeline can be run, but may not do what was intended.
    case warning
    /// Information that is not a problem.
    case information

    private var rank: Int {
      switch self {
      case .error: 0
      case .warning: 1
      case .information: 2
      }
    }

    /// Whether the left one is more severe.
    public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
  }

  /// The severity.
  public var severity: Severity

  /// The code for programs, which is stable.
  public var code: FindingCode

  /// The id of the node; nil if it concerns the whole pipeline.
  public var nodeID: String?

  /// The label of the node.
  public var node: String?

  /// The name in the file of the property of the node or of the pipeline.
  public var property: String?

  /// The problem.
  public var message: String

  /// How to fix it; empty if that is obvious.
  public var remedy: String

  /// Creates a finding.
  public init(
    _ severity: Severity, _ code: FindingCode, _ message: String, remedy: String = "",
    node: PipelineNode? = nil, property: String? = nil
  ) {
    self.severity = severity
    self.code = code
    self.message = message
    self.remedy = remedy
    self.nodeID = node?.id
    self.node = node?.label
    self.property = property
  }

  /// The finding on one line: `error: load.ipynb: filename: … (remedy)`.
  public var description: String {
    var text = severity.rawValue + ": "
    if let node { text += "\(node): " }
    if let property { text += "\(property): " }
    text += message
    if !remedy.isEmpty { text += "; \(remedy)" }
    return text
  }

  /// The finding as JSON.
  public var json: JSONObject {
    [
      "severity": .init(severity.rawValue), "code": .init(code.rawValue),
      "elyra_type": code.elyraType.map { .init($0) } ?? .null,
      "node_id": nodeID.map { .init($0) } ?? .null, "node": node.map { .init($0) } ?? .null,
      "property": property.map { .init($0) } ?? .null, "message": .init(message),
      "remedy": .init(remedy),
    ]
  }
}
