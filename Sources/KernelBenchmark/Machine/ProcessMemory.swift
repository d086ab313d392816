import Glibc

/// The memory of processes, as `/proc` tells it.
enum ProcessMemory {
  static let pageSize = sysconf(Int32(_SC_PAGESIZE))

  /// The resident memory of all processes of a session in bytes; nil when none is there.
  ///
  /// Pages that they share count for each of them.
  static func resident(session: Int32) -> Int? {
    guard let directory = opendir("/proc") else { return nil }
    defer { closedir(directory) }
    var pages = 0
    var isFound = false
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard Int32(name) != nil else { continue }
      // The name of the program stands in brackets and may hold anything, brackets too.
      let text = text("/proc/\(name)/stat")
      guard let bracket = text.lastIndex(of: ")") else { continue }
      let fields = text[bracket...].split(separator: " ")
      // From the state on, which is field 3 of proc(5): the session is field 6, rss field 24.
      guard fields.count > 22, Int32(fields[4]) == session, let rss = Int(fields[22]) else {
        continue
      }
      pages += rss
      isFound = true
    }
    return isFound ? pages * pageSize : nil
  }

  /// The text of a small file of `/proc`; empty when it cannot be read.
  static func text(_ path: String) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while bytes.count < 1_000_000 {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
