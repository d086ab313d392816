import CSystemShims
import Glibc
import SystemSupport

/// A folder that files from elsewhere are put into, and nothing outside of it.
///
/// Paths are checked name by name without following links: neither `..` nor a link that is already
/// there leads out.
final class WorkFolder: Sendable {
  /// The absolute path.
  let path: String
  /// Whether it was created for this run and is removed with it.
  let isTemporary: Bool
  private let descriptor: Int32

  /// Opens a folder, and creates it if it does not exist.
  ///
  /// - Throws: ``TransferProblem``.
  init(_ path: String) throws(TransferProblem) {
    self.path = path
    isTemporary = false
    do throws(SystemError) {
      try FilePath.makeDirectories(path)
    } catch {
      throw TransferProblem(path, "created", error)
    }
    descriptor = try WorkFolder.open(path)
  }

  /// Creates a new folder that is removed at the end of this program, however it ends.
  ///
  /// - Parameter base: the folder to create it in.
  /// - Throws: ``TransferProblem``.
  init(temporaryIn base: String) throws(TransferProblem) {
    var template = Array("\(base)/lyre-node-XXXXXX".utf8CString)
    guard lyre_make_guarded_directory(&template) == 0 else {
      throw TransferProblem(
        "no folder can be created in '\(base)': \(SystemError()). Set TMPDIR to a folder with room")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    isTemporary = true
    descriptor = try WorkFolder.open(path)
  }

  deinit { close(descriptor) }

  /// Removes a temporary folder with everything in it.
  func remove() {
    guard isTemporary else { return }
    FilePath.removeTree(path)
    lyre_unguard_directory(path)
  }

  /// Keeps a temporary folder after the end of this program.
  func keep() {
    guard isTemporary else { return }
    lyre_unguard_directory(path)
  }

  private static func open(_ path: String) throws(TransferProblem) -> Int32 {
    let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw TransferProblem(path, "opened", SystemError()) }
    return descriptor
  }

  /// Creates a directory and the missing ones around it.
  ///
  /// - Throws: ``TransferProblem``.
  func makeDirectory(_ name: String) throws(TransferProblem) {
    close(try directory(try components(of: name)))
  }

  /// Creates or replaces a file; it gets its name once it is complete.
  ///
  /// - Parameters:
  ///   - name: its path in this folder.
  ///   - mode: its permissions.
  ///   - write: writes its content to a descriptor.
  /// - Throws: ``TransferProblem``.
  func create(
    _ name: String, mode: UInt32 = 0o666,
    _ write: (_ descriptor: Int32) throws(TransferProblem) -> Void
  ) throws(TransferProblem) {
    try inDirectory(of: name) { (directory, last) throws(TransferProblem) in
      let part = ".\(last.utf8.count > 200 ? "" : last).lyre-part"
      unlinkat(directory, part, 0)
      let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
      let file = openat(directory, part, flags, mode & 0o777)
      guard file >= 0 else { throw TransferProblem("\(path)/\(name)", "created", SystemError()) }
      defer { close(file) }
      do throws(TransferProblem) {
        try write(file)
        guard renameat(directory, part, directory, last) == 0 else {
          throw TransferProblem("\(path)/\(name)", "created", SystemError())
        }
      } catch {
        unlinkat(directory, part, 0)
        throw error
      }
    }
  }

  /// Creates the directories around a file that is to be written by its path.
  ///
  /// - Returns: the absolute path of the file.
  /// - Throws: ``TransferProblem``.
  func prepared(_ name: String) throws(TransferProblem) -> String {
    let parts = try components(of: name)
    guard !parts.isEmpty else { throw TransferProblem("'\(name)' is not the path of a file") }
    close(try directory(parts.dropLast()))
    return "\(path)/\(parts.joined(separator: "/"))"
  }

  /// Creates or replaces a symbolic link whose target is in this folder.
  ///
  /// - Throws: ``TransferProblem`` if the target is outside of it.
  func link(_ name: String, to target: String) throws(TransferProblem) {
    guard WorkFolder.isInside(target, of: name) else {
      throw TransferProblem(
        "'\(name)' is a link to '\(target)', outside of the folder; it is refused. Put a copy of the "
          + "file there instead")
    }
    try inDirectory(of: name) { (directory, last) throws(TransferProblem) in
      unlinkat(directory, last, 0)
      guard symlinkat(target, directory, last) == 0 else {
        throw TransferProblem("\(path)/\(name)", "created", SystemError())
      }
    }
  }

  /// Creates or replaces a file as another name of one in this folder.
  ///
  /// - Throws: ``TransferProblem``.
  func name(_ name: String, like other: String) throws(TransferProblem) {
    try inDirectory(of: other) { (from, old) throws(TransferProblem) in
      try inDirectory(of: name) { (directory, last) throws(TransferProblem) in
        unlinkat(directory, last, 0)
        // Without the flag that follows links: a link gets another name itself.
        guard linkat(from, old, directory, last, 0) == 0 else {
          throw TransferProblem("\(path)/\(name)", "created", SystemError())
        }
      }
    }
  }

  /// Whether the target of a link stays in the folder, whatever other such links are there: `..` only
  /// at its beginning, and not more of them than the link is deep.
  static func isInside(_ target: String, of name: String) -> Bool {
    let depth = FilePath.components(name).count - 1
    let parts = FilePath.components(target)
    let up = parts.prefix { $0 == ".." }.count
    return !target.isEmpty && target.utf8.first != UInt8(ascii: "/") && up <= depth
      && !parts.dropFirst(up).contains("..")
  }

  private func components(of name: String) throws(TransferProblem) -> [String] {
    let parts = FilePath.components(name).map(String.init).filter { $0 != "." }
    guard name.utf8.first != UInt8(ascii: "/"), !parts.contains(".."), !name.utf8.contains(0) else {
      throw TransferProblem("'\(name)' is a path outside of the folder; it is refused")
    }
    return parts
  }

  private func inDirectory(
    of name: String, _ body: (Int32, String) throws(TransferProblem) -> Void
  ) throws(TransferProblem) {
    var parts = try components(of: name)
    guard let last = parts.popLast() else {
      throw TransferProblem("'\(name)' is not the path of a file")
    }
    let directory = try directory(parts)
    defer { close(directory) }
    try body(directory, last)
  }

  /// Opens a directory, creating it with the ones around it.
  private func directory(_ parts: some RandomAccessCollection<String>) throws(TransferProblem)
    -> Int32
  {
    var current = dup(descriptor)
    for (place, part) in parts.enumerated() {
      let parent = current
      defer { close(parent) }
      if mkdirat(parent, part, 0o777) != 0, errno != EEXIST {
        throw TransferProblem(
          "\(path)/\(parts.prefix(place + 1).joined(separator: "/"))", "created", SystemError())
      }
      current = openat(parent, part, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
      guard current >= 0 else {
        let failure = SystemError()
        let name = parts.prefix(place + 1).joined(separator: "/")
        throw failure.number == ELOOP || failure.number == ENOTDIR
          ? TransferProblem(
            "'\(path)/\(name)' is a link or a file, and a folder is needed there")
          : TransferProblem("\(path)/\(name)", "opened", failure)
      }
    }
    guard current >= 0 else { throw TransferProblem(path, "opened", SystemError()) }
    return current
  }
}
