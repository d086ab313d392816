import Glibc
import KernelLauncher
import NotebookDocument
package import NotebookExecution
package import Pipelines
import SystemSupport

/// The files around a pipeline, for validation.
package struct PipelineFolder: PipelineFiles {
  /// The absolute folder of the pipeline's file.
  package let folder: String

  /// The real path of the project's folder; nil if unknown.
  package let root: String?

  /// What to do if a notebook's kernel is not installed.
  private let kernelFallback: KernelFallback

  /// Creates a value for the folder of a pipeline.
  ///
  /// - Parameters:
  ///   - path: the pipeline's file.
  ///   - root: the project's folder; by default the git work tree that contains the file.
  ///   - kernelFallback: what to do if a notebook's kernel is not installed.
  package init(of path: String, root: String? = nil, kernelFallback: KernelFallback = .default) {
    self.kernelFallback = kernelFallback
    let whole = PipelinePath.joined(FilePath.currentDirectory, path)
    // For a link the folder that contains it is used, as in Elyra.
    folder = PipelinePath.folder(whole)
    if let root {
      self.root =
        FilePath.real(root) ?? PipelinePath.joined(FilePath.currentDirectory, root)
    } else {
      self.root = PipelineFolder.workTree(around: FilePath.real(folder) ?? folder)
    }
  }

  private static func workTree(around folder: String) -> String? {
    var folder = folder
    while true {
      if access("\(folder)/.git", F_OK) == 0 { return folder }
      if folder == "/" || folder.isEmpty { return nil }
      folder = PipelinePath.folder(folder)
    }
  }

  /// The absolute path for a path of the pipeline.
  package func absolute(_ path: String) -> String { PipelinePath.joined(folder, path) }

  /// For files of version 0 and 1, whose nodes name files relative to the root of the workspace:
  /// determines which folder around the pipeline's file is that root, by where the file is found.
  package var locating: @Sendable (String) -> String {
    let folder = folder
    return { path in
      var root = folder
      while true {
        let place = PipelinePath.joined(root, path)
        if access(place, F_OK) == 0 { return PipelinePath.relative(place, to: folder) }
        if root == "/" || root.isEmpty { return PipelinePath.name(path) }
        root = PipelinePath.folder(root)
      }
    }
  }

  // MARK: Access for validation

  package func kind(of path: String) -> PipelineFileKind? {
    var status = stat()
    guard stat(absolute(path), &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .directory
    default: return .other
    }
  }

  package func missingTarget(of path: String) -> String? {
    kind(of: path) == nil ? FilePath.linkTarget(absolute(path)) : nil
  }

  package func read(_ path: String) -> [UInt8]? { try? NotebookFile(absolute(path)).read() }

  package func hasMatch(_ pattern: String, in folder: String, isRecursive: Bool) -> Bool {
    if isRecursive { return hasMatch(pattern, below: absolute(folder)) }
    return !FilePath.matches(absolute(PipelinePath.joined(folder, pattern))).isEmpty
  }

  /// Searches a folder and its subfolders, but not links and hidden folders.
  private func hasMatch(_ pattern: String, below folder: String) -> Bool {
    var isFound = false
    FilePath.forEachFile(below: folder) { path in
      isFound = PathPattern.matches(pattern, PipelinePath.name(path))
      return !isFound
    }
    return isFound
  }

  package func location(of path: String) -> String { FileLocation.resolved(absolute(path)) }

  package func isInsideProject(_ path: String) -> Bool? {
    guard let root else { return nil }
    // An existing file is judged by its real path, so that no link leads out of the project.
    let place = location(of: path)
    return place == root || root == "/" || place.hasPrefix(root + "/")
  }

  package func kernel(named name: String?, language: String?) -> PipelineKernel {
    let finder = KernelSpecFinder()
    do throws(KernelNotFound) {
      if let name {
        do throws(KernelNotFound) {
          _ = try finder.find(name)
          return .installed
        } catch {
          guard error.broken == nil, let language, kernelFallback == .default else { throw error }
          return .substitute(try finder.find(language: language).name)
        }
      }
      if let language, language.lowercased() != "python" {
        return .substitute(try finder.find(language: language).name)
      }
      return .substitute(try finder.find("python3").name)
    } catch {
      return .missing(installed: error.installed, rivals: error.rivals)
    }
  }

  package func hasProgram(_ name: String) -> Bool {
    if name.contains("/") { return isExecutable(name) }
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    return path.split(separator: ":").contains { isExecutable("\($0)/\(name)") }
  }

  package func isExecutable(_ path: String) -> Bool {
    FilePath.isExecutable(absolute(path))
  }
}
