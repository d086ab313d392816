import Pipelines

/// The files that nodes need exclusively while they run.
enum NodeClaims {
  /// For each node the files that it writes and another one may write too: its declared outputs,
  /// and a notebook itself, which gets its results.
  ///
  /// A pattern also claims every declared file that matches it.
  ///
  /// - Parameters:
  ///   - nodes: the nodes.
  ///   - root: the absolute folder that their paths are relative to; because of links, one file may
  ///     have several paths.
  static func all(of nodes: [PipelineNode], in root: String) -> [[String]] {
    var claims = nodes.map { node -> [String] in
      guard node.isGeneric, let file = node.file else { return [] }
      let folder = PipelinePath.folder(PipelinePath.joined(root, file))
      let written = node.outputs.map { PipelinePath.joined(folder, $0) }
      return (written + (node.kind == .notebook ? [PipelinePath.joined(root, file)] : []))
        .map(FileLocation.resolved)
    }
    addMatches(to: &claims)
    // A file with one claim needs no exclusion.
    var counts: [String: Int] = [:]
    claims = claims.map { Array(Set($0)).sorted() }
    for claim in claims.joined() { counts[claim, default: 0] += 1 }
    return claims.map { $0.filter { counts[$0, default: 0] > 1 } }
  }

  /// With more pattern matches than this, patterns are claimed instead of files.
  private static let mostMatches = 500_000

  /// Ensures that a pattern and a file that matches it have a claim in common.
  private static func addMatches(to claims: inout [[String]]) {
    var literals: [String: Set<String>] = [:]
    for claim in claims.joined() where !PipelinePath.isPattern(claim) {
      literals[PipelinePath.folder(claim), default: []].insert(claim)
    }
    let files = literals.mapValues { $0.sorted(by: precedes) }
    var matches: [String: [String]] = [:]
    var count = 0
    for pattern in claims.joined() where PipelinePath.isPattern(pattern) {
      if matches[pattern] == nil {
        matches[pattern] = fitting(pattern, files[PipelinePath.folder(pattern)] ?? [])
      }
      count += matches[pattern]?.count ?? 0
    }
    if count <= mostMatches {
      for node in claims.indices {
        claims[node] += claims[node].flatMap { matches[$0] ?? [] }
      }
    } else {
      // Then all nodes whose files match a pattern exclude each other, which is slower but needs no
      // memory.
      var patterns: [String: [String]] = [:]
      for (pattern, files) in matches {
        for file in files { patterns[file, default: []].append(pattern) }
      }
      for node in claims.indices {
        claims[node] += Set(claims[node].flatMap { patterns[$0] ?? [] })
      }
    }
  }

  private static func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }

  /// The files that match a pattern, from sorted files; only files with the same literal prefix are
  /// tried.
  private static func fitting(_ pattern: String, _ files: [String]) -> [String] {
    let beginning = String(pattern.prefix { !PipelinePath.isPattern(String($0)) })
    var (low, high) = (0, files.count)
    while low < high {
      let middle = (low + high) / 2
      if precedes(files[middle], beginning) { low = middle + 1 } else { high = middle }
    }
    return files[low...].prefix { $0.utf8.starts(with: beginning.utf8) }
      .filter { PathPattern.matches(pattern, $0) }
  }
}
