/// What validation may know of files, kernels and programs.
///
/// Paths are relative to the folder of the pipeline's file, or absolute, so that nothing depends on
/// the current directory.
public protocol PipelineFiles {
  /// What is at a path, symbolic links followed; nil when there is nothing, or nothing that can be
  /// seen.
  func kind(of path: String) -> PipelineFileKind?

  /// The content of a file; nil when it cannot be read.
  func read(_ path: String) -> [UInt8]?

  /// Whether a pattern of a dependency fits anything.
  ///
  /// - Parameters:
  ///   - pattern: the pattern, without a folder where `isRecursive`.
  ///   - folder: where to look.
  ///   - isRecursive: whether names are looked for in all folders below too.
  func hasMatch(_ pattern: String, in folder: String, isRecursive: Bool) -> Bool

  /// Where a path leads, symbolic links followed: the same for all paths of a file, and of what is
  /// not there yet the place where it would come to lie.
  func location(of path: String) -> String

  /// Whether a path lies within the project; nil when it is not known where that ends.
  func isInsideProject(_ path: String) -> Bool?

  /// Which installed kernel a notebook would run with.
  func kernel(named name: String?, language: String?) -> PipelineKernel

  /// Whether a program is installed: a name to look for, or a path.
  func hasProgram(_ name: String) -> Bool

  /// Whether a file may be run as a program.
  func isExecutable(_ path: String) -> Bool
}

/// What is at a path.
public enum PipelineFileKind: Sendable, Hashable {
  /// A regular file.
  case file
  /// A directory.
  case directory
  /// A pipe, a device or a socket.
  case other
}

/// What is known of the kernel for a notebook.
public enum PipelineKernel: Sendable, Hashable {
  /// The kernel that the notebook names is installed.
  case installed
  /// Another one of its language is installed and is used.
  case substitute(String)
  /// None is; the names of those that are, and among them those that run its language, where there
  /// are several and it is not known which is meant.
  case missing(installed: [String], rivals: [String] = [])
  /// It is not known which kernels there are.
  case unknown
}

/// What a pipeline is validated for.
public enum PipelineTarget: Sendable, Hashable {
  /// A run on this machine by Lyre.
  case local
  /// A run on this machine by Elyra, which refuses some of what Lyre can run.
  case elyra
  /// A run on a cluster, for which images and resources matter.
  case cluster
}
