/// The distributions in a report as a picture: for each measurement a panel, for each kernel a row.
///
/// Times show their frequency, with marks at the median and at the 99th percentile; rates show each
/// round, with a mark at the median. Both have a logarithmic axis, because kernels differ by orders
/// of magnitude. Memory has bars from zero.
public struct BenchmarkPlot: Sendable {
  let report: BenchmarkReport

  /// Creates a picture of a report.
  public init(_ report: BenchmarkReport) {
    self.report = report
  }

  static let width = 960.0
  static let margin = 24.0
  static let left = 170.0
  static let right = 664.0
  static let rowHeight = 26.0

  /// An HTML page with the picture.
  public var page: String {
    """
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>lyre bench</title>
    <style>body { margin: 0 auto; max-width: 1100px; background: #fff } svg { width: 100%; height: auto }</style>
    \(svg)</html>

    """
  }

  /// The picture as SVG.
  public var svg: String {
    var y = 0.0
    var body = head(at: &y)
    for measurement in Measurement.allCases {
      let rows = report.kernels.compactMap { kernel -> Row? in
        // If a kernel does not start, the reason is in the header.
        guard let outcome = kernel.results[measurement],
          kernel.startFailure == nil || outcome.figures != nil
        else { return nil }
        return Row(kernel: kernel, color: color(of: kernel), outcome: outcome)
      }
      guard rows.contains(where: { $0.outcome.figures != nil }) else { continue }
      y += 22
      body += panel(measurement, rows, at: &y)
    }
    let height = SVG.number(y + BenchmarkPlot.margin)
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 \(height)" width="960" \
      height="\(height)" role="img" aria-label="Measurements of Jupyter kernels" \
      font-family="system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif" \
      font-size="12">
      <rect width="100%" height="100%" fill="#fff"/>
      \(body)</svg>

      """
  }

  struct Row {
    var kernel: KernelReport
    var color: String
    var outcome: KernelReport.Outcome

    var label: String { "\(kernel.name) \(kernel.transport)" }
  }

  /// One colour for a kernel over all transports; grey for the baseline.
  private func color(of kernel: KernelReport) -> String {
    if kernel.isReference { return SVG.neutral }
    var names: [String] = []
    for kernel in report.kernels where !names.contains(kernel.name) { names.append(kernel.name) }
    return SVG.color(names.firstIndex(of: kernel.name) ?? 0)
  }

  // MARK: The head

  private func head(at y: inout Double) -> String {
    let margin = BenchmarkPlot.margin
    let machine = report.machine
    y = 40
    var result = SVG.text(margin, y, "lyre bench", size: 20, weight: 600)
    y += 21
    let date = report.date.replacing("T", with: " ").replacing("Z", with: " UTC")
    result += SVG.text(
      margin, y,
      "Lyre \(report.version)  ·  \(date)  ·  \(machine.processor), \(machine.processors) "
        + "processors, \(machine.system)", color: SVG.muted)
    y += 12
    for kernel in report.kernels {
      y += 18
      result += SVG.rectangle(margin, y - 9, 10, 10, color: color(of: kernel), opacity: 0.85)
      result += SVG.text(
        margin + 18, y, "\(kernel.name) \(kernel.transport)", weight: 600)
      result += SVG.text(
        BenchmarkPlot.left, y, SVG.shortened(about(kernel), to: 120), color: SVG.muted)
    }
    y += 24
    for line in [
      "Times: how often each value was measured (heights are square roots, so that rare values "
        + "are visible); the long mark is the median, the short one p99.",
      "Rates: a dot for each round, a mark at the median. Times and rates have logarithmic axes.",
    ] {
      result += SVG.text(margin, y, line, size: 11, color: SVG.muted)
      y += 15
    }
    return result
  }

  private func about(_ kernel: KernelReport) -> String {
    if let reason = kernel.startFailure { return "did not start: \(reason)" }
    if kernel.isReference { return "the client alone, with a kernel that does next to nothing" }
    let rounds = kernel.rounds == 1 ? "1 round" : "\(kernel.rounds) rounds"
    return kernel.implementation.isEmpty ? rounds : "\(kernel.implementation), \(rounds)"
  }
}
