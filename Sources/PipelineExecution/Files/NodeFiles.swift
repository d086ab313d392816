import Pipelines
import SystemSupport

/// Finds the files that nodes need and make.
enum NodeFiles {
  /// What fits a path or pattern from a folder on: absolute paths of files and directories, sorted.
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

  /// All files in a folder and those below, sorted; links to folders and hidden folders are not
  /// followed.
  static func files(below folder: String) -> [String] {
    var result: [String] = []
    FilePath.forEachFile(below: folder) { file in
      result.append(file)
      return true
    }
    return result.sorted()
  }
}
