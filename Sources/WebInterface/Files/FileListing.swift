import Glibc
import JSONCore
import Pipelines
import SystemSupport

/// The files of a folder, or those whose names match.
struct FileListing {
  /// The most entries of a list.
  static let most = 2000
  /// The most entries of a search.
  static let mostFound = 500
  /// The most files that a search looks at.
  private static let mostVisited = 200_000

  private let folder: ServedFolder
  private(set) var entries: [JSONObject] = []
  private(set) var isTruncated = false

  /// Lists a folder: folders first, by name.
  ///
  /// - Parameter path: the folder, relative to the one that is served.
  /// - Throws: ``WebError``.
  init(_ folder: ServedFolder, of path: String) throws(WebError) {
    self.folder = folder
    let real = try folder.existing(path)
    guard FilePath.isDirectory(real) else {
      throw .invalid("'\(path)' is not a folder")
    }
    for name in FilePath.names(in: real) where !name.hasPrefix(".") {
      add(path.isEmpty ? name : PipelinePath.joined(path, name))
    }
    let isFolder = { (entry: JSONObject) in entry["kind"] == "folder" }
    entries = entries.filter(isFolder) + entries.filter { !isFolder($0) }
    if entries.count > FileListing.most {
      entries.removeLast(entries.count - FileListing.most)
      isTruncated = true
    }
  }

  /// Finds files below the folder whose path contains a text, whatever the case.
  init(_ folder: ServedFolder, containing text: String) {
    self.folder = folder
    let wanted = text.lowercased()
    var visited = 0
    var found: [String] = []
    FilePath.forEachFile(below: folder.root) { path in
      visited += 1
      guard let relative = folder.relative(path), !relative.isEmpty,
        !PipelinePath.name(relative).hasPrefix("."), relative.lowercased().contains(wanted)
      else { return visited < FileListing.mostVisited }
      found.append(relative)
      return found.count <= FileListing.mostFound && visited < FileListing.mostVisited
    }
    isTruncated = found.count > FileListing.mostFound || visited >= FileListing.mostVisited
    for path in found.prefix(FileListing.mostFound).sorted() { add(path) }
  }

  private mutating func add(_ path: String) {
    guard let real = try? folder.existing(path) else { return }
    var status = stat()
    guard stat(real, &status) == 0 else { return }
    let isFolder = status.st_mode & S_IFMT == S_IFDIR
    guard isFolder || status.st_mode & S_IFMT == S_IFREG else { return }
    // A file may claim to be of any year.
    let seconds = min(max(Int64(status.st_mtim.tv_sec), -9_223_372_036), 9_223_372_035)
    let modified = seconds * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    entries.append([
      "path": .init(path), "name": .init(PipelinePath.name(path)),
      "kind": .init(isFolder ? "folder" : FileKinds.kind(of: path)),
      "size": isFolder ? .null : .init(Int(status.st_size)),
      "modified": .init(JSONDate.text(nanoseconds: modified, digits: 3)),
    ])
  }

  /// The list as an answer.
  func response(_ folder: String) -> WebResponse {
    WebResponse(json: [
      "folder": .init(folder), "entries": .array(entries.map { .object($0) }),
      "truncated": .init(isTruncated),
    ])
  }
}
