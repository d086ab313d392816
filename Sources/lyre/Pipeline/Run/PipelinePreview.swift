import JSONCore
import JupyterProtocol
import PipelineExecution
import Pipelines
import Reports
import RunRecord
import Synchronization
import SystemSupport

/// Reports what a run of a pipeline would do, without running or writing anything.
struct PipelinePreview {
  let plan: PipelineRunPlan
  /// Whether it also shows how nodes last ended.
  let showsPast: Bool

  init(_ plan: PipelineRunPlan, showsPast: Bool = false) {
    self.plan = plan
    self.showsPast = showsPast
  }

  /// Writes what would run, and returns the exit code: 1 if any node would.
  func run() async throws -> ExitCode {
    let input = try PipelineInput(
      plan.path, root: plan.root, kernelFallback: plan.configuration.kernelFallback)
    let document = try input.document()
    let pipeline = document.pipeline
    guard case .valid(let graph) = plan.validity(of: document, pipeline, input) else {
      return .unusableInput
    }
    var configuration = plan.configuration(for: graph, input)
    do throws(UsageError) {
      configuration.destinations = try plan.destinations(pipeline, graph, input)
    } catch {
      return plan.fail(error.message, .unusableInput)
    }
    let history: PipelineHistory?
    do throws(HistoryError) {
      history = try PipelineHistory.reading(plan.stateDirectory)
    } catch {
      return plan.fail("\(error)", .unusableInput)
    }
    if let notice = history?.notice { plan.reporting.warn("\(notice)") }
    let control = PipelineControl()
    Signals.handle { control.stop(signal: $0) }
    let pace = ComparisonPace()
    let runner = PipelineRunner(
      pipeline, graph, name: input.name,
      file: PipelinePath.joined(FilePath.currentDirectory, plan.path),
      configuration: configuration, history: history, control: control,
      report: { event in
        guard case .nodeComparing(let progress) = event.kind, let place = event.subject.node?.place
        else { return }
        if pace.isDue(place) {
          Printer.shared.log(
            "\(graph.nodes[place].label): comparing files: \(progress.text)")
        }
      })
    let found: PipelinePlan
    do {
      found = try await runner.plan()
    } catch is PipelineRunner.Stopped {
      return ExitCode(signal: control.stopSignal ?? 2)
    } catch {
      return plan.fail("\(plan.path): \(error)", .unusableInput)
    }
    if plan.reporting.json {
      Printer.shared.print(json: .object(json(of: found, input.name)))
    } else {
      Printer.shared.print(lines(of: found, input.name).joined(separator: "\n"))
    }
    return found.hasWork || found.goingOn != nil ? .cellFailed : .success
  }

  // MARK: Text

  private func lines(of found: PipelinePlan, _ name: String) -> [VisibleText] {
    var parts: [String] = []
    if let run = found.goingOn { parts.append("run \(run) is still running") }
    let would = found.count(.run)
    let all = found.nodes.count - found.count(.skipped)
    parts.append(
      found.hasWork
        ? "\(would) of \(Format.count(all, "node")) would run" : "everything is up to date")
    if found.count(.mayRun) > 0 { parts.append("\(found.count(.mayRun)) may run") }
    let shown = found.nodes.filter { showsPast || $0.action != .skipped }
    let width = shown.map { label($0).columns }.max() ?? 0
    return ["\(name): \(parts.joined(separator: ", "))"]
      + shown.map { node -> VisibleText in
        var line: VisibleText = "  \(VisibleText(PipelinePreview.word(node.action)).padded(to: 12))"
        if showsPast { line += "\(VisibleText(last(node)).padded(to: 35)) " }
        let label = label(node)
        if let reason = node.reason ?? node.warning {
          line += "\(label.padded(to: width))  \(reason)"
        } else if !showsPast, node.action == .unchanged, let run = node.lastRun {
          line += "\(label.padded(to: width))  as in run \(run)"
        } else {
          line += label
        }
        return line
      }
  }

  private func label(_ node: PipelinePlan.Node) -> VisibleText {
    VisibleText(node.label).fitted(to: 40)
  }

  /// How and when a node last ended.
  private func last(_ node: PipelinePlan.Node) -> String {
    guard let run = node.lastRun, let status = node.lastStatus else { return "never ran" }
    let word = NodeStatus(rawValue: status).map(\.word) ?? status
    let time = node.lastDuration.map(Format.duration) ?? ""
    let date = node.lastStarted.map {
      MessageDate.text(nanoseconds: $0).prefix(16).replacing("T", with: " ")
    }
    return "\(word) in run \(run), \(date ?? ""), \(time)"
  }

  private static func word(_ action: PipelinePlan.Action) -> String {
    switch action {
    case .run: "would run"
    case .mayRun: "may run"
    case .unchanged: "unchanged"
    case .skipped: "skipped"
    }
  }

  // MARK: JSON

  private func json(of found: PipelinePlan, _ name: String) -> JSONObject {
    [
      "pipeline": .init(name), "up_to_date": .init(!found.hasWork && found.goingOn == nil),
      "running": found.goingOn.map { .init(Int($0)) } ?? .null,
      "would_run": .init(found.count(.run)), "may_run": .init(found.count(.mayRun)),
      "nodes": .array(
        found.nodes.map { node in
          let last: JSONValue =
            node.lastRun.map { run in
              [
                "run": .init(Int(run)), "status": node.lastStatus.map { .init($0) } ?? .null,
                "started": node.lastStarted.map { .init(MessageDate.text(nanoseconds: $0)) }
                  ?? .null,
                "seconds": node.lastDuration.map(\.json) ?? .null,
              ]
            } ?? .null
          return [
            "id": .init(node.id), "label": .init(node.label),
            "file": node.file.map { .init($0) } ?? .null, "action": .init(node.action.rawValue),
            "reason": (node.reason ?? node.warning).map { .init($0) } ?? .null, "last": last,
          ]
        }),
    ]
  }
}
