import Pipelines
import SystemSupport

/// Finds the files that nodes need and produce.
package enum NodeFiles {
  /// The files and directories in a folder that match a path or pattern: absolute paths, sorted.
  static func matches(_ pattern: String, in folder: String, isRecursive: Bool = false) -> [String] {
    let path = PipelinePath.joined(folder, pattern)
    if FilePath.exists(path) { return [path] }
    var found: Set<String> = []
    if PipelinePath.isPattern(pattern) {
      found.formUnion(FilePath.matches(path))
    }
    if isRecursive, !pattern.contains("/") {
      for file in files(below: folder) where PathPattern.matches(pattern, PipelinePath.name(file)) {
        found.insert(file)
      }
    }
    return found.sorted()
  }

  /// Which inputs of a node are not there, for people; nil if all are.
  ///
  /// - Parameters:
  ///   - patterns: its dependencies.
  ///   - folder: the folder of its file.
  ///   - includesSubfolders: whether they may also be in subfolders.
  package static func missing(
    _ patterns: [String], in folder: String, includesSubfolders: Bool
  ) -> String? {
    let missing = patterns.filter {
      matches($0, in: folder, isRecursive: includesSubfolders).isEmpty
    }
    return missing.isEmpty ? nil : "missing input: " + missing.joined(separator: ", ")
  }

  /// All files in a folder and its subfolders, sorted, without following links to folders or
  /// entering hidden folders.
  static func files(below folder: String) -> [String] {
    var result: [String] = []
    FilePath.forEachFile(below: folder) { file in
      result.append(file)
      return true
    }
    return result.sorted()
  }
}
