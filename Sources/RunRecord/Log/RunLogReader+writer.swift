import Glibc
import SystemSupport

extension RunLogReader {
  /// The process of this user that writes the log of a run, which is the one that runs it.
  ///
  /// - Parameter folder: the folder of the run.
  /// - Returns: nil if no process of this user has the log open and locked, or the system does not
  ///   tell.
  package static func writer(in folder: String) -> Int32? {
    guard let path = FilePath.real("\(folder)/\(LogFile.name)"),
      let process = FileLock.holder(of: path)
    else { return nil }
    var status = stat()
    guard stat("/proc/\(process)", &status) == 0, status.st_uid == geteuid() else { return nil }
    // On layered file systems the holder may be that of another file.
    let isOpen = FilePath.names(in: "/proc/\(process)/fd").contains { name in
      FilePath.linkTarget("/proc/\(process)/fd/\(name)") == path
    }
    return isOpen ? process : nil
  }
}
