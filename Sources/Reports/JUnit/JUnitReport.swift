import JupyterProtocol
import Pipelines
package import RunEvents
import Synchronization
import SystemSupport

/// Runs as JUnit XML: a suite for a notebook with a case for each cell, and a suite for a pipeline
/// with a case for each node.
package final class JUnitReport: Sendable {
  private let suites = Mutex<[String]>([])

  /// Creates an empty report.
  package init() {}

  /// Adds a notebook that was run.
  ///
  /// - Parameters:
  ///   - notebook: its name.
  ///   - result: how the run ended.
  ///   - differences: how the outputs of cells differ from the expected ones, by the cell's
  ///   place; such a cell is a failure.
  ///   - unchangedSince: when the notebook's test passed, if it did not run because nothing changed
  ///   since; the cells that passed then have a property with it.
  package func add(
    notebook: String, _ result: RunResult, differences: [Int: String] = [:],
    unchangedSince: String? = nil
  ) {
    let cells = result.cells.filter(\.isCode)
    let failures = cells.filter {
      $0.status == .failed && !$0.errorIsAllowed || differences[$0.index] != nil
    }.count
    let errors = cells.filter {
      [.timedOut, .killedWithKernel, .interrupted].contains($0.status) && !$0.errorIsAllowed
    }.count
    let skipped = cells.filter { [.skipped, .notRun].contains($0.status) }.count
    var text =
      "  <testsuite name=\"\(escape(notebook))\" tests=\"\(cells.count)\" "
      + "failures=\"\(failures)\" errors=\"\(errors)\" skipped=\"\(skipped)\" "
      + "time=\"\(time(result.duration))\">\n"
    for cell in cells {
      text += testCase(
        cell, notebook, result.outcome, differences: differences[cell.index], unchangedSince)
    }
    add(suite: text + "  </testsuite>\n")
  }

  /// Adds a notebook that could not be run.
  ///
  /// - Parameter cells: its cells, which did not run.
  package func addFailure(notebook: String, message: String, cells: [CellResult] = []) {
    addStart(notebook, "<error message=\"\(escape(message))\"/>", isError: true, cells)
  }

  /// Adds a notebook that was not read because the run ended before it.
  package func addNotRun(notebook: String, message: String) {
    addStart(notebook, "<skipped message=\"not run: \(escape(message))\"/>", isError: false, [])
  }

  private func addStart(
    _ notebook: String, _ element: String, isError: Bool, _ cells: [CellResult]
  ) {
    let cells = cells.filter(\.isCode)
    let skipped = cells.count + (isError ? 0 : 1)
    var text = """
        <testsuite name="\(escape(notebook))" tests="\(cells.count + 1)" failures="0" \
      errors="\(isError ? 1 : 0)" skipped="\(skipped)" time="0">
          <testcase classname="\(escape(notebook))" name="start" time="0">
            \(element)
          </testcase>

      """
    for cell in cells { text += testCase(cell, notebook, .stopped(signal: 0)) }
    add(suite: text + "  </testsuite>\n")
  }

  /// Adds a pipeline: a suite with one case per node.
  package func add(pipeline: String, _ result: PipelineResult) {
    let nodes = result.nodes
    let failures = nodes.count { $0.status == .failed }
    let errors = nodes.count { $0.status.isFailure && $0.status != .failed }
    let skipped = nodes.count { [.skipped, .notRun, .blocked, .cached].contains($0.status) }
    var text =
      "  <testsuite name=\"\(escape(pipeline))\" tests=\"\(nodes.count)\" "
      + "failures=\"\(failures)\" errors=\"\(errors)\" skipped=\"\(skipped)\" "
      + "time=\"\(time(result.duration))\">\n"
    for node in nodes {
      let open =
        "    <testcase classname=\"\(escape(pipeline))\" name=\"\(escape(node.label))\" "
        + "time=\"\(time(node.duration))\""
      let message = escape(node.message ?? node.status.word)
      switch node.status {
      case .succeeded: text += open + "/>\n"
      case .skipped, .notRun, .blocked, .cached, .waiting, .running:
        text += "\(open)>\n      <skipped message=\"\(message)\"/>\n    </testcase>\n"
      case .failed:
        let trace =
          node.cells.compactMap { $0.errorIsAllowed ? nil : $0.error }.last.map {
            ColoredText($0.traceback.joined(separator: "\n")).plain
          } ?? node.standardErrorTail
        text +=
          "\(open)>\n      <failure message=\"\(message)\">\(escape(trace))</failure>\n"
          + "    </testcase>\n"
      default: text += "\(open)>\n      <error message=\"\(message)\"/>\n    </testcase>\n"
      }
    }
    add(suite: text + "  </testsuite>\n")
  }

  /// Adds a suite as XML.
  func add(suite: String) { suites.withLock { $0.append(suite) } }

  private func testCase(
    _ cell: CellResult, _ notebook: String, _ outcome: RunOutcome, differences: String? = nil,
    _ unchangedSince: String? = nil
  ) -> String {
    let name = "cell \(cell.index + 1): \(cell.firstLine)"
    let open =
      "    <testcase classname=\"\(escape(notebook))\" name=\"\(escape(name))\" "
      + "time=\"\(time(cell.duration))\""
    let body: String
    switch cell.status {
    case _ where differences != nil:
      body =
        "<failure type=\"OutputsDiffer\" message=\"the outputs differ from those stored\">"
        + "\(escape(differences ?? ""))</failure>"
    case .succeeded where unchangedSince != nil:
      body =
        "<properties><property name=\"unchanged_since\" value=\"\(escape(unchangedSince ?? ""))\"/>"
        + "</properties>"
    case .succeeded, .pending, .running: return open + "/>\n"
    case .failed where cell.errorIsAllowed, .timedOut where cell.errorIsAllowed:
      return open + "/>\n"
    case .failed:
      let error = cell.error
      let trace = ColoredText((error?.traceback ?? []).joined(separator: "\n")).plain
      body =
        "<failure type=\"\(escape(error?.name ?? ""))\" message=\"\(escape(error?.value ?? ""))\">"
        + "\(escape(trace))</failure>"
    case .timedOut, .killedWithKernel, .interrupted:
      let message = cell.status.word + JUnitReport.reason(cell, outcome)
      body = "<error message=\"\(escape(message))\"/>"
    case .skipped, .notRun:
      var message = cell.status.word
      if case .cached(let run) = outcome { message = "unchanged, as in run \(run)" }
      body = "<skipped message=\"\(escape(message))\"/>"
    }
    return "\(open)>\n      \(body)\n    </testcase>\n"
  }

  private static func reason(_ cell: CellResult, _ outcome: RunOutcome) -> String {
    if let text = cell.limitText { return ": \(text)" }
    if case .kernelDied(let status, _) = outcome { return ": the kernel \(status)" }
    return ""
  }

  /// The complete document.
  package var text: String {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
      + suites.withLock { $0.joined() } + "</testsuites>\n"
  }

  private func time(_ duration: Duration) -> String {
    "\((duration.totalSeconds * 1000).rounded() / 1000)"
  }

  func escape(_ text: String) -> String { MarkupText.escaped(text, in: .xml) }
}
