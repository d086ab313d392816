/// Compares the spelling of words.
package enum Spelling {
  /// The most similar word, if it differs in at most a third of its letters.
  ///
  /// - Parameters:
  ///   - word: what was found; a very long one is not similar to anything.
  ///   - words: what it could have been.
  ///   - least: how many letters may differ in any case.
  package static func nearest(to word: String, among words: [String], least: Int = 0) -> String? {
    words.map { (word: $0, distance: distance(Array(word.lowercased()), Array($0.lowercased()))) }
      .filter { $0.distance <= max(least, max(word.count, $0.word.count) / 3) }
      .min { $0.distance < $1.distance }?.word
  }

  /// The number of letters to add, omit, replace or swap with a neighbour (optimal string
  /// alignment).
  private static func distance(_ left: [Character], _ right: [Character]) -> Int {
    guard left.count <= 256, right.count <= 256 else { return Int.max }
    var rows = [Array(0...right.count)]
    for (i, letter) in left.enumerated() {
      var row = [i + 1]
      for (j, other) in right.enumerated() {
        var best = min(rows[i][j] + (letter == other ? 0 : 1), rows[i][j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, letter == right[j - 1], left[i - 1] == other {
          best = min(best, rows[i - 1][j - 1] + 1)
        }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[left.count][right.count]
  }
}
