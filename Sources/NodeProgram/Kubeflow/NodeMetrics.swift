import JSONCore

/// The metrics that a node has written, in the form of Kubeflow Pipelines' first version, which
/// Elyra's users write.
///
/// ```json
/// {"metrics": [{"name": "accuracy", "numberValue": 0.9, "format": "PERCENTAGE"}]}
/// ```
struct NodeMetrics: Sendable, Hashable {
  /// The name of the file, in the folder of the node's file.
  static let fileName = "mlpipeline-metrics.json"
  /// The longest file, in bytes.
  static let longest = 1 << 20
  /// The most metrics of a node.
  private static let most = 1000
  /// Names that the engine uses itself.
  private static let reserved: Set<String> = ["display_name", "store_session_info"]

  /// The numbers by their names, in the order of the file.
  private(set) var values = JSONObject()
  /// What cannot be shown, for people.
  private(set) var problems: [String] = []

  /// Reads the content of a file, which may be anything.
  init(_ bytes: [UInt8]) {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: bytes, options: JSONReadingOptions(maximumDepth: 100))
    } catch {
      problems = ["it is not JSON: \(error)"]
      return
    }
    guard let metrics = value["metrics"]?.array else {
      problems = ["it has no list 'metrics'"]
      return
    }
    for (place, metric) in metrics.prefix(NodeMetrics.most).enumerated() { add(metric, place) }
    if metrics.count > NodeMetrics.most {
      problems.append("only \(NodeMetrics.most) of its \(metrics.count) metrics are shown")
    }
  }

  private mutating func add(_ metric: JSONValue, _ place: Int) {
    guard let name = metric["name"]?.string, !name.isEmpty else {
      return problems.append("metric \(place + 1) has no name")
    }
    guard !NodeMetrics.reserved.contains(name) else {
      return problems.append("Kubeflow Pipelines uses the name '\(name)' itself")
    }
    guard case .number(let number)? = metric["numberValue"], number.double.isFinite else {
      return problems.append("the numberValue of '\(name)' is not a finite number")
    }
    if values[name] != nil {
      problems.append("'\(name)' is there twice, and the last one is shown")
    }
    values[name] = .number(number)
  }
}
