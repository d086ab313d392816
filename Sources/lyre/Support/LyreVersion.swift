import CLyreVersion

/// The version of the program.
enum LyreVersion {
  static let text = "0.1.0"

  /// The version, and the commit if it is known: `0.1.0 (commit 60bf0c1)`.
  ///
  /// The version is the first word, for programs.
  static var whole: String { text + mark(String(cString: lyre_commit())) }

  private static func mark(_ commit: String) -> String {
    let words = commit.split(separator: " ")
    guard let hash = words.first else { return "" }
    return " (commit \(hash.prefix(7))\(words.count > 1 ? ", modified" : ""))"
  }
}
