/// Converts values to positions in the picture.
struct PlotAxis {
  let from: Double
  let to: Double
  let isLogarithmic: Bool
  let left: Double
  let right: Double

  /// Creates an axis with room for all values.
  ///
  /// - Parameters:
  ///   - values: the values; a logarithmic axis begins below the smallest, any other at zero.
  ///   - isLogarithmic: whether equal ratios have equal distances.
  ///   - left: its left end.
  ///   - right: its right end.
  init(_ values: [Double], isLogarithmic: Bool, left: Double, right: Double) {
    self.isLogarithmic = isLogarithmic
    self.left = left
    self.right = right
    let most = values.max() ?? 0
    if isLogarithmic {
      let least = max(values.min() ?? 0, 1e-9)
      from = least / 1.15
      to = max(most, least) * 1.15
    } else {
      from = 0
      to = most > 0 ? most * 1.05 : 1
    }
  }

  func place(_ value: Double) -> Double {
    let share =
      isLogarithmic
      ? logarithm(max(value, from) / from) / logarithm(to / from) : (value - from) / (to - from)
    return left + (right - left) * min(max(share, 0), 1)
  }

  /// Round values, as many as fit.
  var ticks: [Double] {
    if !isLogarithmic || to / from < 4 {
      let step = PlotAxis.round((to - from) / 5)
      return (0...40).map { ((from / step).rounded(.up) + Double($0)) * step }.filter { $0 <= to }
    }
    for steps in [[1.0, 2, 5], [1.0, 3], [1.0]] {
      var ticks: [Double] = []
      var decade = 1e-9
      while decade <= to {
        ticks += steps.map { $0 * decade }.filter { $0 >= from && $0 <= to }
        decade *= 10
      }
      if ticks.count <= 8 { return ticks }
    }
    return [from * 1.15, to / 1.15]
  }

  /// 1, 2 or 5 times a power of ten, not less than the value.
  private static func round(_ value: Double) -> Double {
    var decade = 1e-9
    while decade * 10 <= value { decade *= 10 }
    return [1, 2, 5, 10].map { $0 * decade }.first { $0 >= value * 0.999 } ?? decade * 10
  }
}
