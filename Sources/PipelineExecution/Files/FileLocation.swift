import Glibc
import Pipelines
import SystemSupport

/// Resolves symbolic links in paths.
public enum FileLocation {
  /// The real path of a file; for a file that does not exist yet, the path that it would have.
  ///
  /// - Parameter path: an absolute path.
  public static func resolved(_ path: String) -> String {
    // A path longer than any valid path is returned unchanged.
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
