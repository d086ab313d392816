import Pipelines
import SystemSupport

/// The folder whose files are served, and nothing outside of it.
package struct ServedFolder: Sendable {
  /// The real path.
  package let root: String

  /// Creates a value for a folder.
  ///
  /// - Returns: nil if it does not exist.
  package init?(_ path: String) {
    guard let real = FilePath.real(path), FilePath.isDirectory(real) else { return nil }
    root = real
  }

  /// The name of the folder.
  package var name: String { root == "/" ? "/" : PipelinePath.name(root) }

  /// The real path of a file or folder that a request names, which must exist.
  ///
  /// - Parameter path: a path relative to the folder; empty for the folder itself.
  /// - Throws: ``WebError`` if it is absolute, leaves the folder by `..` or by links, is hidden, or
  ///   does not exist.
  package func existing(_ path: String) throws(WebError) -> String {
    let whole = try place(path)
    guard let real = FilePath.real(whole) else { throw .notFound("there is no file '\(path)'") }
    guard let inside = relative(real) else { throw ServedFolder.outside(path) }
    if ServedFolder.isHidden(inside) { throw ServedFolder.hidden }
    return real
  }

  /// The path of a file that need not exist; its folder must.
  ///
  /// - Throws: ``WebError``, as ``existing(_:)``.
  package func file(_ path: String) throws(WebError) -> String {
    let whole = try place(path)
    let real = FilePath.target(whole)
    // Links that lead to each other have no target.
    guard let inside = relative(real), FilePath.linkTarget(real) == nil else {
      throw ServedFolder.outside(path)
    }
    if ServedFolder.isHidden(inside) { throw ServedFolder.hidden }
    guard FilePath.isDirectory(PipelinePath.folder(real)) else {
      throw .notFound("there is no folder '\(PipelinePath.folder(path))'")
    }
    return real
  }

  /// Whether a real path is inside the folder.
  ///
  /// Paths are compared as bytes: names that look alike may be those of two folders.
  package func contains(_ real: String) -> Bool {
    real.utf8.elementsEqual(root.utf8)
      || real.utf8.starts(with: (root == "/" ? "/" : root + "/").utf8)
  }

  /// The path of a file relative to the folder; nil if it is outside.
  package func relative(_ real: String) -> String? {
    guard contains(real) else { return nil }
    return String(
      decoding: real.utf8.dropFirst(root == "/" ? 1 : root.utf8.count + 1), as: UTF8.self)
  }

  private func place(_ path: String) throws(WebError) -> String {
    guard !path.utf8.contains(0), path.utf8.count < 4096, !path.hasPrefix("/") else {
      throw ServedFolder.outside(path)
    }
    let parts = path.split(separator: "/")
    guard !parts.contains("..") else { throw ServedFolder.outside(path) }
    if ServedFolder.isHidden(path) { throw ServedFolder.hidden }
    let base = root == "/" ? "" : root
    return parts.isEmpty ? root : parts.reduce(base) { "\($0)/\($1)" }
  }

  private static func isHidden(_ path: String) -> Bool {
    path.split(separator: "/").contains { $0.hasPrefix(".") && $0 != "." }
  }

  private static let hidden = WebError.forbidden("hidden_file", "hidden files are not served")

  private static func outside(_ path: String) -> WebError {
    .forbidden(
      "outside", "the path leads out of the folder that is served",
      remedy: "start lyre ui in a folder that contains the file")
  }
}
