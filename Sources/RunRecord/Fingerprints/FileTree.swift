import Glibc
import JupyterProtocol
import SystemSupport

/// Computes one hash of everything in a folder, whatever links it contains.
///
/// Every folder is read once; a link to an enclosing folder counts only by its text. Anything other
/// than a file, a folder or a link counts by its type: nothing is opened that could block.
struct FileTree {
  let files: FileHashes
  /// The files to ignore: those that the node itself writes.
  let ignored: Set<FileIdentity>
  /// Files that are compared by something other than their content.
  let code: [FileIdentity: @Sendable () -> String?]
  let watch: HashingWatch

  /// Folders that programs create beside the files, and that contain no data.
  static let ignoredNames: Set<String> = [".git", ".ipynb_checkpoints", "__pycache__"]

  /// Suffixes of files with results that a run has not yet put into a notebook.
  static let ignoredSuffixes = [".lyre-copy", ".lyre-journal"]

  private struct Folder {
    var path: RawPath
    /// The path from the root, with a `/` at the end.
    var name: RawPath
    var device: UInt64
  }

  /// The hash, or the reason why there is none.
  func hash(of root: String) throws(HashingWatch.Stopped) -> String {
    var hash = ContentHash()
    var (seen, around) = FileTree.around(root)
    var folders = [Folder(path: RawPath(root), name: RawPath(""), device: 0)]
    while let folder = folders.popLast() {
      try watch.advance(folder.path.text)
      switch FileTree.names(folder) {
      case .failed(let number):
        return FileTree.unreadable(folder.name, systemReason(number))
      case .madeWhenRead: hash.add("system")
      case .names(let names, let device):
        for name in names where !FileTree.isIgnored(name.text) {
          let path = folder.path.appending(name)
          var status = stat()
          guard lstat(path.bytes, &status) == 0, !ignored.contains(FileIdentity(status)) else {
            continue
          }
          let place = folder.name + name
          hash.add(place)
          if status.st_mode & S_IFMT == S_IFLNK {
            hash.add("link")
            hash.add(path.target)
            guard stat(path.bytes, &status) == 0, !ignored.contains(FileIdentity(status)) else {
              continue
            }
          }
          switch status.st_mode & S_IFMT {
          case S_IFREG:
            if let value = code[FileIdentity(status)]?() {
              hash.add("code \(value)")
              continue
            }
            let value = try files.content(of: path, watch)
            if value.hasPrefix(FileHashes.unknown) {
              return FileTree.unreadable(place, value.dropFirst(FileHashes.unknown.count))
            }
            hash.add(value)
          case S_IFDIR:
            let number = FileIdentity(status)
            hash.add("folder")
            guard !around.contains(number), seen.insert(number).inserted else { continue }
            folders.append(Folder(path: path, name: place + RawPath("/"), device: device))
          default: hash.add("special \(status.st_mode & S_IFMT) \(status.st_rdev)")
          }
        }
      }
    }
    return hash.hexadecimal()
  }

  private static func unreadable(_ name: RawPath, _ reason: some StringProtocol) -> String {
    FileHashes.unknown + (name.text.isEmpty ? "" : "'\(name.text)': ") + reason
  }

  private static func isIgnored(_ name: String) -> Bool {
    ignoredNames.contains(name) || ignoredSuffixes.contains { name.hasSuffix($0) }
  }

  /// The folder itself, and those that enclose it.
  private static func around(_ root: String) -> (seen: Set<FileIdentity>, around: Set<FileIdentity>)
  {
    var path = FilePath.real(root) ?? root
    var result: Set<FileIdentity> = []
    let own = FileIdentity(path)
    while path != "/", path.hasPrefix("/") {
      path = FilePath.parts(path).directory
      if path.isEmpty { path = "/" }
      if let number = FileIdentity(path) { result.insert(number) }
    }
    return (own.map { [$0] } ?? [], result)
  }

  private enum Listing {
    case names([RawPath], device: UInt64)
    /// The system generates the content when it is read.
    case madeWhenRead
    case failed(Int32)
  }

  private static func names(_ folder: Folder) -> Listing {
    let descriptor = open(folder.path.bytes, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return .failed(errno) }
    var status = stat()
    fstat(descriptor, &status)
    let device = UInt64(status.st_dev)
    if device != folder.device, SystemFolder.isMadeWhenRead(descriptor) {
      close(descriptor)
      return .madeWhenRead
    }
    guard let stream = fdopendir(descriptor) else {
      let number = errno
      close(descriptor)
      return .failed(number)
    }
    defer { closedir(stream) }
    return .names(SystemFolder.names(stream), device: device)
  }
}
