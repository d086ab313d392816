import JSONCore
import KernelTesting
import RunEvents

/// A description of a test's node, in whose directory `in` has its files, `out` gets its outputs and
/// `results` what it leaves.
struct NodeDescriptionFile {
  var lyre: Lyre
  var json: JSONObject

  init(_ lyre: Lyre, file: String, results: String = "results") {
    self.lyre = lyre
    json = [
      "version": 1, "subject": ["run": 1, "node": "n", "name": "load"],
      "files": [["folder": .init(lyre.directory.path("in"))]], "node": ["file": .init(file)],
      "results": ["to": .init(lyre.directory.path(results))],
    ]
  }

  /// Lets it bring outputs back to `out`.
  mutating func bringBack(_ patterns: [String]) {
    json["outputs"] = [
      "to": .init(lyre.directory.path("out")), "patterns": .array(patterns.map { .init($0) }),
    ]
  }

  /// Sets a member of what is run.
  mutating func set(_ name: String, _ value: JSONValue) {
    json.update("node") { node in node.updateObject { $0[name] = value } }
  }

  /// Lets it run in a folder that has its files, instead of a copy.
  mutating func runInPlace(_ folder: String) {
    json["files"] = nil
    json["work"] = .init(lyre.directory.path(folder))
  }

  /// The arguments of the command, once the description is written.
  func arguments(_ options: [String] = []) throws -> [String] {
    try lyre.directory.write(JSONValue.object(json).serialized(.pretty), to: "node.json")
    return ["node", "node.json"] + options
  }

  /// Runs it to its end.
  func run(_ options: [String] = [], environment: [String: String] = [:]) async throws
    -> Lyre.Outcome
  {
    try await lyre.run(try arguments(options), environment: environment)
  }
}

extension Lyre {
  /// How a node ended, from its results.
  func ending(_ results: String = "results") throws -> JSONValue {
    try JSONValue(parsing: directory.read("\(results)/ending.json"))
  }

  /// The events that a node has left, without times.
  func nodeEvents(_ results: String = "results") throws -> [String] {
    RunEvent.events(of: try directory.read("\(results)/events.ndjson")).map { event in
      switch event.kind {
      case .lines(let isError, let text): "\(isError ? "stderr" : "stdout") \(text)"
      case .text(_, let stream, let text): "\(stream) \(text)"
      case .warning(let warning): "warning \(warning.message)"
      case .nodeFinished(let node): "node_finished \(node.status.rawValue)"
      default: event.kind.name
      }
    }
  }
}
