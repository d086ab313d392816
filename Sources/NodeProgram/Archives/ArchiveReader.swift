import CArchive
import Glibc
import SystemSupport

/// Unpacks a tar archive that comes from elsewhere, compressed or not.
///
/// Nothing in it can write outside of the folder, make a device, or fill the disk with what a small
/// archive unpacks to.
final class ArchiveReader {
  /// How much an archive may unpack to.
  struct Limits: Sendable {
    /// The number of entries.
    var entries = 1_000_000
    /// The size in any case, in bytes.
    var free = 1 << 30
    /// How many times its own size beyond that: text compresses to a tenth, and zeros to a thousandth.
    var growth = 200
  }

  private let path: String
  private let name: String
  private let isStopped: @Sendable () -> Bool
  private let limits: Limits
  private let archive: OpaquePointer

  /// - Parameters:
  ///   - path: the archive's file.
  ///   - name: its place, for messages.
  ///   - isStopped: whether to give up.
  ///   - limits: how much it may unpack to.
  /// - Throws: ``TransferProblem`` if it cannot be opened, or is not an archive.
  init(
    _ path: String, name: String, isStopped: @escaping @Sendable () -> Bool,
    limits: Limits = .init()
  ) throws(TransferProblem) {
    self.limits = limits
    self.path = path
    self.name = name
    self.isStopped = isStopped
    guard let archive = archive_read_new() else {
      throw TransferProblem("'\(name)' cannot be unpacked: there is no memory")
    }
    self.archive = archive
    archive_read_support_filter_gzip(archive)
    archive_read_support_format_tar(archive)
    guard FilePath.isFile(path) else {
      throw TransferProblem("there is no archive '\(name)'; check the description, or upload it")
    }
    guard archive_read_open_filename(archive, path, 1 << 16) == ARCHIVE_OK else {
      throw problem("it is not a .tar.gz archive")
    }
  }

  deinit { archive_read_free(archive) }

  /// Unpacks everything; existing files are replaced.
  ///
  /// - Throws: ``TransferProblem``.
  func unpack(into folder: WorkFolder) throws(TransferProblem) {
    // The library converts names to the encoding of the thread's locale: for a mask of 1, characters.
    let locale = newlocale(1, "C.UTF-8", nil)
    let before = uselocale(locale)
    defer {
      uselocale(before)
      if let locale { freelocale(locale) }
    }
    try unpackAll(into: folder)
  }

  private func unpackAll(into folder: WorkFolder) throws(TransferProblem) {
    let size = FileStatus(path)?.size ?? 0
    var room = limits.free + size * limits.growth
    var entries = 0
    while true {
      if isStopped() { throw .stopped }
      var next: OpaquePointer?
      let state = archive_read_next_header(archive, &next)
      if state == ARCHIVE_EOF { break }
      guard state == ARCHIVE_OK || state == ARCHIVE_WARN, let entry = next else {
        throw problem("it is damaged or not a .tar.gz archive")
      }
      entries += 1
      guard entries <= limits.entries else {
        throw refusal("it has more than \(limits.entries) files")
      }
      try unpack(entry, into: folder, &room)
    }
    guard entries > 0 else { throw problem("it is empty or not a .tar.gz archive") }
  }

  private func unpack(_ entry: OpaquePointer, into folder: WorkFolder, _ room: inout Int)
    throws(TransferProblem)
  {
    let text = archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry)
    guard let path = text.map({ String(cString: $0) }) else {
      throw refusal("the name of a file in it cannot be read")
    }
    do throws(TransferProblem) {
      if let target = archive_entry_hardlink_utf8(entry) ?? archive_entry_hardlink(entry) {
        return try folder.name(path, like: String(cString: target))
      }
      let mode = archive_entry_filetype(entry)
      switch UInt32(mode) {
      case S_IFDIR: try folder.makeDirectory(path)
      case S_IFLNK:
        let target = archive_entry_symlink_utf8(entry) ?? archive_entry_symlink(entry)
        try folder.link(path, to: target.map { String(cString: $0) } ?? "")
      case S_IFREG:
        let permissions = UInt32(archive_entry_perm(entry)) & 0o777
        try folder.create(path, mode: permissions) { (descriptor) throws(TransferProblem) in
          try copy(to: descriptor, "\(folder.path)/\(path)", &room)
        }
      default: throw TransferProblem("'\(path)' is a device or a pipe; it is refused")
      }
    } catch {
      throw error.isStop ? error : TransferProblem("archive '\(name)': \(error)")
    }
  }

  private func copy(to descriptor: Int32, _ target: String, _ room: inout Int)
    throws(TransferProblem)
  {
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      if isStopped() { throw .stopped }
      let count = archive_read_data(archive, &buffer, buffer.count)
      if count == 0 { return }
      guard count > 0 else { throw TransferProblem("it is damaged: \(reason)") }
      room -= count
      guard room >= 0 else {
        throw TransferProblem(
          "it unpacks to more than \(limits.growth) times its size, as if made to fill the "
            + "disk; it is refused. Use an uncompressed archive or a folder if it is right")
      }
      do throws(SystemError) {
        try writeAll(descriptor, buffer[..<count])
      } catch {
        throw TransferProblem(target, "written", error)
      }
    }
  }

  /// The library's reason for its last failure.
  private var reason: String {
    archive_error_string(archive).map { String(cString: $0) } ?? "unknown error"
  }

  private func problem(_ what: String) -> TransferProblem {
    TransferProblem("archive '\(name)' cannot be unpacked: \(what) (\(reason)). Make it again")
  }

  private func refusal(_ what: String) -> TransferProblem {
    TransferProblem("archive '\(name)' is refused: \(what)")
  }
}
