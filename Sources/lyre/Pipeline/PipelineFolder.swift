import Glibc
import KernelLauncher
import NotebookDocument
import NotebookExecution
import PipelineExecution
import Pipelines
import SystemSupport

/// The files around a pipeline, for validation.
struct PipelineFolder: PipelineFiles {
  /// The absolute folder of the pipeline's file.
  let folder: String

  /// The real path of the project's folder; nil if unknown.
  let root: String?

  /// What to do if a notebook's kernel is not installed.
  private let kernelFallback: KernelFallback

  /// - Parameters:
  ///   - path: the pipeline's file.
  ///   - root: the project's folder; by default the git work tree that contains the file.
  ///   - kernelFallback: what to do if a notebook's kernel is not installed.
  init(of path: String, root: String? = nil, kernelFallback: KernelFallback = .default) {
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
  func absolute(_ path: String) -> String { PipelinePath.joined(folder, path) }

  // MARK: Access for validation

  func kind(of path: String) -> PipelineFileKind? {
    var status = stat()
    guard stat(absolute(path), &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .directory
    default: return .other
    }
  }

  func read(_ path: String) -> [UInt8]? { try? NotebookFile(absolute(path)).read() }

  func hasMatch(_ pattern: String, in folder: String, isRecursive: Bool) -> Bool {
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

  func location(of path: String) -> String { FileLocation.resolved(absolute(path)) }

  func isInsideProject(_ path: String) -> Bool? {
    guard let root else { return nil }
    // An existing file is judged by its real path, so that no link leads out of the project.
    let place = location(of: path)
    return place == root || root == "/" || place.hasPrefix(root + "/")
  }

  func kernel(named name: String?, language: String?) -> PipelineKernel {
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

  func hasProgram(_ name: String) -> Bool {
    if name.contains("/") { return isExecutable(name) }
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    return path.split(separator: ":").contains { isExecutable("\($0)/\(name)") }
  }

  func isExecutable(_ path: String) -> Bool {
    FilePath.isExecutable(absolute(path))
  }
}
