import JSONCore

/// Everything that a node's result depends on, and what it made: names and hashes.
package struct NodeInputs: Sendable, Hashable {
  /// Hashes of what went in, by what it is: `source`, `place`, `kernel`, `program`, `packages`,
  /// `file data.csv`, `after load`, `parameter x`, `variable X`.
  package var parts: [String: String] = [:]

  /// What is compared at all; another number makes every node run again.
  package static let version = (name: "lyre", value: "2")

  /// What has changed since, in words; nil when nothing has.
  ///
  /// What cannot be compared counts as changed.
  package func change(since old: NodeInputs) -> String? {
    let version = NodeInputs.version.name
    if parts[version] != old.parts[version] {
      return "another version of Lyre recorded its last run"
    }
    var changes: [String] = []
    for name in Set(parts.keys).union(old.parts.keys).sorted(by: NodeInputs.isBefore) {
      let (old, new) = (old.parts[name], parts[name])
      if let new, new.hasPrefix(FileHashes.unknown) {
        changes.append(
          "\(name) cannot be compared: \(new.dropFirst(FileHashes.unknown.count))")
      } else if old != new {
        changes.append(NodeInputs.words(name, old: old, new: new))
      }
    }
    guard let first = changes.first else { return nil }
    return changes.count == 1 ? first : "\(first), and \(changes.count - 1) more"
  }

  /// What is not known.
  package static let unknown = NodeInputs(parts: ["it": FileHashes.unknown + "it was not compared"])

  /// Whether something in it cannot be compared with what comes later.
  package var isIncomparable: Bool { parts.values.contains { $0.hasPrefix(FileHashes.unknown) } }

  private static func isBefore(_ left: String, _ right: String) -> Bool {
    (left == "source" ? 0 : 1, left) < (right == "source" ? 0 : 1, right)
  }

  private static func words(_ name: String, old: String?, new: String?) -> String {
    switch name {
    case "source": return "its code changed"
    case "place": return "its file moved"
    case "kernel": return "its command changed"
    case "program": return "the program that runs it changed"
    case "packages": return "the installed packages changed"
    default: break
    }
    if name.hasPrefix("after ") { return "'\(name.dropFirst(6))' produced new outputs" }
    switch (old, new) {
    case (nil, _): return "\(name) is new"
    case (_, nil): return "\(name) is gone"
    default: return "\(name) changed"
    }
  }

  package var json: String {
    let object = JSONObject(
      parts.sorted { $0.key < $1.key }.map { .init(key: .init($0.key), value: .init($0.value)) })
    return String(decoding: JSONValue.object(object).serialized(), as: UTF8.self)
  }

  package init(parts: [String: String] = [:]) {
    self.parts = parts
  }

  package init(json: String) {
    let object = (try? JSONValue(parsing: Array(json.utf8)))?.object ?? [:]
    for member in object { parts[member.key.string] = member.value.string }
  }

  /// Without what is of interest to the node alone.
  package var withoutResults: NodeInputs {
    NodeInputs(parts: parts.filter { $0.key != "its results" })
  }

  /// What a notebook's file holds; nil for scripts.
  package var results: String? { parts["its results"] }

  /// Without a notebook's results where they are among those that its file may hold; nil for any.
  package func accepting(_ known: Set<String>?) -> NodeInputs {
    guard let results, known.map({ $0.contains(results) }) ?? true else { return self }
    return withoutResults
  }
}
