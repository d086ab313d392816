extension BenchmarkPlot {
  /// The right ends of the columns of figures.
  private static let columns = [736.0, 804, 872, 936]

  /// The panel of a measurement, with all kernels.
  func panel(_ measurement: Measurement, _ rows: [Row], at y: inout Double) -> String {
    let unit = measurement.unit
    let figures = rows.compactMap(\.outcome.figures)
    let axis = PlotAxis(
      figures.flatMap { [$0.minimum, $0.maximum] }, isLogarithmic: unit != .bytes,
      left: BenchmarkPlot.left, right: BenchmarkPlot.right)
    var result = SVG.text(BenchmarkPlot.margin, y + 12, measurement.title, size: 14, weight: 600)
    result += SVG.text(
      BenchmarkPlot.right, y + 12, unit.lessIsBetter ? "lower is better" : "higher is better",
      size: 11, color: SVG.muted, anchor: "end")
    for (x, heading) in zip(BenchmarkPlot.columns, BenchmarkPlot.headings(unit)) {
      result += SVG.text(x, y + 12, heading, size: 11, color: SVG.muted, anchor: "end")
    }
    y += 22
    let bottom = y + Double(rows.count) * BenchmarkPlot.rowHeight
    for tick in axis.ticks {
      let x = axis.place(tick)
      result += SVG.line(x, y, x, bottom, color: SVG.grid)
      result += SVG.text(
        x, bottom + 14, SVG.figure(tick, unit), size: 10, color: SVG.muted, anchor: "middle")
    }
    for row in rows {
      result += draw(row, unit, axis, base: y + BenchmarkPlot.rowHeight - 4)
      y += BenchmarkPlot.rowHeight
    }
    result += SVG.line(axis.left, bottom, axis.right, bottom, color: SVG.grid)
    y = bottom + 20
    return result
  }

  private static func headings(_ unit: Measurement.Unit) -> [String] {
    unit == .seconds ? ["p50", "p90", "p99", "n"] : ["median", "min", "max", "n"]
  }

  private func draw(_ row: Row, _ unit: Measurement.Unit, _ axis: PlotAxis, base: Double)
    -> String
  {
    let label = SVG.text(
      BenchmarkPlot.left - 12, base - 4, SVG.shortened(row.label, to: 24), anchor: "end")
    switch row.outcome {
    case .failed(let reason):
      return label
        + SVG.text(
          BenchmarkPlot.left + 6, base - 4, SVG.shortened(reason, to: 120), size: 11,
          color: SVG.muted)
    case .measured(let figures):
      let shape =
        switch unit {
        case .seconds: hill(figures, axis, base, row.color)
        case .bytes: bar(figures, axis, base, row.color)
        case .executions, .messages, .throughput: rounds(figures, axis, base, row.color)
        }
      return SVG.group(hint: hint(row, figures, unit), label + shape + numbers(figures, unit, base))
    }
  }

  private func numbers(_ figures: Figures, _ unit: Measurement.Unit, _ base: Double) -> String {
    let values =
      unit == .seconds
      ? [figures.median, figures.p90, figures.p99]
      : [figures.median, figures.minimum, figures.maximum]
    let texts = values.map { SVG.figure($0, unit, isPadded: true) } + ["\(figures.count)"]
    return zip(BenchmarkPlot.columns, texts).enumerated().map { index, cell in
      SVG.text(
        cell.0, base - 4, cell.1, size: 11, weight: index == 0 ? 600 : 400,
        color: index == 0 ? SVG.ink : SVG.body, anchor: "end")
    }.joined()
  }

  /// The tooltip of a row.
  private func hint(_ row: Row, _ figures: Figures, _ unit: Measurement.Unit) -> String {
    let parts = [
      ("min", figures.minimum), ("p25", figures.lowerQuartile), ("p50", figures.median),
      ("p75", figures.upperQuartile), ("p90", figures.p90), ("p99", figures.p99),
      ("max", figures.maximum), ("mean", figures.mean),
    ].map { "\($0) \(SVG.figure($1, unit, isPadded: true))" }
    return "\(row.label): \(parts.joined(separator: ", "))"
  }

  // MARK: Shapes

  /// The frequency of each time, as a hill.
  private func hill(_ figures: Figures, _ axis: PlotAxis, _ base: Double, _ color: String)
    -> String
  {
    let width = 4.0
    let bins = Int((axis.right - axis.left) / width) + 1
    var counts = [Double](repeating: 0, count: bins)
    for bucket in figures.distribution {
      let bin = Int((axis.place(bucket.value) - axis.left) / width)
      counts[min(max(bin, 0), bins - 1)] += Double(bucket.count)
    }
    let most = counts.max() ?? 0
    var result = ""
    for (bin, count) in counts.enumerated() where count > 0 {
      // The square root makes rare times visible beside frequent ones.
      let height = max(1.5, 18 * (count / most).squareRoot())
      result += SVG.rectangle(
        axis.left + Double(bin) * width, base - height, width - 0.6, height, color: color,
        opacity: 0.75)
    }
    for (value, height) in [(figures.median, 20.0), (figures.p99, 11.0)] {
      let x = axis.place(value)
      result += SVG.line(x, base - height, x, base + 2, color: SVG.ink, width: 1.5)
    }
    return result
  }

  /// A dot for each round on a band from the minimum to the maximum, and a mark at the median.
  private func rounds(_ figures: Figures, _ axis: PlotAxis, _ base: Double, _ color: String)
    -> String
  {
    let (least, most) = (axis.place(figures.minimum), axis.place(figures.maximum))
    var result = SVG.rectangle(
      least - 3, base - 13, most - least + 6, 10, color: color, opacity: 0.3)
    for bucket in figures.distribution {
      result += SVG.dot(axis.place(bucket.value), base - 8, color: color)
    }
    let x = axis.place(figures.median)
    return result + SVG.line(x, base - 17, x, base + 1, color: SVG.ink, width: 1.5)
  }

  /// The median as a bar from zero, with a dot for each round.
  private func bar(_ figures: Figures, _ axis: PlotAxis, _ base: Double, _ color: String)
    -> String
  {
    var result = SVG.rectangle(
      axis.left, base - 14, max(1, axis.place(figures.median) - axis.left), 12, color: color,
      opacity: 0.75)
    for bucket in figures.distribution {
      result += SVG.dot(axis.place(bucket.value), base - 8, color: color)
    }
    return result
  }
}
