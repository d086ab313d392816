import Pipelines
import SystemSupport

/// A value of `--depends`: a path, or a pattern for paths.
///
/// In a pattern `*`, `?` and `[…]` match within a name, and `**` matches any number of folders.
/// Names that begin with a dot are matched only by a pattern that begins with one.
struct DependsPattern: Sendable, Hashable {
  let text: String

  init(_ text: String) { self.text = text }

  /// The files and folders that match, sorted, and spelled as the pattern is.
  func matches() -> [String] {
    if FilePath.exists(text) { return [text] }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard let place = parts.firstIndex(of: "**") else { return FilePath.matches(text) }
    let root = parts[..<place].joined(separator: "/")
    let folders =
      place == 0 ? [""] : root.isEmpty ? ["/"] : FilePath.matches(root).map { $0 + "/" }
    var found: Set<String> = []
    for folder in folders {
      FilePath.forEachFile(below: folder.isEmpty ? "." : String(folder.dropLast())) { path in
        let base = folder.isEmpty ? "./" : folder
        let rest = path.dropFirst(base.count)
        if DependsPattern.matches(parts[place...], rest.split(separator: "/")[...]) {
          found.insert(folder + rest)
        }
        return true
      }
    }
    return found.sorted()
  }

  /// Whether the names of a path match the parts of a pattern.
  static func matches(_ pattern: ArraySlice<Substring>, _ names: ArraySlice<Substring>) -> Bool {
    guard let first = pattern.first else { return names.isEmpty }
    let rest = pattern.dropFirst()
    if first == "**" {
      // At the end it matches every file; two in a row are one.
      if rest.isEmpty { return !names.isEmpty }
      if rest.first == "**" { return matches(rest, names) }
      return (0...names.count).contains { matches(rest, names.dropFirst($0)) }
    }
    guard let name = names.first, first.hasPrefix(".") || !name.hasPrefix(".") else { return false }
    return PathPattern.matches(String(first), String(name)) && matches(rest, names.dropFirst())
  }
}
