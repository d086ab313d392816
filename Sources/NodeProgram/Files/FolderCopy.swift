import Glibc
import SystemSupport

/// Copies a folder with everything in it.
///
/// A link stays a link if it leads to something in the folder; otherwise what it leads to is copied.
struct FolderCopy: Sendable {
  let copy: FileCopy

  /// Copies a folder into another one; existing files are replaced.
  ///
  /// - Throws: ``TransferProblem``.
  func copy(_ path: String, into folder: WorkFolder) throws(TransferProblem) {
    guard FilePath.isDirectory(path) else {
      throw TransferProblem("there is no folder '\(path)' to take the node's files from")
    }
    try copy(path, "", into: folder, ancestors: [])
  }

  private func copy(
    _ root: String, _ path: String, into folder: WorkFolder, ancestors: [FileIdentity]
  ) throws(TransferProblem) {
    let directory = path.isEmpty ? root : "\(root)/\(path)"
    guard let identity = FileIdentity(directory), !ancestors.contains(identity) else {
      throw TransferProblem("'\(directory)' is a link to a folder around it; remove the link")
    }
    if access(directory, R_OK) != 0 { throw TransferProblem(directory, "read", SystemError()) }
    if !path.isEmpty { try folder.makeDirectory(path) }
    let store = FolderStore(root: root, copy: copy)
    for name in FilePath.names(in: directory) {
      if copy.isStopped() { throw .stopped }
      let next = path.isEmpty ? name : "\(path)/\(name)"
      if let target = FilePath.linkTarget("\(root)/\(next)"), WorkFolder.isInside(target, of: next)
      {
        try folder.link(next, to: target)
      } else if FilePath.isDirectory("\(root)/\(next)") {
        try copy(root, next, into: folder, ancestors: ancestors + [identity])
      } else {
        try store.fetchNow(next, into: folder, as: next)
      }
    }
  }
}
