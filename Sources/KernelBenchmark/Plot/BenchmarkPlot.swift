/// The distributions of a report as a picture: for each measurement a panel, for each kernel a row.
///
/// Times have a logarithmic axis and show how often each was measured, with a mark at the median
/// and at the 99th percentile; rates and sizes have an axis from zero and show each round.
public struct BenchmarkPlot: Sendable {
  private let report: BenchmarkReport

  /// A picture of a report.
  public init(_ report: BenchmarkReport) {
    self.report = report
  }

  private static let width = 960.0
  private static let left = 190.0
  private static let right = 270.0
  private static let row = 30.0

  /// A page in HTML with the picture.
  public var page: String {
    """
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <title>lyre bench</title>
    <style>body { margin: 24px; background: #fff } svg { max-width: 100%; height: auto }</style>
    \(svg)</html>

    """
  }

  /// The picture as SVG.
  public var svg: String {
    var body = ""
    var y = 34.0
    let machine = report.machine
    body += SVG.text(
      24, y, "lyre bench", size: 20, weight: 600)
    y += 22
    body += SVG.text(
      24, y,
      "\(report.date)   \(machine.processor), \(machine.processors) processors, \(machine.system)",
      color: SVG.muted)
    y += 20
    for measurement in Measurement.allCases {
      let rows = report.kernels.enumerated().compactMap { index, kernel in
        kernel.results[measurement].map {
          Row(label: "\(kernel.name) \(kernel.transport)", color: SVG.color(index), outcome: $0)
        }
      }
      guard rows.contains(where: { $0.outcome.figures != nil }) else { continue }
      y += 18
      body += panel(measurement, rows, at: &y)
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 \(SVG.number(y + 20))" \
      width="960" height="\(SVG.number(y + 20))" \
      font-family="system-ui, -apple-system, 'Segoe UI', sans-serif" font-size="12">
      <rect width="100%" height="100%" fill="#fff"/>
      \(body)</svg>

      """
  }

  private struct Row {
    var label: String
    var color: String
    var outcome: KernelReport.Outcome
  }

  private func panel(_ measurement: Measurement, _ rows: [Row], at y: inout Double) -> String {
    let figures = rows.compactMap(\.outcome.figures)
    let isTime = measurement.unit == .seconds
    let axis = Axis(
      from: isTime ? figures.map(\.minimum).min() ?? 0 : 0,
      to: figures.map(\.maximum).max() ?? 1, isLogarithmic: isTime,
      left: BenchmarkPlot.left, right: BenchmarkPlot.width - BenchmarkPlot.right)
    var result = SVG.text(24, y + 12, measurement.title, size: 14, weight: 600)
    let hint = measurement.unit.lessIsBetter ? "less is better" : "more is better"
    result += SVG.text(
      BenchmarkPlot.width - 24, y + 12, hint, color: SVG.muted, anchor: "end")
    y += 24
    let bottom = y + Double(rows.count) * BenchmarkPlot.row
    for tick in axis.ticks {
      let x = axis.place(tick)
      result += SVG.line(x, y, x, bottom, color: "#e3e5e8")
      result += SVG.text(
        x, bottom + 14, SVG.figure(tick, measurement.unit), size: 10, color: SVG.muted,
        anchor: "middle")
    }
    for row in rows {
      let base = y + BenchmarkPlot.row - 6
      result += SVG.text(BenchmarkPlot.left - 12, base - 4, row.label, anchor: "end")
      let x = BenchmarkPlot.width - BenchmarkPlot.right + 14
      switch row.outcome {
      case .failed(let reason):
        result += SVG.text(
          BenchmarkPlot.left + 4, base - 4, SVG.shortened(reason, to: 90), size: 11,
          color: SVG.muted)
      case .measured(let figures):
        result +=
          isTime ? ridge(figures, axis, base, row.color) : bar(figures, axis, base, row.color)
        result += SVG.text(
          x, base - 4, summary(figures, measurement.unit), size: 11, color: "#333a42")
      }
      y += BenchmarkPlot.row
    }
    y = bottom + 24
    return result
  }

  private func summary(_ figures: Figures, _ unit: Measurement.Unit) -> String {
    let median = SVG.figure(figures.median, unit)
    if unit == .seconds {
      return "p50 \(median)   p99 \(SVG.figure(figures.p99, unit))   n \(figures.count)"
    }
    return "median \(median)   n \(figures.count)"
  }

  /// How often each time was measured, as a hill.
  private func ridge(_ figures: Figures, _ axis: Axis, _ base: Double, _ color: String) -> String {
    let width = 4.0
    let bins = Int((axis.right - axis.left) / width) + 1
    var counts = [Double](repeating: 0, count: bins)
    for bucket in figures.distribution {
      let bin = Int((axis.place(bucket.value) - axis.left) / width)
      counts[min(max(bin, 0), bins - 1)] += Double(bucket.count)
    }
    let most = counts.max() ?? 0
    var result = ""
    if most > 0 {
      for (bin, count) in counts.enumerated() where count > 0 {
        // The square root, so that rare times can be seen beside frequent ones.
        let height = max(1.5, 22 * (count / most).squareRoot())
        result += SVG.rectangle(
          axis.left + Double(bin) * width, base - height, width - 0.6, height, color: color,
          opacity: 0.75)
      }
    }
    for (value, height) in [(figures.median, 24.0), (figures.p99, 14.0)] {
      let x = axis.place(value)
      result += SVG.line(x, base - height, x, base + 2, color: "#1b1f24", width: 1.5)
    }
    return result
  }

  /// The median as a bar, and each round as a dot.
  private func bar(_ figures: Figures, _ axis: Axis, _ base: Double, _ color: String) -> String {
    var result = SVG.rectangle(
      axis.left, base - 15, max(1, axis.place(figures.median) - axis.left), 12, color: color,
      opacity: 0.75)
    for bucket in figures.distribution {
      result += SVG.dot(axis.place(bucket.value), base - 9)
    }
    return result
  }
}

/// From values to places on the paper.
private struct Axis {
  let from: Double
  let to: Double
  let isLogarithmic: Bool
  let left: Double
  let right: Double

  init(from: Double, to: Double, isLogarithmic: Bool, left: Double, right: Double) {
    self.isLogarithmic = isLogarithmic
    self.left = left
    self.right = right
    if isLogarithmic {
      let from = max(from, 1e-9)
      self.from = from / 1.1
      self.to = max(to, from) * 1.1
    } else {
      self.from = 0
      self.to = to > 0 ? to * 1.05 : 1
    }
  }

  func place(_ value: Double) -> Double {
    let share =
      isLogarithmic
      ? logarithm(max(value, from) / from) / logarithm(to / from) : (value - from) / (to - from)
    return left + (right - left) * min(max(share, 0), 1)
  }

  /// Round values, as many as there is room for.
  var ticks: [Double] {
    if !isLogarithmic {
      let step = Axis.round(to / 5)
      return (0...10).map { Double($0) * step }.filter { $0 <= to }
    }
    for steps in [[1.0, 2, 5], [1.0, 3], [1.0]] {
      var ticks: [Double] = []
      var decade = 1e-9
      while decade <= to {
        ticks += steps.map { $0 * decade }.filter { $0 >= from && $0 <= to }
        decade *= 10
      }
      if ticks.count <= 8 { return ticks.isEmpty ? [from * 1.1] : ticks }
    }
    return [from * 1.1, to / 1.1]
  }

  /// 1, 2 or 5 times a power of ten, not less than the value.
  private static func round(_ value: Double) -> Double {
    var decade = 1e-9
    while decade * 10 <= value { decade *= 10 }
    return [1, 2, 5, 10].map { $0 * decade }.first { $0 >= value * 0.999 } ?? decade * 10
  }
}
