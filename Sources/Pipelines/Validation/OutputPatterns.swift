/// The patterns of nodes' outputs, for lookup by a path that may match them.
///
/// They are indexed by the text before their first special character, so that a path is compared
/// only with patterns that have the same prefix.
struct OutputPatterns {
  private var nodes: [String: [String: [Int]]] = [:]
  /// The lengths of the prefixes.
  private var lengths: Set<Int> = []

  /// Adds an output pattern of a node.
  mutating func add(_ pattern: String, madeBy node: Int) {
    let beginning = pattern.prefix { !PathPattern.special.contains($0) }
    lengths.insert(beginning.utf8.count)
    nodes[String(beginning), default: [:]][pattern, default: []].append(node)
  }

  /// The nodes whose patterns match a path.
  func makers(of path: String) -> [Int] {
    let bytes = Array(path.utf8)
    var found: [Int] = []
    for length in lengths where length <= bytes.count {
      let beginning = String(decoding: bytes[..<length], as: UTF8.self)
      for (pattern, makers) in nodes[beginning] ?? [:] where PathPattern.matches(pattern, path) {
        found += makers
      }
    }
    return found
  }
}
