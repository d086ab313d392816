/// A problem that does not stop the run.
public struct RunWarning: Sendable, Hashable {
  /// The problem in words.
  public var message: String
  /// The kind of warning; nil for warnings without a kind.
  public var kind: WarningKind?
  /// The place of the cell that it is about; nil if it is not about a cell.
  public var cell: Int?

  /// Creates a warning.
  public init(_ message: String, kind: WarningKind? = nil, cell: Int? = nil) {
    self.message = message
    self.kind = kind
    self.cell = cell
  }
}

/// The kind of a warning; later versions may add kinds.
public struct WarningKind: RawRepresentable, Sendable, Hashable {
  /// Its name in logs.
  public var rawValue: String

  /// Creates a kind from its name in logs.
  public init(rawValue: String) {
    self.rawValue = rawValue
  }

  /// A message from the kernel was not usable.
  public static let rejectedMessage = WarningKind(rawValue: "rejected_message")
  /// Data that violates the format was changed.
  public static let changedData = WarningKind(rawValue: "changed_data")
  /// A widget communicates with a receiver that does not exist.
  public static let unknownComm = WarningKind(rawValue: "unknown_comm")
  /// The kernel asked for input, and none was available.
  public static let missingInput = WarningKind(rawValue: "missing_input")
  /// A cell displayed an error, but the kernel reported success.
  public static let shownError = WarningKind(rawValue: "shown_error")
  /// The kernel did not report that it is idle.
  public static let missingIdle = WarningKind(rawValue: "missing_idle")
  /// Outputs were truncated to the requested limit.
  public static let cutOutputs = WarningKind(rawValue: "cut_outputs")
  /// Outputs beyond the limit could not be stored outside the notebook.
  public static let lostOutputs = WarningKind(rawValue: "lost_outputs")
  /// A cell's own time limit is not valid.
  public static let limit = WarningKind(rawValue: "limit")
  /// A kernel's shutdown was cut short.
  public static let cutShutdown = WarningKind(rawValue: "cut_shutdown")
  /// The result could not be written to its place.
  public static let notWritten = WarningKind(rawValue: "not_written")
}
