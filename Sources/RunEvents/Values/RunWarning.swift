/// Something that is not as it should be, while the run goes on.
public struct RunWarning: Sendable, Hashable {
  /// What it is, in words.
  public var message: String
  /// What kind of warning it is; nil for those without a kind.
  public var kind: WarningKind?
  /// The place of the cell that it is about; nil where it is about none.
  public var cell: Int?

  /// A warning.
  public init(_ message: String, kind: WarningKind? = nil, cell: Int? = nil) {
    self.message = message
    self.kind = kind
    self.cell = cell
  }
}

/// What a warning is about; later versions may have more kinds.
public struct WarningKind: RawRepresentable, Sendable, Hashable {
  /// Its name in logs.
  public var rawValue: String

  /// A kind by its name in logs.
  public init(rawValue: String) {
    self.rawValue = rawValue
  }

  /// A message of the kernel could not be used.
  public static let rejectedMessage = WarningKind(rawValue: "rejected_message")
  /// Data that is not as the format wants it was changed.
  public static let changedData = WarningKind(rawValue: "changed_data")
  /// A widget talks to something that is not there.
  public static let unknownComm = WarningKind(rawValue: "unknown_comm")
  /// The kernel asked for input, and there was none.
  public static let missingInput = WarningKind(rawValue: "missing_input")
  /// A cell shows an error, and the kernel says that it succeeded.
  public static let shownError = WarningKind(rawValue: "shown_error")
  /// The kernel did not say that it is idle.
  public static let missingIdle = WarningKind(rawValue: "missing_idle")
  /// Outputs were cut to the limit that was asked for.
  public static let cutOutputs = WarningKind(rawValue: "cut_outputs")
  /// Outputs that were cut could not be kept outside of the notebook.
  public static let lostOutputs = WarningKind(rawValue: "lost_outputs")
  /// A cell's own time limit cannot be read.
  public static let limit = WarningKind(rawValue: "limit")
  /// A kernel's work at its exit was cut.
  public static let cutShutdown = WarningKind(rawValue: "cut_shutdown")
}
