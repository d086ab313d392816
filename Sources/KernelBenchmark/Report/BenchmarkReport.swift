/// The results of all kernels.
public struct BenchmarkReport: Sendable, Hashable {
  /// The version of Lyre.
  public var version: String
  /// The start time in UTC, such as `2026-01-31T12:00:00Z`.
  public var date: String
  /// The machine.
  public var machine: Machine
  /// The kernels, in the requested order.
  public var kernels: [KernelReport]

  /// Creates a report from its parts.
  public init(version: String, date: String, machine: Machine, kernels: [KernelReport]) {
    self.version = version
    self.date = date
    self.machine = machine
    self.kernels = kernels
  }
}

/// The results of one kernel over one transport.
public struct KernelReport: Sendable, Hashable {
  /// The outcome of one measurement.
  public enum Outcome: Sendable, Hashable {
    /// The figures.
    case measured(Figures)
    /// Why there are no figures.
    case failed(String)

    /// The figures, if there are any.
    public var figures: Figures? {
      if case .measured(let figures) = self { figures } else { nil }
    }
  }

  /// The name of its kernelspec, or ``ReferenceKernel/name``.
  public var name: String
  /// Its display name.
  public var displayName: String
  /// Its language.
  public var language: String
  /// Its description of itself, with its version; empty if it never answered.
  public var implementation: String
  /// `ipc` or `tcp`.
  public var transport: String
  /// The number of complete rounds.
  public var rounds: Int
  /// The outcomes of the measurements.
  public var results: [Measurement: Outcome]

  /// Creates a report from its parts.
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

  /// Whether it is the baseline.
  public var isReference: Bool { name == ReferenceKernel.name }

  /// Why the kernel did not start; nil if it did.
  public var startFailure: String? {
    if case .failed(let reason) = results[.start] { reason } else { nil }
  }
}
