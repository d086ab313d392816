import Glibc
import SystemSupport

/// The folder beside a pipeline that has the folders of its jobs, unless an option names another one.
enum JobsFolder {
  /// Its name.
  static let name = ".lyre"

  /// Removes it, unless there is something in it; another folder is left alone.
  static func removeIfEmpty(_ path: String) {
    if FilePath.parts(path).name == name { rmdir(path) }
  }
}
