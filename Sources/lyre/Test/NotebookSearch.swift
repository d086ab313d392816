import Glibc
import SystemSupport

/// The notebooks that the arguments of `lyre test` name.
enum NotebookSearch {
  /// Folders that pytest does not search either, besides hidden ones and virtual environments.
  private static let skipped: Set<String> = ["build", "dist", "node_modules", "venv", "CVS"]
  private static let deepest = 64

  /// The notebooks, each once, in the order of the arguments; those of a folder sorted by name.
  ///
  /// - Throws: ``UsageError`` if a folder has no notebook or cannot be read.
  static func notebooks(_ paths: [String]) throws(UsageError) -> [String] {
    var notebooks: [String] = []
    var seen: Set<String> = []
    for path in NotebookInput.expand(paths) {
      var found = [path]
      if FilePath.isDirectory(path) {
        found = []
        try collect(path, depth: 0, &found)
        if found.isEmpty {
          throw UsageError(message: "there is no notebook in '\(path)' or in a folder below it")
        }
      }
      for notebook in found where seen.insert(NotebookInput.recordedPath(notebook)).inserted {
        notebooks.append(notebook)
      }
    }
    return notebooks
  }

  private static func collect(_ folder: String, depth: Int, _ found: inout [String])
    throws(UsageError)
  {
    guard depth < deepest else { return }
    guard access(folder, R_OK | X_OK) == 0 else {
      throw UsageError(message: "the folder '\(folder)' cannot be read: \(systemReason(errno))")
    }
    let start = folder == "." ? "" : folder.hasSuffix("/") ? folder : folder + "/"
    var folders: [String] = []
    for name in FilePath.names(in: folder) where !name.hasPrefix(".") {
      let path = start + name
      if name.hasSuffix(".ipynb"), !FilePath.isDirectory(path) {
        found.append(path)
      } else if !skipped.contains(name), isOwnFolder(path) {
        folders.append(path)
      }
    }
    for path in folders { try collect(path, depth: depth + 1, &found) }
  }

  /// Whether a path is a folder, no link to one, and no virtual environment.
  private static func isOwnFolder(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      && access("\(path)/pyvenv.cfg", F_OK) != 0
  }
}
