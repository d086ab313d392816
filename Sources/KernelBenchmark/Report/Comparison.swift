/// What has changed from one report to another.
public struct Comparison: Sendable, Hashable {
  /// How a measurement has changed.
  public enum Verdict: Sendable, Hashable {
    /// It has become worse.
    case slower
    /// It has become better.
    case faster
    /// The difference is small, or may be chance.
    case same
    /// It was measured before and cannot be now: why.
    case broken(String)
  }

  /// A measurement of a kernel that both reports have.
  public struct Change: Sendable, Hashable {
    /// The name of the kernel.
    public var kernel: String
    /// The transport.
    public var transport: String
    /// What was measured.
    public var measurement: Measurement
    /// The median before.
    public var before: Double
    /// The median now; nil when it is broken.
    public var now: Double?
    /// What to think of it.
    public var verdict: Verdict

    /// How many times as much it is now; nil where that cannot be said.
    public var ratio: Double? {
      guard let now, before > 0 else { return nil }
      return now / before
    }
  }

  /// Everything that both reports have, in the order of the newer one.
  public var changes: [Change]

  /// Whether something has become slower, or failed that worked before.
  public var isWorse: Bool {
    changes.contains { change in
      switch change.verdict {
      case .slower, .broken: true
      case .faster, .same: false
      }
    }
  }

  /// Compares two reports.
  ///
  /// Something has changed when the medians differ by more than the threshold and the middle halves
  /// of the two distributions do not overlap: then it is hardly chance.
  ///
  /// - Parameters:
  ///   - report: the newer one.
  ///   - old: the older one.
  ///   - threshold: the least share that counts, such as 0.1 for 10 %.
  public init(of report: BenchmarkReport, to old: BenchmarkReport, threshold: Double) {
    changes = report.kernels.flatMap { kernel -> [Change] in
      guard
        let before = old.kernels.first(where: {
          $0.name == kernel.name && $0.transport == kernel.transport
        })
      else { return [] }
      return Measurement.allCases.compactMap { measurement in
        guard let old = before.results[measurement]?.figures,
          let outcome = kernel.results[measurement]
        else { return nil }
        return Change(
          kernel: kernel.name, transport: kernel.transport, measurement: measurement,
          before: old.median, now: outcome.figures?.median,
          verdict: Comparison.verdict(outcome, old, measurement.unit, threshold))
      }
    }
  }

  private static func verdict(
    _ outcome: KernelReport.Outcome, _ old: Figures, _ unit: Measurement.Unit, _ threshold: Double
  ) -> Verdict {
    switch outcome {
    case .failed(let reason): return .broken(reason)
    case .measured(let new):
      let isMore = new.median > old.median * (1 + threshold)
      let isLess = new.median * (1 + threshold) < old.median
      if isMore, new.lowerQuartile > old.upperQuartile {
        return unit.lessIsBetter ? .slower : .faster
      }
      if isLess, new.upperQuartile < old.lowerQuartile {
        return unit.lessIsBetter ? .faster : .slower
      }
      return .same
    }
  }
}
