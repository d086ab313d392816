import CArchive
import Glibc
import SystemSupport

/// Writes a `.tar.gz` archive that every tar and Elyra's bootstrapper read.
///
/// The same files give the same bytes: owners and the time of the archive are not in it.
package struct ArchiveWriter {
  private let isStopped: @Sendable () -> Bool

  /// - Parameter isStopped: whether to give up.
  package init(isStopped: @escaping @Sendable () -> Bool = { false }) {
    self.isStopped = isStopped
  }

  /// Writes files of a folder.
  ///
  /// An archive that cannot be completed is removed.
  ///
  /// - Parameters:
  ///   - paths: their paths in the folder, with links followed.
  ///   - root: the folder.
  ///   - target: the archive's file, which is replaced.
  /// - Throws: ``TransferProblem``.
  package func write(_ paths: [String], of root: String, to target: String) throws(TransferProblem)
  {
    do throws(TransferProblem) {
      try writeAll(paths, of: root, to: target)
    } catch {
      // Half of it would pass for an archive. What is no file, such as a pipe, was not made here.
      if FilePath.isFile(target) { unlink(target) }
      throw error
    }
  }

  private func writeAll(_ paths: [String], of root: String, to target: String)
    throws(TransferProblem)
  {
    guard let archive = archive_write_new() else {
      throw TransferProblem("'\(target)' cannot be written: there is no memory")
    }
    defer { archive_write_free(archive) }
    archive_write_add_filter_gzip(archive)
    archive_write_set_format_gnutar(archive)
    archive_write_set_filter_option(archive, "gzip", "timestamp", nil)
    func check(_ code: Int) throws(TransferProblem) {
      guard code < Int(ARCHIVE_WARN) else { return }
      let reason = reason(archive)
      throw TransferProblem("the archive '\(target)' cannot be written: \(reason)")
    }
    try check(Int(archive_write_open_filename(archive, target)))
    let copy = FileCopy(isStopped: isStopped)
    for path in paths.sorted() {
      let file = try copy.open("\(root)/\(path)")
      defer { close(file.descriptor) }
      guard let entry = archive_entry_new() else {
        throw TransferProblem("'\(target)' cannot be written: there is no memory")
      }
      defer { archive_entry_free(entry) }
      // As bytes, which this format keeps.
      archive_entry_set_pathname(entry, path)
      archive_entry_set_size(entry, Int64(file.status.size))
      archive_entry_set_filetype(entry, S_IFREG)
      archive_entry_set_perm(entry, file.status.permissions)
      archive_entry_set_mtime(entry, file.status.modified, 0)
      try check(Int(archive_write_header(archive, entry)))
      try copy.read(file.descriptor, "\(root)/\(path)", most: file.status.size) {
        (bytes) throws(TransferProblem) in
        try check(Int(archive_write_data(archive, bytes.baseAddress, bytes.count)))
      }
    }
    try check(Int(archive_write_close(archive)))
  }

  /// The system's reason for the library's last failure, or the library's own.
  private func reason(_ archive: OpaquePointer) -> String {
    let number = archive_errno(archive)
    // The library's own numbers.
    let others = [EILSEQ, EINVAL]
    if number > 0, !others.contains(number) { return SystemError(number).description }
    return archive_error_string(archive).map { String(cString: $0) } ?? "unknown error"
  }
}
