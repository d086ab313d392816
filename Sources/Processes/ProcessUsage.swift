import Glibc
import SystemSupport

/// The resources that a process and its descendants have used so far, from `/proc`.
public struct ProcessUsage: Sendable, Hashable {
  /// Processor time in user and system mode, including children that were waited for.
  public var processorTime: Duration
  /// The memory that they use, in bytes; shared pages count for each process.
  public var memory: Int
  /// The peak memory of the process itself, in bytes; nil if the system does not report it.
  public var peakMemory: Int?

  /// Measures a process.
  ///
  /// - Parameter processID: the process; the result is nil if it does not exist or has ended.
  public init?(processID: Int32) {
    guard let own = ProcessUsage.read(processID) else { return nil }
    processorTime = own.processorTime
    memory = own.memory
    var descendants = ProcessUsage.children(of: processID)
    // More than any cell starts; a limit, so that a fork bomb does not block us.
    var left = 1000
    while let child = descendants.popLast(), left > 0 {
      left -= 1
      guard let use = ProcessUsage.read(child) else { continue }
      processorTime += use.processorTime
      memory += use.memory
      descendants += ProcessUsage.children(of: child)
    }
    peakMemory = ProcessUsage.peak(processID)
  }

  /// The times and the memory of one process (`man 5 proc_pid_stat`).
  private static func read(_ id: Int32) -> (processorTime: Duration, memory: Int)? {
    guard let text = ProcessUsage.text("/proc/\(id)/stat")?.utf8,
      // The command, in parentheses, may contain any character.
      let end = text.lastIndex(of: UInt8(ascii: ")"))
    else { return nil }
    let fields = text[text.index(after: end)...].split(separator: UInt8(ascii: " "))
      .map { Substring($0) }
    // From the state on, which is the third field: utime is the fourteenth, rss the twenty-fourth.
    guard fields.count > 21, fields[0] != "Z" else { return nil }
    var ticks: Int64 = 0
    for field in fields[11...14] {
      guard let part = Int64(field), part >= 0 else { return nil }
      let (sum, overflow) = ticks.addingReportingOverflow(part)
      guard !overflow else { return nil }
      ticks = sum
    }
    let perSecond = Int64(max(sysconf(Int32(_SC_CLK_TCK)), 1))
    let (bytes, overflow) = (Int(fields[21]) ?? 0).multipliedReportingOverflow(
      by: max(sysconf(Int32(_SC_PAGESIZE)), 1))
    guard !overflow, bytes >= 0 else { return nil }
    let time: Duration =
      .seconds(ticks / perSecond) + .milliseconds(ticks % perSecond * 1000 / perSecond)
    return (time, bytes)
  }

  private static func children(of id: Int32) -> [Int32] {
    guard let text = ProcessUsage.text("/proc/\(id)/task/\(id)/children") else { return [] }
    return text.split(separator: " ").compactMap { Int32($0) }
  }

  private static func text(_ path: String) -> String? {
    (try? fileContent(path)).map { String(decoding: $0, as: UTF8.self) }
  }

  private static func peak(_ id: Int32) -> Int? {
    guard let text = ProcessUsage.text("/proc/\(id)/status") else { return nil }
    let name = Array("VmHWM:".utf8)
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) where line.starts(with: name) {
      let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      let kibibytes = words.compactMap { Int(Substring($0)) }.first
      return kibibytes.flatMap { $0 < Int.max / 1024 ? $0 * 1024 : nil }
    }
    return nil
  }
}
