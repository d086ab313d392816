/// Operations on paths in pipelines: with `/`, relative or absolute, without access to a file
/// system.
public enum PipelinePath {
  /// The last component, like `basename`.
  public static func name(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// The folder of a path; empty for a name without a folder.
  public static func folder(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The extension without its dot, in lower case; empty if there is none.
  public static func suffix(_ path: String) -> String {
    let name = name(path)
    guard let point = name.lastIndex(of: "."), point != name.startIndex else { return "" }
    return name[name.index(after: point)...].lowercased()
  }

  /// The parts of a path between its slashes, as the system sees them: together with a combining
  /// character behind it a slash is another `Character`, but a slash all the same.
  package static func components(_ path: String) -> [Substring] {
    path.utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) }
  }

  /// A path resolved from a folder, without `.`, `..` and doubled slashes if possible.
  public static func joined(_ folder: String, _ path: String) -> String {
    let begins = path.utf8.first == UInt8(ascii: "/")
    let isAbsolute = begins || folder.utf8.first == UInt8(ascii: "/")
    let whole = begins || folder.isEmpty ? path : folder + "/" + path
    var parts: [Substring] = []
    for part in components(whole) where part != "." {
      if part == "..", let last = parts.last, last != ".." {
        parts.removeLast()
      } else if part != ".." || !isAbsolute {
        parts.append(part)
      }
    }
    let joined = parts.joined(separator: "/")
    return isAbsolute ? "/" + joined : joined.isEmpty ? "." : joined
  }

  /// A path relative to a folder; both must be relative to the same folder, or absolute.
  public static func relative(_ path: String, to folder: String) -> String {
    let path = components(joined("", path)).filter { $0 != "." }
    let folder = components(joined("", folder)).filter { $0 != "." }
    var common = 0
    while common < min(path.count, folder.count), path[common] == folder[common] { common += 1 }
    let up = Array(repeating: Substring(".."), count: folder.count - common)
    return (up + path[common...]).joined(separator: "/")
  }

  /// Whether a path contains one of the pattern characters `*`, `?` or `[`.
  public static func isPattern(_ path: String) -> Bool {
    path.contains { PathPattern.special.contains($0) }
  }
}
