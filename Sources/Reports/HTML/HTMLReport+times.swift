import RunEvents
import SystemSupport

extension HTMLReport {
  /// A chart of the nodes' run times, with one bar each.
  var times: String {
    let whole = max(result.duration.totalSeconds, 1e-6)
    let critical = Set(result.criticalPath)
    let rows = result.nodes.filter(ran).sorted {
      ($0.started ?? 0, $0.place) < ($1.started ?? 0, $1.place)
    }
    guard !rows.isEmpty else { return "" }
    let bars = rows.prefix(HTMLReport.detailedNodes).map { node in
      let start = Double((node.started ?? result.started) - result.started) / 1e9
      let left = min(max(start / whole * 100, 0), 100)
      let width = min(max(node.duration.totalSeconds / whole * 100, 0.25), 100 - left)
      let mark = critical.contains(node.place) ? " critical" : ""
      return """
        <a class="row" href="#node-\(node.place + 1)"><span class="who">\
        \(HTMLText.escaped(node.label))</span><span class="track"><i class="bar\(mark)" \
        style="left:\(percent(left));width:\(percent(width));\
        background:\(HTMLStyle.color(node.status))"></i></span><span class="time">\
        \(Format.duration(node.duration))</span></a>
        """
    }
    return """
      <h2>Times</h2>
      <section class="gantt">\(bars.joined(separator: "\n"))</section>
      \(rows.count > 1 ? comparison(whole) : "")
      """
  }

  /// The total duration of all nodes run one after another.
  private func comparison(_ whole: Double) -> String {
    let speedUp = result.totalDuration.totalSeconds / whole
    return """
      <p class="note">The critical path is outlined: \(Format.duration(result.criticalDuration)). \
      All nodes together took \(Format.duration(result.totalDuration)), \
      \((speedUp * 10).rounded() / 10) times as long as the run.</p>
      """
  }

  private func percent(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)%" }
}
