import JSONCore
import JupyterProtocol
import NotebookExecution
import PipelineExecution
import Reports
import SystemSupport

/// The result of a pipeline's run, as text and as JSON.
struct PipelineRunSummary {
  let result: PipelineResult
  let name: String

  init(_ result: PipelineResult, name: String) {
    self.result = result
    self.name = name
  }

  /// With more nodes than this, successful ones are not listed.
  private static let listedNodes = 40

  /// A line for the whole run, one for each node, and where the time was spent.
  func lines() -> [VisibleText] {
    let run = result.run.map { "run \($0): " } ?? ""
    var lines: [VisibleText] = [
      "\(name): \(run)\(headline) in \(Format.duration(result.duration))"
    ]
    let isLong = result.nodes.count > PipelineRunSummary.listedNodes
    let listed = result.nodes.filter { node in
      node.status != .skipped && (!isLong || !node.status.isDone && node.status != .notRun)
    }
    let width = min(listed.map { VisibleText($0.label).columns }.max() ?? 0, 40)
    for node in listed.prefix(200) {
      let label = VisibleText(node.label).fitted(to: 40)
      let word = node.status.word
      let space = String(repeating: " ", count: max(1, 12 - word.count))
      var line: VisibleText = "  \(word, PipelineRunSummary.style(node.status))\(space)"
      line += label.padded(to: width)
      let time = node.attempts > 0 && node.status != .cached ? Format.duration(node.duration) : ""
      if !time.isEmpty { line += "  \(VisibleText(time).padded(to: 8, isRight: true))" }
      if node.attempts > 1 { line += "  \(node.attempts) attempts" }
      if let message = node.message {
        if time.isEmpty { line += "  \(VisibleText("").padded(to: 8))" }
        line += "  \(Terminal.fitted(ColoredText(message).plain, to: 120))"
      }
      lines.append(line)
    }
    if listed.count > 200 { lines.append("  … and \(listed.count - 200) more") }
    if let times { lines.append(times) }
    return lines
  }

  private static func style(_ status: NodeStatus) -> Terminal.Style {
    switch status {
    case .succeeded: .green
    case .cached, .skipped, .notRun, .waiting, .running: .dim
    case .blocked, .interrupted: .yellow
    default: .red
    }
  }

  private var headline: String {
    let toRun = result.nodes.count { $0.status != .skipped }
    let done = result.nodes.count { $0.status.isDone }
    var parts = [
      done == toRun ? "\(Format.count(toRun, "node")) ok" : "\(done) of \(toRun) nodes ok"
    ]
    for status in NodeStatus.allCases
    where status != .succeeded && status != .skipped && result.count(status) > 0 {
      parts.append("\(result.count(status)) \(status.word)")
    }
    return parts.joined(separator: ", ")
  }

  /// The critical path, and the time saved compared with running one node after another.
  private var times: VisibleText? {
    guard !result.criticalPath.isEmpty, result.nodes.count(where: { $0.duration > .zero }) > 1
    else { return nil }
    let path = result.criticalPath.map { result.nodes[$0].label }
    let shown =
      path.count > 8
      ? path.prefix(4) + ["… \(path.count - 8) more …"] + path.suffix(4) : path[...]
    let together = result.totalDuration.totalSeconds
    let speedUp = together / max(result.duration.totalSeconds, 1e-9)
    return "  critical path \(Format.duration(result.criticalDuration)): "
      + "\(shown.joined(separator: " → ")); nodes together \(Format.duration(result.totalDuration)), "
      + "speed-up \((speedUp * 10).rounded() / 10)"
  }

  // MARK: JSON

  static func counts(_ result: PipelineResult) -> JSONObject {
    var counts: JSONObject = [:]
    for status in NodeStatus.allCases where result.count(status) > 0 {
      counts[status.rawValue] = .init(result.count(status))
    }
    return counts
  }

  static func json(of node: NodeResult) -> JSONObject {
    [
      "status": .init(node.status.rawValue),
      "message": node.message.map { .init($0) } ?? .null,
      "reason": node.reason.map { .init($0) } ?? .null,
      "attempts": .init(node.attempts), "seconds": node.duration.json,
      "cached_run": node.cachedRun.map { .init(Int($0)) } ?? .null,
      "log": node.log.map { .init($0) } ?? .null,
    ]
  }

  /// The complete result; `platform` is the object that `elyra-pipeline run --json` writes.
  func json(_ code: ExitCode, platform: String = "LOCAL") -> JSONObject {
    [
      "platform": .init(platform), "pipeline": .init(name), "name": .init(result.name),
      "run": result.run.map { .init(Int($0)) } ?? .null,
      "status": .init(result.status), "exit_code": .init(Int(code.rawValue)),
      "seconds": result.duration.json,
      "critical_path": .array(result.criticalPath.map { .init(result.nodes[$0].id) }),
      "critical_path_seconds": result.criticalDuration.json,
      "nodes": .array(
        result.nodes.map { node in
          var object: JSONObject = [
            "id": .init(node.id), "label": .init(node.label),
            "file": node.file.map { .init($0) } ?? .null,
          ]
          for member in PipelineRunSummary.json(of: node) {
            object.append(key: member.key, value: member.value)
          }
          return .object(object)
        }),
    ]
  }
}
