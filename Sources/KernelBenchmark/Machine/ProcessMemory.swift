import Glibc
import SystemSupport

/// The memory of processes, from `/proc`.
enum ProcessMemory {
  static let pageSize = sysconf(Int32(_SC_PAGESIZE))

  /// The resident memory of all processes of a session in bytes; nil if there are none.
  ///
  /// Shared pages count for each process.
  static func resident(session: Int32) -> Int? {
    var pages = 0
    var isFound = false
    for name in FilePath.names(in: "/proc") where Int32(name) != nil {
      // The name of the program is in parentheses and may contain any character, even parentheses.
      let text = text("/proc/\(name)/stat")
      guard let bracket = text.lastIndex(of: ")") else { continue }
      let fields = text[bracket...].split(separator: " ")
      // From the state on, field 3 of proc(5): the session is field 6, rss field 24.
      guard fields.count > 22, Int32(fields[4]) == session, let rss = Int(fields[22]) else {
        continue
      }
      pages += rss
      isFound = true
    }
    return isFound ? pages * pageSize : nil
  }

  /// The text of a small file in `/proc`; empty if it cannot be read.
  static func text(_ path: String) -> String {
    String(decoding: (try? fileContent(path)) ?? [], as: UTF8.self)
  }
}
