import JSONCore

/// The inputs or the outputs of a node, as names and hashes.
package struct Fingerprint: Sendable, Hashable {
  /// The hashes by name: `source`, `place`, `kernel`, `program`, `packages`, `image`,
  /// `file data.csv`, `after load`, `parameter x`, `variable X`.
  package var parts: [String: String] = [:]

  /// The version of the comparison; another one makes every node run again.
  package static let version = (name: "lyre", value: "2")

  /// The change since earlier values, in words; nil if nothing changed.
  ///
  /// Content that cannot be compared counts as changed.
  package func change(since old: Fingerprint) -> String? {
    Fingerprint.summary(of: changes(since: old))
  }

  /// The first of several changes and the number of the others; nil if there are none.
  package static func summary(of changes: [String]) -> String? {
    guard let first = changes.first else { return nil }
    return changes.count == 1 ? first : "\(first), and \(changes.count - 1) more"
  }

  /// All changes since earlier values, in words.
  package func changes(since old: Fingerprint) -> [String] {
    let version = Fingerprint.version.name
    if parts[version] != old.parts[version] {
      return ["another version of Lyre recorded its last run"]
    }
    var changes: [String] = []
    for name in Set(parts.keys).union(old.parts.keys).sorted(by: Fingerprint.isBefore) {
      let (old, new) = (old.parts[name], parts[name])
      if let new, new.hasPrefix(FileHashes.unknown) {
        changes.append(
          "\(name) cannot be compared: \(new.dropFirst(FileHashes.unknown.count))")
      } else if old != new {
        changes.append(Fingerprint.words(name, old: old, new: new))
      }
    }
    return changes
  }

  /// Unknown values.
  package static let unknown = Fingerprint(parts: ["it": FileHashes.unknown + "it was not compared"]
  )

  /// Whether any value cannot be compared with later ones.
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
    case "image" where old == nil: return "it runs in a container now"
    case "image" where new == nil: return "it no longer runs in a container"
    case "image": return "its image changed"
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
    String(decoding: JSONValue.object(object).serialized(), as: UTF8.self)
  }

  /// The parts, sorted by name.
  var object: JSONObject {
    JSONObject(
      parts.sorted { $0.key < $1.key }.map { .init(key: .init($0.key), value: .init($0.value)) })
  }

  package init(parts: [String: String] = [:]) {
    self.parts = parts
  }

  package init(json: String) {
    self.init((try? JSONValue(parsing: Array(json.utf8)))?.object ?? [:])
  }

  /// Takes the members of an object that are strings.
  init(_ object: JSONObject) {
    self.init()
    for member in object { parts[member.key.string] = member.value.string }
  }

  /// A copy without the parts that concern only the node itself.
  package var withoutResults: Fingerprint {
    Fingerprint(parts: parts.filter { $0.key != "its results" })
  }

  /// The results in a notebook's file; nil for scripts.
  package var results: String? { parts["its results"] }

  /// A copy without a notebook's results if they are among the expected ones; nil accepts any.
  package func accepting(_ known: Set<String>?) -> Fingerprint {
    guard let results, known.map({ $0.contains(results) }) ?? true else { return self }
    return withoutResults
  }
}
