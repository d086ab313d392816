/// A measurement of a kernel.
///
/// The raw value is its name in `--only` and in JSON reports, which is stable.
public enum Measurement: String, Sendable, CaseIterable, Hashable {
  /// From the start of the process to its first reply and idle status.
  case start
  /// From the request to shut down to the end of the process.
  case shutdown
  /// A `kernel_info_request` on shell, to its reply.
  case info
  /// A silent request to run code, to its reply and idle status.
  case silent
  /// The request to run `1`, to its reply and idle status.
  case value
  /// The request to run code that prints a line, to its reply and idle status.
  case print
  /// Requests to run code, all sent at once, until the last one's reply and idle status.
  case pipeline
  /// Lines printed one by one by one cell.
  case streams
  /// Small displays of one cell.
  case displays
  /// Displays of 1,000 bytes.
  case bytes1K = "bytes-1k"
  /// Displays of 100,000 bytes.
  case bytes100K = "bytes-100k"
  /// Displays of 10,000,000 bytes.
  case bytes10M = "bytes-10m"
  /// One print of 100,000,000 bytes.
  case print100M = "print-100m"
  /// From the interrupt of a waiting cell to its reply and idle status.
  case interrupt
  /// A `kernel_info_request` on control while a cell runs, to its reply.
  case control
  /// Memory of the kernel's processes when it is ready.
  case memory
  /// Memory of the kernel's processes at the end.
  case memoryAfter = "memory-after"

  /// The unit of a measurement.
  public enum Unit: String, Sendable, Hashable {
    /// Time: less is better.
    case seconds = "s"
    /// Requests per second: more is better.
    case executions = "executions/s"
    /// Messages per second: more is better.
    case messages = "messages/s"
    /// Bytes per second: more is better.
    case throughput = "bytes/s"
    /// Memory: less is better.
    case bytes

    /// Whether a smaller figure is better.
    public var lessIsBetter: Bool { self == .seconds || self == .bytes }
  }

  /// The unit of its figures.
  public var unit: Unit {
    switch self {
    case .start, .shutdown, .info, .silent, .value, .print, .interrupt, .control: .seconds
    case .pipeline: .executions
    case .streams, .displays: .messages
    case .bytes1K, .bytes100K, .bytes10M, .print100M: .throughput
    case .memory, .memoryAfter: .bytes
    }
  }

  /// Its title for users.
  public var title: String {
    switch self {
    case .start: "start"
    case .shutdown: "shutdown"
    case .info: "kernel_info"
    case .silent: "execute, silent"
    case .value: "execute `1`"
    case .print: "execute a print"
    case .pipeline: "pipelined executes"
    case .streams: "small streams"
    case .displays: "small displays"
    case .bytes1K: "1 KB displays"
    case .bytes100K: "100 KB displays"
    case .bytes10M: "10 MB displays"
    case .print100M: "one 100 MB print"
    case .interrupt: "interrupt"
    case .control: "control, while busy"
    case .memory: "memory when ready"
    case .memoryAfter: "memory at the end"
    }
  }
}
