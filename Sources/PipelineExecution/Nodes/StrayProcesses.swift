import Glibc

/// Processes that a node has left behind.
///
/// Those that stayed in the node's session end with it. Daemons leave it; they are known by a
/// variable in the environment that they were started with.
enum StrayProcesses {
  /// The variable; its value is different for each node of each run.
  static let variable = "LYRE_NODE"

  /// A value that nobody else has.
  static func newMarker() -> String { "\(getpid())-\(UInt64.random(in: 0 ... .max))" }

  /// Kills every process that was started with the variable at that value.
  ///
  /// - Returns: how many there were.
  @discardableResult
  static func kill(_ value: String) -> Int {
    let wanted = Array("\(variable)=\(value)".utf8)
    var killed = 0
    // What is being killed may start another one.
    for _ in 0..<3 {
      var found = 0
      for process in processes() where process != getpid() && has(wanted, process) {
        if Glibc.kill(process, SIGKILL) == 0 { found += 1 }
      }
      killed += found
      if found == 0 { break }
    }
    return killed
  }

  private static func processes() -> [Int32] {
    guard let stream = opendir("/proc") else { return [] }
    defer { closedir(stream) }
    var result: [Int32] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if let number = Int32(name) { result.append(number) }
    }
    return result
  }

  /// Whether a process of ours was started with a variable; a zombie has no environment any more.
  private static func has(_ wanted: [UInt8], _ process: Int32) -> Bool {
    let descriptor = open("/proc/\(process)/environ", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while content.count < 4 << 20 {
      let count = read(descriptor, &buffer, buffer.count)
      guard count > 0 else { break }
      content.append(contentsOf: buffer[..<count])
    }
    return content.split(separator: 0).contains { $0.elementsEqual(wanted) }
  }
}
