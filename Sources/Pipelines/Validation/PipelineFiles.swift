/// The access that validation has to files, kernels and programs.
///
/// Paths are relative to the folder of the pipeline's file, or absolute, so that nothing depends on
/// the current directory.
public protocol PipelineFiles {
  /// The kind of file at a path, with symbolic links followed; nil if it does not exist or is not
  /// accessible.
  func kind(of path: String) -> PipelineFileKind?

  /// The content of a file; nil if it cannot be read.
  func read(_ path: String) -> [UInt8]?

  /// The target of a symbolic link that does not exist; nil for any other path.
  func missingTarget(of path: String) -> String?

  /// Whether a pattern of a dependency matches any file.
  ///
  /// - Parameters:
  ///   - pattern: the pattern, without a folder if `isRecursive` is set.
  ///   - folder: the folder to search.
  ///   - isRecursive: whether to search for names in all subfolders too.
  func hasMatch(_ pattern: String, in folder: String, isRecursive: Bool) -> Bool

  /// The real path of a file, with symbolic links followed, so that all paths of a file give the
  /// same; for a file that does not exist yet, the path that it would have.
  func location(of path: String) -> String

  /// Whether a path is inside the project; nil if the project's root is unknown.
  func isInsideProject(_ path: String) -> Bool?

  /// The installed kernel with which a notebook would run.
  func kernel(named name: String?, language: String?) -> PipelineKernel

  /// Whether a program is installed, by name or by path.
  func hasProgram(_ name: String) -> Bool

  /// Whether a file is executable.
  func isExecutable(_ path: String) -> Bool
}

extension PipelineFiles {
  /// No links are known.
  public func missingTarget(of path: String) -> String? { nil }

  /// That a file does not exist, in words.
  func missing(_ path: String) -> String {
    missingTarget(of: path).map { "'\(path)' is a link to '\($0)', which is not there" }
      ?? "there is no file '\(path)'"
  }
}

/// The kind of a file.
public enum PipelineFileKind: Sendable, Hashable {
  /// A regular file.
  case file
  /// A directory.
  case directory
  /// A pipe, a device or a socket.
  case other
}

/// The result of looking for a notebook's kernel.
public enum PipelineKernel: Sendable, Hashable {
  /// The kernel that the notebook names is installed.
  case installed
  /// Another kernel for its language is installed and is used.
  case substitute(String)
  /// No suitable kernel is installed; has the names of the installed ones, and of those that run
  /// its language if there are several and the choice is ambiguous.
  case missing(installed: [String], rivals: [String] = [])
  /// The installed kernels are unknown.
  case unknown
}

/// The target of validation.
public enum PipelineTarget: Sendable, Hashable {
  /// A run on this machine by Lyre.
  case local
  /// A run on this machine by Elyra, which rejects some pipelines that Lyre can run.
  case elyra
  /// A run on a cluster by Elyra, for which images and resources matter.
  case cluster
  /// A run on a cluster to which Lyre exports the pipeline.
  case export
}

extension PipelineTarget {
  /// Whether nodes run in containers, and not on this machine.
  var isCluster: Bool { self == .cluster || self == .export }
}
