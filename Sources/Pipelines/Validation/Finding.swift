public import JSONCore

/// Something that validation found.
public struct Finding: Sendable, Hashable, CustomStringConvertible {
  /// How much it matters.
  public enum Severity: String, Sendable, Hashable, Comparable {
    /// The pipeline cannot be run like this.
    case error
    /// It can be run, and may not do what was meant.
    case warning
    /// Good to know.
    case information

    private var rank: Int {
      switch self {
      case .error: 0
      case .warning: 1
      case .information: 2
      }
    }

    /// Whether the left one matters more.
    public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
  }

  /// How much it matters.
  public var severity: Severity

  /// What it is, for programs: a promise.
  public var code: FindingCode

  /// The id of the node; nil for what concerns the whole pipeline.
  public var nodeID: String?

  /// What people call the node.
  public var node: String?

  /// The property of the node or of the pipeline, as the file calls it.
  public var property: String?

  /// What is wrong.
  public var message: String

  /// What to do about it; empty where that goes without saying.
  public var remedy: String

  /// A finding.
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

  /// The finding for programs.
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
