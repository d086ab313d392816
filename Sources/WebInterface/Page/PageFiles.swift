import Pipelines
import Synchronization
import SystemSupport
import WebPage

/// The files of the page: those in the program, or those of a folder while the page is developed.
final class PageFiles: Sendable {
  /// A file of the page.
  struct File {
    var type: String
    var bytes: [UInt8]
    /// Identifies the content.
    var tag: String
  }

  /// The folder with the files; nil for those in the program.
  private let folder: String?
  private let tags = Mutex<[String: String]>([:])

  /// - Parameter folder: the folder with the files; nil for those in the program.
  init(folder: String? = nil) {
    self.folder = folder.flatMap(FilePath.real)
  }

  /// The names of the files in the program.
  static var embeddedNames: [String] {
    (0..<lyre_page_file_count()).map { String(cString: lyre_page_file($0).pointee.name) }
  }

  /// The file with a name; nil if there is none.
  func file(_ path: [String]) -> File? {
    let name = path.isEmpty ? "index.html" : path.joined(separator: "/")
    if let folder { return PageFiles.file(name, in: folder) }
    for index in 0..<lyre_page_file_count() {
      let entry = lyre_page_file(index).pointee
      guard String(cString: entry.name) == name else { continue }
      let bytes = Array(UnsafeBufferPointer(start: entry.bytes, count: entry.length))
      let tag = tags.withLock { tags in
        if let tag = tags[name] { return tag }
        let tag = contentTag(bytes)
        tags[name] = tag
        return tag
      }
      return File(type: String(cString: entry.type), bytes: bytes, tag: tag)
    }
    return nil
  }

  private static func file(_ name: String, in folder: String) -> File? {
    guard let real = FilePath.real("\(folder)/\(name)"), real.hasPrefix("\(folder)/"),
      FilePath.isFile(real), let type = types[PipelinePath.suffix(name)],
      let bytes = try? fileContent(real)
    else { return nil }
    return File(type: type, bytes: bytes, tag: contentTag(bytes))
  }

  /// The types of files, as in `scripts/embed-page`.
  private static let types = [
    "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8", "svg": "image/svg+xml", "json": "application/json",
    "map": "application/json", "png": "image/png", "woff2": "font/woff2",
    "txt": "text/plain; charset=utf-8", "md": "text/plain; charset=utf-8",
  ]
}
