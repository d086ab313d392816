import Glibc
import NotebookDocument

/// The file that a notebook's result goes to, as it was when it was last seen.
///
/// Nothing that somebody else saved there meanwhile is overwritten, and a result that cannot be
/// written where it should be is written somewhere else rather than lost.
struct ResultFile {
  let path: String
  private var seen: Signature?
  /// Whether the file is the one that was read: only then is a change of it somebody else's.
  private let isInput: Bool

  /// What tells whether a file was written again.
  private struct Signature: Equatable {
    var device: UInt
    var inode: UInt
    var size: Int
    var seconds: Int
    var nanoseconds: Int
  }

  init(_ path: String, isInput: Bool) {
    self.path = path
    self.isInput = isInput
    seen = ResultFile.signature(path)
  }

  private static func signature(_ path: String) -> Signature? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return Signature(
      device: status.st_dev, inode: status.st_ino, size: status.st_size,
      seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
  }

  /// Whether somebody else has written the file since it was last seen.
  var wasChanged: Bool {
    isInput && seen != nil && ResultFile.signature(path) != seen
      && ResultFile.signature(path) != nil
  }

  /// Writes the result.
  ///
  /// - Throws: `NotebookError` when it could not be written.
  mutating func write(_ bytes: [UInt8]) throws(NotebookError) {
    try NotebookFile(path).write(bytes)
    seen = ResultFile.signature(path)
  }

  /// Writes the result beside the file, or where temporary files go.
  ///
  /// - Returns: where; nil when it could not be written anywhere.
  func writeElsewhere(_ bytes: [UInt8]) -> String? {
    let name = path.split(separator: "/").last.map(String.init) ?? "notebook.ipynb"
    let stem = name.hasSuffix(".ipynb") ? String(name.dropLast(6)) : name
    let slash = path.lastIndex(of: "/")
    let directory = slash.map { String(path[..<$0]) } ?? "."
    let temporary = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    for place in [directory.isEmpty ? "/" : directory, temporary, "/tmp"] {
      for number in 0..<100 {
        let candidate = "\(place)/\(stem).lyre\(number == 0 ? "" : "-\(number)").ipynb"
        guard access(candidate, F_OK) != 0 else { continue }
        do throws(NotebookError) {
          try NotebookFile(candidate).write(bytes)
          return candidate
        } catch {
          break
        }
      }
    }
    return nil
  }
}
