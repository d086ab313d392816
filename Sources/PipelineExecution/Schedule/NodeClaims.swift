import Pipelines

/// What nodes must have for themselves while they run.
enum NodeClaims {
  /// For each node the files that it writes and another one may write too: its declared outputs,
  /// and a notebook itself, which gets its results.
  ///
  /// - Parameters:
  ///   - nodes: the nodes.
  ///   - root: the folder that their paths begin in, absolute; one file may have several paths,
  ///     through links.
  ///
  /// A pattern also claims every declared file that fits it.
  static func all(of nodes: [PipelineNode], in root: String) -> [[String]] {
    var claims = nodes.map { node -> [String] in
      guard node.isGeneric, let file = node.file else { return [] }
      let folder = PipelinePath.folder(PipelinePath.joined(root, file))
      let written = node.outputs.map { PipelinePath.joined(folder, $0) }
      return (written + (node.kind == .notebook ? [PipelinePath.joined(root, file)] : []))
        .map(FileLocation.resolved)
    }
    var literals: [String: Set<String>] = [:]
    for claim in claims.joined() where !PipelinePath.isPattern(claim) {
      literals[PipelinePath.folder(claim), default: []].insert(claim)
    }
    for node in claims.indices {
      for pattern in claims[node] where PipelinePath.isPattern(pattern) {
        for literal in literals[PipelinePath.folder(pattern)] ?? []
        where PathPattern.matches(pattern, literal) {
          claims[node].append(literal)
        }
      }
    }
    // What nobody else wants needs no looking after.
    var counts: [String: Int] = [:]
    claims = claims.map { Array(Set($0)).sorted() }
    for claim in claims.joined() { counts[claim, default: 0] += 1 }
    return claims.map { $0.filter { counts[$0, default: 0] > 1 } }
  }
}
