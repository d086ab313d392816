import Glibc
import Pipelines
import SystemSupport

/// Where files really lie, symbolic links followed.
public enum FileLocation {
  /// Where a path leads; of what is not there yet, where it would come to lie.
  ///
  /// - Parameter path: an absolute path.
  public static func resolved(_ path: String) -> String {
    // What is longer than any path can be leads nowhere.
    guard path.utf8.count < Int(PATH_MAX) else { return path }
    var place = path
    var missing: [String] = []
    while true {
      if let real = FilePath.real(place) {
        return missing.reversed().reduce(real) { PipelinePath.joined($0, $1) }
      }
      let folder = PipelinePath.folder(place)
      if folder == place || folder.isEmpty { return path }
      missing.append(PipelinePath.name(place))
      place = folder
    }
  }
}
