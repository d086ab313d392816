import JSONCore

/// Everything that a node's result depends on, and what it made: names and hashes.
struct NodeInputs: Sendable, Hashable {
  /// Hashes of what went in, by what it is: `source`, `kernel`, `file data.csv`, `after load`,
  /// `parameter x`, `variable X`.
  var parts: [String: String] = [:]

  /// What has changed since, in words; nil when nothing has.
  func change(since old: NodeInputs) -> String? {
    var changes: [String] = []
    for name in Set(parts.keys).union(old.parts.keys).sorted(by: NodeInputs.isBefore)
    where parts[name] != old.parts[name] {
      changes.append(NodeInputs.words(name, old: old.parts[name], new: parts[name]))
    }
    guard let first = changes.first else { return nil }
    return changes.count == 1 ? first : "\(first), and \(changes.count - 1) more"
  }

  private static func isBefore(_ left: String, _ right: String) -> Bool {
    (left == "source" ? 0 : 1, left) < (right == "source" ? 0 : 1, right)
  }

  private static func words(_ name: String, old: String?, new: String?) -> String {
    if name == "source" { return "its code changed" }
    if name == "kernel" { return "what runs it changed" }
    if name.hasPrefix("after ") { return "'\(name.dropFirst(6))' made something new" }
    switch (old, new) {
    case (nil, _): return "\(name) is new"
    case (_, nil): return "\(name) is gone"
    default: return "\(name) changed"
    }
  }

  var json: String {
    let object = JSONObject(
      parts.sorted { $0.key < $1.key }.map { .init(key: .init($0.key), value: .init($0.value)) })
    return String(decoding: JSONValue.object(object).serialized(), as: UTF8.self)
  }

  init(parts: [String: String] = [:]) {
    self.parts = parts
  }

  init(json: String) {
    let object = (try? JSONValue(parsing: Array(json.utf8)))?.object ?? [:]
    for member in object { parts[member.key.string] = member.value.string }
  }
}
