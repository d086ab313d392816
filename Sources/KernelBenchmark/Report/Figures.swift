import Histogram

/// What many measurements of one thing come to.
public struct Figures: Sendable, Hashable {
  /// How often it was measured.
  public var count: Int
  /// The smallest.
  public var minimum: Double
  /// A quarter is smaller or equal.
  public var lowerQuartile: Double
  /// Half are smaller or equal.
  public var median: Double
  /// Three quarters are smaller or equal.
  public var upperQuartile: Double
  /// Nine of ten are smaller or equal.
  public var p90: Double
  /// 99 of a hundred are smaller or equal.
  public var p99: Double
  /// The largest.
  public var maximum: Double
  /// The average.
  public var mean: Double
  /// The values and how often each was measured, in order; latencies to three digits.
  public var distribution: [Bucket]

  /// A value and how often it was measured.
  public struct Bucket: Sendable, Hashable {
    /// The value.
    public var value: Double
    /// How often.
    public var count: Int

    /// A value and how often it was measured.
    public init(value: Double, count: Int) {
      self.value = value
      self.count = count
    }
  }

  /// Figures with their parts.
  public init(
    count: Int, minimum: Double, lowerQuartile: Double, median: Double, upperQuartile: Double,
    p90: Double, p99: Double, maximum: Double, mean: Double, distribution: [Bucket]
  ) {
    self.count = count
    self.minimum = minimum
    self.lowerQuartile = lowerQuartile
    self.median = median
    self.upperQuartile = upperQuartile
    self.p90 = p90
    self.p99 = p99
    self.maximum = maximum
    self.mean = mean
    self.distribution = distribution
  }

  /// How far the middle half lies apart, as a share of the median; 0 where that is 0.
  public var spread: Double { median == 0 ? 0 : (upperQuartile - lowerQuartile) / median }
}

/// Collects what is measured until figures are made of it.
enum Samples {
  /// Times, of which there may be many.
  case latencies(Histogram<UInt64>)
  /// Rates and sizes, one a round.
  case values([Double])

  init(_ unit: Measurement.Unit) {
    self = unit == .seconds ? .latencies(Samples.empty) : .values([])
  }

  /// From a nanosecond to an hour, to three digits.
  private static var empty: Histogram<UInt64> {
    Histogram(highestTrackableValue: 3_600_000_000_000, numberOfSignificantValueDigits: .three)
  }

  /// Takes measurements; times in seconds.
  mutating func add(_ measured: [Double]) {
    switch self {
    case .latencies(var histogram):
      // Not copied: nobody else holds it.
      self = .values([])
      for value in measured where value.isFinite && value >= 0 {
        _ = histogram.record(UInt64(min(value * 1e9, 3.6e12)))
      }
      self = .latencies(histogram)
    case .values(let values):
      self = .values(values + measured.filter(\.isFinite))
    }
  }

  /// What they come to; nil where nothing was measured.
  var figures: Figures? {
    switch self {
    case .latencies(let histogram): Samples.figures(histogram)
    case .values(let values): Samples.figures(values)
    }
  }

  private static func figures(_ histogram: Histogram<UInt64>) -> Figures? {
    guard histogram.totalCount > 0 else { return nil }
    func seconds(_ nanoseconds: UInt64) -> Double { Double(nanoseconds) / 1e9 }
    func percentile(_ percent: Double) -> Double {
      seconds(histogram.valueAtPercentile(percent))
    }
    return Figures(
      count: Int(histogram.totalCount), minimum: seconds(histogram.min),
      lowerQuartile: percentile(25), median: percentile(50), upperQuartile: percentile(75),
      p90: percentile(90), p99: percentile(99), maximum: seconds(histogram.max),
      mean: histogram.mean / 1e9,
      distribution: histogram.recordedValues().map {
        Figures.Bucket(value: seconds($0.value), count: Int($0.count))
      })
  }

  private static func figures(_ values: [Double]) -> Figures? {
    let sorted = values.sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    /// Between its neighbours where it falls between two.
    func quantile(_ share: Double) -> Double {
      let place = share * Double(sorted.count - 1)
      let below = Int(place)
      let above = min(below + 1, sorted.count - 1)
      return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
    }
    return Figures(
      count: sorted.count, minimum: first, lowerQuartile: quantile(0.25),
      median: quantile(0.5), upperQuartile: quantile(0.75), p90: quantile(0.9),
      p99: quantile(0.99), maximum: last,
      mean: sorted.reduce(0, +) / Double(sorted.count),
      distribution: sorted.map { Figures.Bucket(value: $0, count: 1) })
  }
}
