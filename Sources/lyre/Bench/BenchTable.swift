import KernelBenchmark
import Reports

/// The report as a table: for each measurement a row for each kernel.
struct BenchTable {
  private let report: BenchmarkReport

  init(_ report: BenchmarkReport) {
    self.report = report
  }

  /// The table, with a line about the machine above it.
  var text: VisibleText {
    let machine = report.machine
    var result: VisibleText =
      "\(machine.processor), \(machine.processors) processors, "
      + "\(Figure.text(Double(machine.memory), .bytes)), \(machine.system), load \(machine.load)"
    for kernel in report.kernels where !kernel.isReference { result += head(kernel) }
    let isTime = { (measurement: Measurement) in measurement.unit == .seconds }
    result += section(
      Measurement.allCases.filter(isTime), ["p50", "p90", "p99", "max", "count"]
    ) { figures, unit in
      [figures.median, figures.p90, figures.p99, figures.maximum].map { Figure.text($0, unit) }
        + [String(figures.count)]
    }
    result += section(
      Measurement.allCases.filter { !isTime($0) }, ["median", "min", "max", "spread", "count"]
    ) { figures, unit in
      [figures.median, figures.minimum, figures.maximum].map { Figure.text($0, unit) }
        + ["\(Int((figures.spread * 100).rounded())) %", String(figures.count)]
    }
    return result
  }

  /// A kernel's description, or why it did not start.
  private func head(_ kernel: KernelReport) -> VisibleText {
    var parts: [VisibleText] = []
    if !kernel.implementation.isEmpty {
      parts = ["\(kernel.implementation)", "\(Format.count(kernel.rounds, "round"))"]
    }
    if let reason = kernel.startFailure {
      parts.append("it did not start: \(reason)")
    }
    if parts.isEmpty { return "" }
    return "\n\(kernel.name) over \(kernel.transport): \(parts.joined(separator: ", "))"
  }

  private func section(
    _ measurements: [Measurement], _ headings: [String],
    _ cells: (Figures, Measurement.Unit) -> [String]
  ) -> VisibleText {
    let rows = rows(measurements, cells)
    guard !rows.isEmpty else { return "" }
    let headed = [Row(title: "", kernel: "", cells: headings)] + rows
    let title = headed.map { VisibleText($0.title).columns }.max() ?? 0
    let kernel = headed.map { VisibleText($0.kernel).columns }.max() ?? 0
    let widths = headings.indices.map { column in
      headed.compactMap { $0.failure == nil ? $0.cells[column].count : nil }.max() ?? 0
    }
    return "\n"
      + headed.map { row -> VisibleText in
        let begin: VisibleText = "\n\(padded(row.title, title))  \(padded(row.kernel, kernel))"
        if let failure = row.failure { return "\(begin)  - \(failure)" }
        return begin + zip(row.cells, widths).map { "  \(padded($0, $1, isRight: true))" }.joined()
      }.joined()
  }

  private struct Row {
    var title: String
    var kernel: String
    var cells: [String] = []
    var failure: String?
  }

  private func rows(
    _ measurements: [Measurement], _ cells: (Figures, Measurement.Unit) -> [String]
  ) -> [Row] {
    measurements.flatMap { measurement -> [Row] in
      var title = measurement.title
      return report.kernels.compactMap { kernel -> Row? in
        guard let outcome = kernel.results[measurement] else { return nil }
        // If a kernel did not start, the reason is printed above.
        if kernel.startFailure != nil, outcome.figures == nil { return nil }
        // Only the first row of a measurement has its name.
        defer { title = "" }
        var row = Row(title: title, kernel: "\(kernel.name) \(kernel.transport)")
        switch outcome {
        case .measured(let figures): row.cells = cells(figures, measurement.unit)
        case .failed(let reason): row.failure = reason
        }
        return row
      }
    }
  }
}

/// The comparison as text.
struct ComparisonTable {
  private let comparison: Comparison
  private let old: BenchmarkReport

  init(_ comparison: Comparison, since old: BenchmarkReport) {
    self.comparison = comparison
    self.old = old
  }

  /// What became slower, what became faster, and how many figures are unchanged.
  var text: VisibleText {
    var result: VisibleText = "\nSince \(old.date) (Lyre \(old.version)):"
    var same = 0
    var rows: [(order: Int, cells: [String])] = []
    for change in comparison.changes {
      let before = Figure.text(change.before, change.measurement.unit)
      var cells = [
        "", "\(change.kernel) \(change.transport)", change.measurement.title, before, "",
      ]
      if let now = change.now {
        cells[4] = "→ \(Figure.text(now, change.measurement.unit))"
      }
      if let ratio = change.ratio { cells.append("× \(Figure.digits(ratio))") }
      switch change.verdict {
      case .same: same += 1
      case .slower: rows.append((1, ["slower"] + cells.dropFirst()))
      case .faster: rows.append((2, ["faster"] + cells.dropFirst()))
      case .broken(let reason):
        cells[4] = "- \(reason)"
        rows.append((0, ["fails"] + cells.dropFirst()))
      }
    }
    rows = rows.enumerated().sorted {
      ($0.element.order, $0.offset) < ($1.element.order, $1.offset)
    }
    .map(\.element)
    let widths = (0..<4).map { column in
      rows.map { VisibleText($0.cells[column]).columns }.max() ?? 0
    }
    for row in rows {
      let cells = row.cells.enumerated().map { index, cell in
        index < 4 ? padded(cell, widths[index], isRight: index == 3) : VisibleText(cell)
      }
      result += "\n  \(cells.joined(separator: "  "))"
    }
    if comparison.changes.isEmpty { return result + "\n  no measurement in common" }
    return result + "\n  \(Format.count(same, "figure")) unchanged"
  }
}

/// Formats figures: three digits and a unit.
enum Figure {
  static func text(_ value: Double, _ unit: Measurement.Unit) -> String {
    switch unit {
    case .seconds:
      if value >= 1 { return "\(digits(value)) s" }
      if value >= 1e-3 { return "\(digits(value * 1e3)) ms" }
      return "\(digits(value * 1e6)) µs"
    case .executions, .messages: return "\(digits(value)) /s"
    case .throughput: return "\(text(value, .bytes))/s"
    case .bytes:
      for (size, name) in [(1e9, "GB"), (1e6, "MB"), (1e3, "KB")] where value >= size {
        return "\(digits(value / size)) \(name)"
      }
      return "\(digits(value)) B"
    }
  }

  /// Three digits, or all digits of a larger whole number, in groups.
  static func digits(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
    for (limit, factor, places) in [(9.995, 100.0, 2), (99.95, 10.0, 1)] where value < limit {
      let scaled = String(Int((value * factor).rounded()))
      let padded = String(repeating: "0", count: max(0, places + 1 - scaled.count)) + scaled
      return "\(padded.dropLast(places)).\(padded.suffix(places))"
    }
    var rest = String(Int(value.rounded()))[...]
    var groups: [Substring] = []
    while rest.count > 3 {
      groups.insert(rest.suffix(3), at: 0)
      rest = rest.dropLast(3)
    }
    return ([rest] + groups).joined(separator: ",")
  }
}

/// A text padded with spaces to a width.
private func padded(_ text: String, _ width: Int, isRight: Bool = false) -> VisibleText {
  VisibleText(text).padded(to: width, isRight: isRight)
}
