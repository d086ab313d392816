import Glibc
import Pipelines
import SystemSupport

/// Files in a folder of this machine, which may be a file system of several.
struct FolderStore: FileStore {
  let root: String
  let copy: FileCopy

  /// The most files of one transfer; a tree with links to itself would not end.
  static let mostFiles = 1_000_000

  var place: FilesPlace { .path(root) }

  func paths(_ pattern: ExchangePattern) async throws(TransferProblem) -> [String] {
    try await onOwnThread { () throws(TransferProblem) in try pathsNow(pattern) }
  }

  func fetch(_ path: String, into folder: WorkFolder, as target: String)
    async throws(TransferProblem)
  {
    try await onOwnThread { () throws(TransferProblem) in
      try fetchNow(path, into: folder, as: target)
    }
  }

  func put(_ file: String, as path: String) async throws(TransferProblem) {
    try await onOwnThread { () throws(TransferProblem) in try putNow(file, as: path) }
  }

  func put(_ bytes: [UInt8], as path: String) async throws(TransferProblem) {
    let (directory, name) = FilePath.parts(absolute(path))
    try WorkFolder(directory).create(name) { (descriptor) throws(TransferProblem) in
      do throws(SystemError) {
        try writeAll(descriptor, bytes[...])
      } catch {
        throw TransferProblem(absolute(path), "written", error)
      }
    }
  }

  func claim(_ path: String, _ bytes: [UInt8]) async throws(TransferProblem) -> Bool {
    guard FilePath.names(in: root).isEmpty else { return false }
    try await put(bytes, as: path)
    return true
  }

  private func absolute(_ path: String) -> String { path.isEmpty ? root : "\(root)/\(path)" }

  /// The selected paths, with links followed.
  func pathsNow(_ pattern: ExchangePattern) throws(TransferProblem) -> [String] {
    // A name may contain the characters of patterns.
    if FilePath.isFile(absolute(pattern.path)) { return [pattern.path] }
    var found: [String] = []
    let start = pattern.isPath ? pattern.path : pattern.folder
    var folders = [(path: start, ancestors: ancestors(of: start))]
    while let next = folders.popLast() {
      guard let identity = FileIdentity(absolute(next.path)),
        !next.ancestors.contains(identity)
      else { continue }
      for name in FilePath.names(in: absolute(next.path)) {
        let path = next.path.isEmpty ? name : "\(next.path)/\(name)"
        if FilePath.isDirectory(absolute(path)) {
          if pattern.leads(to: path) { folders.append((path, next.ancestors + [identity])) }
        } else if pattern.selects(path) {
          found.append(path)
        }
        if copy.isStopped() { throw .stopped }
        if found.count + folders.count > FolderStore.mostFiles {
          throw TransferProblem(
            "'\(pattern)' selects more than a million files in '\(root)'; name fewer, or archive them"
          )
        }
      }
    }
    return found.sorted()
  }

  /// The folders around a folder, from the root: a link to one of them leads nowhere new.
  private func ancestors(of folder: String) -> [FileIdentity] {
    let names = folder.split(separator: "/")
    return names.indices.compactMap { FileIdentity(absolute(names[..<$0].joined(separator: "/"))) }
  }

  func fetchNow(_ path: String, into folder: WorkFolder, as target: String) throws(TransferProblem)
  {
    let file = try copy.open(absolute(path))
    defer { close(file.descriptor) }
    try folder.create(target, mode: file.status.permissions) {
      (descriptor) throws(TransferProblem) in
      try copy.copy(file.descriptor, absolute(path), to: descriptor, "\(folder.path)/\(target)")
    }
  }

  func putNow(_ file: String, as path: String) throws(TransferProblem) {
    let source = try copy.open(file)
    defer { close(source.descriptor) }
    // Links that the owner of the folder has put there lead to where the files are to be.
    let target = FilePath.target(absolute(path))
    let (directory, name) = FilePath.parts(target)
    do throws(SystemError) {
      try FilePath.makeDirectories(directory.isEmpty ? "/" : directory)
    } catch {
      throw TransferProblem(directory, "created", error)
    }
    try WorkFolder(directory.isEmpty ? "/" : directory).create(
      name, mode: source.status.permissions
    ) {
      (descriptor) throws(TransferProblem) in
      try copy.copy(source.descriptor, file, to: descriptor, target)
    }
  }
}
