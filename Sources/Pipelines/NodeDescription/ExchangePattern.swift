/// A path or pattern of files that nodes exchange, relative to the place where they are.
///
/// The same rules hold for a folder and for the keys of a bucket: a path names a file, or a folder
/// with everything in it; `*`, `?` and `[…]` do not match a slash, nor a dot at the beginning of a
/// name; a pattern that matches a folder selects everything in it.
package struct ExchangePattern: Sendable, Hashable, CustomStringConvertible {
  /// The pattern as it was given.
  package let description: String
  /// Its components, without `.` and `..`.
  private let components: [String]

  /// Creates a pattern.
  ///
  /// - Parameters:
  ///   - pattern: as in a pipeline, relative to the folder of the node's file.
  ///   - folder: the folder of the node's file, relative to the place; empty for the place itself.
  /// - Returns: nil if it leaves the place.
  package init?(_ pattern: String, in folder: String = "") {
    guard !pattern.hasPrefix("/"), !pattern.utf8.contains(0) else { return nil }
    let path = PipelinePath.joined(folder, pattern)
    let components = path.split(separator: "/").map(String.init)
    guard components.first != ".." else { return nil }
    description = pattern
    self.components = components == ["."] ? [] : components
  }

  /// The beginning of every path that it selects: folders without special characters.
  package var folder: String { folders.joined(separator: "/") }

  private var folders: ArraySlice<String> {
    let plain = components.prefix { !PipelinePath.isPattern($0) }
    return isPath ? plain.dropLast() : plain
  }

  /// Whether it has no special characters.
  package var isPath: Bool { !components.contains(where: PipelinePath.isPattern) }

  /// The path without special characters; as a path, a name may contain them too.
  package var path: String { components.joined(separator: "/") }

  /// Whether it selects a file: the file itself or a folder around it matches.
  ///
  /// - Parameter path: a relative path without `.` and `..`.
  package func selects(_ path: String) -> Bool {
    let names = path.split(separator: "/")
    return names.count >= components.count && !names.isEmpty && leads(to: path)
  }

  /// Whether it may select files in a folder.
  package func leads(to folder: String) -> Bool {
    let names = folder.split(separator: "/").map(String.init)
    return zip(components, names).allSatisfy(ExchangePattern.matches)
      || zip(components, names).allSatisfy { $0 == $1 }
  }

  private static func matches(_ pattern: String, _ name: String) -> Bool {
    guard PipelinePath.isPattern(pattern) else { return pattern == name }
    if name.hasPrefix("."), !pattern.hasPrefix(".") { return false }
    return PathPattern.matches(pattern, name)
  }
}
