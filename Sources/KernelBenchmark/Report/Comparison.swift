/// The changes from one report to another.
public struct Comparison: Sendable, Hashable {
  /// How a measurement has changed.
  public enum Verdict: Sendable, Hashable {
    /// Worse.
    case slower
    /// Better.
    case faster
    /// The difference is small, or not significant.
    case same
    /// It was measured before, but failed now, with this reason.
    case broken(String)
  }

  /// A measurement of a kernel that is in both reports.
  public struct Change: Sendable, Hashable {
    /// The name of the kernel.
    public var kernel: String
    /// The transport.
    public var transport: String
    /// The measurement.
    public var measurement: Measurement
    /// The median before.
    public var before: Double
    /// The median now; nil if the measurement failed.
    public var now: Double?
    /// The verdict.
    public var verdict: Verdict

    /// The ratio of the new median to the old one; nil if it is undefined.
    public var ratio: Double? {
      guard let now, before > 0 else { return nil }
      return now / before
    }
  }

  /// All measurements that both reports have, in the order of the newer one.
  public var changes: [Change]

  /// Whether any measurement became slower, or newly failed.
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
  /// A measurement has changed if the medians differ by more than the threshold and the
  /// interquartile ranges of the two distributions do not overlap: then chance is unlikely.
  ///
  /// - Parameters:
  ///   - report: the newer one.
  ///   - old: the older one.
  ///   - threshold: the smallest relative change that counts, such as 0.1 for 10 %.
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
