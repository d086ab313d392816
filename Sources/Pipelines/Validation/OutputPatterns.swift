/// The patterns that nodes say what they make with, found by a path that may fit them.
///
/// They are kept by what stands before their first special character, so that a path is compared
/// only with those that begin as it does.
struct OutputPatterns {
  private var nodes: [String: [String: [Int]]] = [:]
  /// The lengths of what they begin with.
  private var lengths: Set<Int> = []

  /// Adds what a node makes.
  mutating func add(_ pattern: String, madeBy node: Int) {
    let beginning = pattern.prefix { !PathPattern.special.contains($0) }
    lengths.insert(beginning.utf8.count)
    nodes[String(beginning), default: [:]][pattern, default: []].append(node)
  }

  /// The nodes that make what a path names.
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
