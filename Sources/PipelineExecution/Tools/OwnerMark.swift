import Glibc
import SystemSupport

/// Identifies a running program in labels of what it starts elsewhere, so that another one can tell
/// whether it has ended.
struct OwnerMark: Sendable, Hashable, CustomStringConvertible {
  /// The machine.
  var machine: String
  /// The start of the machine's system.
  var boot: String
  /// The space of process numbers, which containers have of their own.
  var space: String
  /// The process.
  var process: Int32
  /// When it started, in ticks since the start of the system.
  var start: UInt64

  /// The mark of this program.
  static let current = OwnerMark(process: getpid())

  private init(process: Int32) {
    machine = OwnerMark.machine
    boot = OwnerMark.boot
    space = OwnerMark.space
    self.process = process
    start = OwnerMark.start(of: process) ?? 0
  }

  /// Reads a mark; nil if the text is none.
  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 5, let process = Int32(parts[3]), process > 0,
      let start = UInt64(parts[4])
    else { return nil }
    machine = String(parts[0])
    boot = String(parts[1])
    space = String(parts[2])
    self.process = process
    self.start = start
  }

  /// The mark as text.
  var description: String { "\(machine)/\(boot)/\(space)/\(process)/\(start)" }

  /// What is known about the program.
  enum Life: Hashable {
    case isRunning
    case hasEnded
    /// It runs, or ran, where this program cannot see it.
    case isUnknown
  }

  /// Whether the program still runs.
  var life: Life {
    guard machine == OwnerMark.machine else { return .isUnknown }
    guard boot == OwnerMark.boot else { return .hasEnded }
    guard space == OwnerMark.space else { return .isUnknown }
    return OwnerMark.start(of: process) == start ? .isRunning : .hasEnded
  }

  private static let machine: String = {
    if let id = text("/etc/machine-id"), !id.isEmpty { return id }
    var name = [UInt8](repeating: 0, count: 256)
    let isNamed = name.withUnsafeMutableBytes { bytes in
      bytes.baseAddress.map { gethostname($0.assumingMemoryBound(to: CChar.self), 255) } == 0
    }
    return isNamed ? clean(String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)) : "unknown"
  }()

  private static let boot = text("/proc/sys/kernel/random/boot_id") ?? "unknown"

  private static let space = FilePath.linkTarget("/proc/self/ns/pid").map(clean) ?? "unknown"

  private static func text(_ path: String) -> String? {
    (try? fileContent(path, maximum: 4096)).map { clean(String(decoding: $0, as: UTF8.self)) }
  }

  private static func clean(_ text: String) -> String {
    String(text.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) })
  }

  private static func start(of process: Int32) -> UInt64? {
    guard let bytes = try? fileContent("/proc/\(process)/stat", maximum: 4096) else { return nil }
    return OwnerMark.start(inStatus: String(decoding: bytes, as: UTF8.self))
  }

  /// The start in the text of `/proc/PID/stat`; nil also for a process that has ended and was not
  /// waited for.
  static func start(inStatus text: String) -> UInt64? {
    // The name before the last parenthesis may contain anything.
    guard let end = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
    return UInt64(fields[19])
  }
}
