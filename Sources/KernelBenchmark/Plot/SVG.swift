import Glibc
import Pipelines

/// The natural logarithm.
func logarithm(_ value: Double) -> Double { log(value) }

/// Parts of a picture.
enum SVG {
  static let ink = "#1b1f24"
  static let body = "#333a42"
  static let muted = "#6b7480"
  static let grid = "#e3e5e8"
  /// The colour of anything other than a kernel.
  static let neutral = "#8b949e"

  /// The colour of a kernel, distinguishable also with colour blindness.
  static func color(_ index: Int) -> String {
    let colors = [
      "#3b6fd4", "#d9822b", "#2e9e7c", "#b5508f", "#c94f4f", "#57a5d8", "#8a6fc9", "#9a8a1f",
      "#7a4f34", "#3f7f3a",
    ]
    return colors[index % colors.count]
  }

  /// A group with a tooltip.
  static func group(hint: String, _ pieces: String) -> String {
    "<g><title>\(MarkupText.escaped(hint, in: .svg))</title>\n\(pieces)</g>\n"
  }

  static func text(
    _ x: Double, _ y: Double, _ text: String, size: Int = 12, weight: Int = 400,
    color: String = ink, anchor: String = "start"
  ) -> String {
    """
    <text x="\(number(x))" y="\(number(y))" font-size="\(size)" font-weight="\(weight)" \
    fill="\(color)" text-anchor="\(anchor)" xml:space="preserve">\(MarkupText.escaped(text, in: .svg))</text>

    """
  }

  static func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, color: String, width: Double = 1
  ) -> String {
    """
    <line x1="\(number(x1))" y1="\(number(y1))" x2="\(number(x2))" y2="\(number(y2))" \
    stroke="\(color)" stroke-width="\(number(width))"/>

    """
  }

  static func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, color: String, opacity: Double
  ) -> String {
    """
    <rect x="\(number(x))" y="\(number(y))" width="\(number(width))" height="\(number(height))" \
    fill="\(color)" fill-opacity="\(number(opacity))"/>

    """
  }

  static func dot(_ x: Double, _ y: Double, color: String) -> String {
    """
    <circle cx="\(number(x))" cy="\(number(y))" r="3" fill="#fff" stroke="\(color)" \
    stroke-width="1.5"/>

    """
  }

  /// A number with at most two decimals.
  static func number(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    return hundredths % 100 == 0 ? "\(hundredths / 100)" : "\(Double(hundredths) / 100)"
  }

  static func shortened(_ text: String, to length: Int) -> String {
    text.count > length ? text.prefix(length - 1) + "…" : text
  }

  /// A figure with its unit, short enough for an axis.
  ///
  /// - Parameters:
  ///   - value: the figure.
  ///   - unit: its unit.
  ///   - isPadded: whether it always has three digits, for columns.
  static func figure(_ value: Double, _ unit: Measurement.Unit, isPadded: Bool = false) -> String {
    func short(_ value: Double) -> String {
      let places = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
      let factor = [1.0, 10, 100][places]
      let text = number((value * factor).rounded() / factor)
      guard isPadded, places > 0 else { return text }
      let parts = text.split(separator: ".")
      let decimals = parts.count > 1 ? String(parts[1]) : ""
      return parts[0] + "." + decimals + String(repeating: "0", count: places - decimals.count)
    }
    let scales: [(Double, String)] =
      switch unit {
      case .seconds: [(1, " s"), (1e-3, " ms"), (1e-6, " µs")]
      case .executions, .messages: [(1e6, " M/s"), (1e3, " k/s"), (1, " /s")]
      case .throughput: [(1e9, " GB/s"), (1e6, " MB/s"), (1e3, " KB/s"), (1, " B/s")]
      case .bytes: [(1e9, " GB"), (1e6, " MB"), (1e3, " KB"), (1, " B")]
      }
    if value == 0 { return "0" }
    let last = (size: scales[scales.count - 1].0, name: scales[scales.count - 1].1)
    for (size, name) in scales where value >= size * 0.9995 { return short(value / size) + name }
    return short(value / last.size) + last.name
  }
}
