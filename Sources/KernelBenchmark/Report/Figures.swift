import Histogram

/// Statistics of many measurements of the same quantity.
public struct Figures: Sendable, Hashable {
  /// The number of measurements.
  public var count: Int
  /// The minimum.
  public var minimum: Double
  /// The 25th percentile.
  public var lowerQuartile: Double
  /// The median.
  public var median: Double
  /// The 75th percentile.
  public var upperQuartile: Double
  /// The 90th percentile.
  public var p90: Double
  /// The 99th percentile.
  public var p99: Double
  /// The maximum.
  public var maximum: Double
  /// The mean.
  public var mean: Double
  /// The values with their frequencies, in order; latencies to three digits.
  public var distribution: [Bucket]

  /// A value and its frequency.
  public struct Bucket: Sendable, Hashable {
    /// The value.
    public var value: Double
    /// The number of measurements with this value.
    public var count: Int

    /// Creates a bucket.
    public init(value: Double, count: Int) {
      self.value = value
      self.count = count
    }
  }

  /// Creates figures from their parts.
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

  /// The interquartile range as a share of the median; 0 if the median is 0.
  public var spread: Double { median == 0 ? 0 : (upperQuartile - lowerQuartile) / median }
}

/// Collects measurements for the computation of figures.
enum Samples {
  /// Times, of which there may be many.
  case latencies(Histogram<UInt64>)
  /// Rates and sizes, one per round.
  case values([Double])

  init(_ unit: Measurement.Unit) {
    self = unit == .seconds ? .latencies(Samples.empty) : .values([])
  }

  /// From a nanosecond to an hour, to three digits.
  private static var empty: Histogram<UInt64> {
    Histogram(highestTrackableValue: 3_600_000_000_000, numberOfSignificantValueDigits: .three)
  }

  /// Adds measurements; times in seconds.
  mutating func add(_ measured: [Double]) {
    switch self {
    case .latencies(var histogram):
      // Not copied, because there is no other reference.
      self = .values([])
      for value in measured where value.isFinite && value >= 0 {
        _ = histogram.record(UInt64(min(value * 1e9, 3.6e12)))
      }
      self = .latencies(histogram)
    case .values(let values):
      self = .values(values + measured.filter(\.isFinite))
    }
  }

  /// The figures; nil if nothing was measured.
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
    /// Interpolated if it is between two values.
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
