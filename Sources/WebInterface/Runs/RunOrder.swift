import JSONCore

/// What the page asks to run, as the arguments of `lyre pipeline run`.
struct RunOrder: Sendable, Hashable {
  /// The selection of nodes.
  enum Mode: String, Sendable, CaseIterable {
    /// All nodes.
    case all
    /// The nodes that changed.
    case changed
    /// These nodes, and all that depend on them.
    case from
    /// These nodes.
    case only
    /// These nodes, and all their dependencies.
    case until
    /// The nodes that the last run did not finish.
    case resume
  }

  /// The largest size of all parameters, in bytes.
  private static let mostParameterBytes = 100_000

  /// The pipeline, relative to the folder.
  let pipeline: String
  /// The run whose nodes are continued; nil for the last one.
  let continued: String?
  /// The variables for the run, besides those of the server.
  let environment: [String: String]
  private let mode: Mode
  private let nodes: [String]
  let parameters: JSONObject
  private let jobs: Int?
  private let failsFast: Bool?

  /// Whether it continues the last run.
  var isResumed: Bool { mode == .resume }

  /// Reads an order.
  ///
  /// - Throws: ``WebError`` with the member that is wrong.
  init(_ object: JSONObject) throws(WebError) {
    pipeline = try object.text("pipeline")
    let text = object["mode"]?.string ?? "all"
    guard let mode = Mode(rawValue: text) else {
      let names = Mode.allCases.map(\.rawValue).joined(separator: ", ")
      throw .invalid("the mode '\(text)' is unknown; it is one of: \(names)")
    }
    self.mode = mode
    nodes = try object.texts("nodes")
    guard ![.from, .only, .until].contains(mode) || !nodes.isEmpty else {
      throw .invalid("the mode '\(text)' needs nodes")
    }
    guard let parameters = (object["parameters"] ?? [:]).object else {
      throw .invalid("the member 'parameters' must be an object")
    }
    guard JSONValue.object(parameters).serialized().count <= RunOrder.mostParameterBytes else {
      throw .invalid("the parameters are larger than \(RunOrder.mostParameterBytes) bytes")
    }
    self.parameters = parameters
    environment = try RunOrder.environment(object["environment"] ?? [:])
    if let value = object["jobs"], !value.isNull {
      guard let number = value.int, number > 0 else {
        throw .invalid("the member 'jobs' must be at least 1")
      }
      jobs = number
    } else {
      jobs = nil
    }
    failsFast = object["fail_fast"]?.bool
    continued = object["rerun_of"].flatMap { $0.string ?? $0.int.map { "\($0)" } }
  }

  private static func environment(_ value: JSONValue) throws(WebError) -> [String: String] {
    guard let object = value.object else {
      throw .invalid("the member 'environment' must be an object")
    }
    var environment: [String: String] = [:]
    for member in object {
      let name = member.key.string
      guard let text = member.value.string, !text.utf8.contains(0), !name.isEmpty,
        !name.utf8.contains(0), !name.contains("=")
      else { throw .invalid("'\(name)' cannot be a variable of the environment") }
      environment[name] = text
    }
    return environment
  }

  /// The arguments after `lyre`.
  ///
  /// - Parameters:
  ///   - state: the directory of the record.
  ///   - file: the file with the parameters; nil if there are none.
  func arguments(state: String, parameters file: String?) -> [String] {
    // Not mistaken for an option.
    var arguments = ["pipeline", "run", "./\(pipeline)", "--state=\(state)"]
    switch mode {
    case .all: break
    case .changed: arguments.append("--cached")
    case .resume: arguments.append("--resume")
    case .from, .only, .until: arguments += nodes.map { "--\(mode.rawValue)=\($0)" }
    }
    if let file { arguments.append("--parameters-file=\(file)") }
    if let jobs { arguments.append("--jobs=\(jobs)") }
    if let failsFast { arguments.append(failsFast ? "--fail-fast" : "--keep-going") }
    return arguments
  }
}
