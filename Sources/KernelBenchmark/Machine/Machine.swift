import Glibc
public import JSONCore

/// The machine on which measurements were made.
public struct Machine: Sendable, Hashable {
  /// The processor.
  public var processor: String
  /// The number of usable processors.
  public var processors: Int
  /// The memory in bytes.
  public var memory: Int
  /// The system and its version.
  public var system: String
  /// The load average of the last minute, at the start.
  public var load: Double

  /// Reads the properties of this machine.
  public init() {
    processor =
      ProcessMemory.text("/proc/cpuinfo").split(separator: "\n")
      .first { $0.hasPrefix("model name") }
      .map { String($0.drop { $0 != ":" }.dropFirst(2)) } ?? "unknown processor"
    processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    memory = max(0, sysconf(Int32(_SC_PHYS_PAGES))) * ProcessMemory.pageSize
    let release = ProcessMemory.text("/proc/sys/kernel/osrelease").split(separator: "\n").first
    system = "Linux \(release ?? "")"
    load =
      ProcessMemory.text("/proc/loadavg").split(separator: " ").first.flatMap { Double($0) } ?? 0
  }

  /// Reads the machine from a report.
  public init(_ json: JSONValue) {
    processor = json["processor"]?.string ?? ""
    processors = json["processors"]?.int ?? 0
    memory = json["memory"]?.int ?? 0
    system = json["system"]?.string ?? ""
    load = json["load"]?.double ?? 0
  }

  /// The machine in a report.
  public var json: JSONValue {
    [
      "processor": .init(processor), "processors": .init(processors), "memory": .init(memory),
      "system": .init(system), "load": .init(load),
    ]
  }
}
