import Glibc
import KernelLauncher
import NotebookDocument
import NotebookExecution
import PipelineExecution
import Pipelines
import SystemSupport

/// The files around a pipeline, as validation sees them.
struct PipelineFolder: PipelineFiles {
  /// The folder of the pipeline's file, absolute.
  let folder: String

  /// The project's folder, absolute and without links; nil when it is not known.
  let root: String?

  /// What is done where a notebook's kernel is not installed.
  private let kernelFallback: KernelFallback

  /// - Parameters:
  ///   - path: the pipeline's file.
  ///   - root: the project's folder; by default the work tree of git around the file.
  ///   - kernelFallback: what is done where a notebook's kernel is not installed.
  init(of path: String, root: String? = nil, kernelFallback: KernelFallback = .default) {
    self.kernelFallback = kernelFallback
    let whole = PipelinePath.joined(FilePath.currentDirectory, path)
    // Of a link the folder counts that it lies in, as for Elyra.
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

  /// Where a path of the pipeline lies.
  func absolute(_ path: String) -> String { PipelinePath.joined(folder, path) }

  // MARK: What validation asks

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

  /// Looks through a folder and those below, but not through links and hidden ones.
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
    // What is there is judged by where it really lies, so that no link leads out.
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
