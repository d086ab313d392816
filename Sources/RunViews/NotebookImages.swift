import SystemSupport

/// Images that notebooks name by relative paths.
package enum NotebookImages {
  /// The content of an image file in a folder or below, and not elsewhere.
  ///
  /// The file has the ending of the path: neither a link nor a NUL makes another file an image.
  package static func image(_ path: String, in folder: String) -> [UInt8]? {
    guard !path.hasPrefix("/"), !path.utf8.contains(0), let dot = path.lastIndex(of: "."),
      let folder = FilePath.real(folder), let real = FilePath.real("\(folder)/\(path)"),
      real.hasPrefix(folder == "/" ? "/" : folder + "/"),
      real.lowercased().hasSuffix(path[dot...].lowercased())
    else { return nil }
    return try? fileContent(real, maximum: 32 << 20)
  }
}
