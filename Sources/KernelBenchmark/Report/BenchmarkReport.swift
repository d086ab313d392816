/// What was measured, of all kernels.
public struct BenchmarkReport: Sendable, Hashable {
  /// The version of Lyre.
  public var version: String
  /// When it was begun, in UTC, as `2026-01-31T12:00:00Z`.
  public var date: String
  /// Where.
  public var machine: Machine
  /// The kernels, in the order in which they were asked for.
  public var kernels: [KernelReport]

  /// A report with its parts.
  public init(version: String, date: String, machine: Machine, kernels: [KernelReport]) {
    self.version = version
    self.date = date
    self.machine = machine
    self.kernels = kernels
  }
}

/// What was measured of one kernel over one transport.
public struct KernelReport: Sendable, Hashable {
  /// What came of one measurement.
  public enum Outcome: Sendable, Hashable {
    /// The figures.
    case measured(Figures)
    /// Why there are none.
    case failed(String)

    /// The figures, where there are some.
    public var figures: Figures? {
      if case .measured(let figures) = self { figures } else { nil }
    }
  }

  /// The name of its kernelspec, or ``ReferenceKernel/name``.
  public var name: String
  /// Its name for people.
  public var displayName: String
  /// Its language.
  public var language: String
  /// What it says that it is, with its version; empty when it never answered.
  public var implementation: String
  /// `ipc` or `tcp`.
  public var transport: String
  /// How many rounds were made.
  public var rounds: Int
  /// What was measured.
  public var results: [Measurement: Outcome]

  /// A report with its parts.
  public init(
    name: String, displayName: String, language: String, implementation: String = "",
    transport: String, rounds: Int = 0, results: [Measurement: Outcome] = [:]
  ) {
    self.name = name
    self.displayName = displayName
    self.language = language
    self.implementation = implementation
    self.transport = transport
    self.rounds = rounds
    self.results = results
  }

  /// Whether it stands for the client alone.
  public var isReference: Bool { name == ReferenceKernel.name }

  /// Why the kernel did not start; nil when it did.
  public var startFailure: String? {
    if case .failed(let reason) = results[.start] { reason } else { nil }
  }
}
