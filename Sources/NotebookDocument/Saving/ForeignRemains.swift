import Glibc
import SystemSupport

extension NotebookSaver {
  /// Reports files at the paths of Lyre's journals and copies that cannot be verified to be from a
  /// run of this user; they are never used.
  ///
  /// - Parameter path: the notebook.
  /// - Returns: a sentence for each file, with its name and what to do.
  public static func foreignRemains(_ path: String) -> [String] {
    let target = FilePath.target(path)
    let places: [(SaveTicket.Kind, String)] = [
      (.copy, DurableFile.copyPath(path)), (.journal, NotebookJournal.path(for: path)),
    ]
    return places.compactMap { kind, place in
      var status = stat()
      guard lstat(place, &status) == 0 else { return nil }
      // Nothing can be lost: a run was killed when it began, and its guard removes the file.
      if status.st_mode & S_IFMT == S_IFREG, status.st_size == 0 { return nil }
      var reason = "no recorded run of yours wrote it"
      do throws(Distrust) {
        guard let descriptor = try Trust.openFile(place) else { return nil }
        defer { close(descriptor) }
        if SaveTicket.find(kind, for: target)?.data == place { return nil }
        // An active run, which cannot write the note or belongs to another user of the same files.
        if flock(descriptor, LOCK_SH | LOCK_NB) != 0, errno == EWOULDBLOCK { return nil }
      } catch {
        if case .unopened = error { return nil }
        reason = "it \(error)"
        return
          "'\(place)' is not from a run of yours (\(reason)), so Lyre does not use it; delete it"
      }
      return
        "'\(place)' may not be from a run of yours (\(reason)), so Lyre does not use it; delete it, "
        + "or, if it is yours, merge it into the notebook with `lyre recover --trust '\(path)'`"
    }
  }
}
