extension KernelNotFound {
  /// The installed kernel with the most similar name; nil when no name is similar.
  public var nearest: String? {
    let wanted = Array(name.lowercased().unicodeScalars)
    let near = installed.map { name in
      (
        name: name,
        distance: KernelNotFound.distance(wanted, Array(name.lowercased().unicodeScalars))
      )
    }
    let best = near.min { $0.distance < $1.distance }
    guard let best, best.distance <= max(1, max(wanted.count, best.name.count) / 3) else {
      return nil
    }
    return best.name
  }

  /// `Did you mean 'python3'? `, or an empty string.
  public var suggestion: String { nearest.map { "Did you mean '\($0)'? " } ?? "" }

  /// The number of letters to insert, delete, change or swap with a neighbour.
  private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    // Names come from users: a very long one is not similar to anything.
    guard a.count <= 100, b.count <= 100 else { return .max }
    var rows = [Array(0...b.count)]
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var cost = min(row[j], rows[i][j + 1]) + 1
        cost = min(cost, rows[i][j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          cost = min(cost, rows[i - 1][j - 1] + 1)
        }
        row.append(cost)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}
