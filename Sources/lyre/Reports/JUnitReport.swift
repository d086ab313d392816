import JupyterProtocol
import NotebookDocument
import NotebookExecution
import Synchronization
import SystemSupport

/// `--report`: the runs as JUnit XML, a suite a notebook and a case a cell.
final class JUnitReport: Sendable {
  private let suites = Mutex<[String]>([])

  func add(notebook: String, _ result: RunResult) {
    let cells = result.cells.filter(\.isCode)
    let failures = cells.filter { $0.status == .failed && !$0.errorIsAllowed }.count
    let errors = cells.filter {
      [.timedOut, .killedWithKernel, .interrupted].contains($0.status) && !$0.errorIsAllowed
    }.count
    let skipped = cells.filter { [.skipped, .notRun].contains($0.status) }.count
    var text =
      "  <testsuite name=\"\(escape(notebook))\" tests=\"\(cells.count)\" "
      + "failures=\"\(failures)\" errors=\"\(errors)\" skipped=\"\(skipped)\" "
      + "time=\"\(time(result.duration))\">\n"
    for cell in cells { text += testCase(cell, notebook, result.outcome) }
    text += "  </testsuite>\n"
    suites.withLock { $0.append(text) }
  }

  /// Adds a notebook that could not be run at all.
  ///
  /// - Parameter cells: its cells, which were not run.
  func addFailure(notebook: String, message: String, cells: [CellResult] = []) {
    addStart(notebook, "<error message=\"\(escape(message))\"/>", isError: true, cells)
  }

  /// Adds a notebook that was not read, as its turn did not come.
  func addNotRun(notebook: String, message: String) {
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
    text += "  </testsuite>\n"
    suites.withLock { $0.append(text) }
  }

  /// Adds a suite as XML.
  func add(suite: String) { suites.withLock { $0.append(suite) } }

  private func testCase(_ cell: CellResult, _ notebook: String, _ outcome: RunOutcome)
    -> String
  {
    let name = "cell \(cell.index + 1): \(cell.firstLine)"
    let open =
      "    <testcase classname=\"\(escape(notebook))\" name=\"\(escape(name))\" "
      + "time=\"\(time(cell.duration))\""
    let body: String
    switch cell.status {
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
    case .skipped, .notRun: body = "<skipped message=\"\(cell.status.word)\"/>"
    }
    return "\(open)>\n      \(body)\n    </testcase>\n"
  }

  private static func reason(_ cell: CellResult, _ outcome: RunOutcome) -> String {
    if let text = cell.limitText { return ": \(text)" }
    if case .kernelDied(let status, _) = outcome { return ": the kernel \(status)" }
    return ""
  }

  /// Writes the report.
  ///
  /// - Throws: `NotebookError` when it cannot be written.
  func write(to file: OutputFile) throws(NotebookError) {
    try file.write(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
        + suites.withLock { $0.joined() } + "</testsuites>\n")
  }

  func time(_ duration: Duration) -> String {
    "\((duration.totalSeconds * 1000).rounded() / 1000)"
  }

  /// A text as XML has it: characters that XML does not allow are left out.
  func escape(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n": result += "&#10;"
      case "\t": result += "&#9;"
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: break
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
