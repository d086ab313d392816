import Reports
import RunEvents
import Testing

@Suite("JUnit reports")
struct JUnitReportTests {
  private func cell(_ index: Int, _ status: CellStatus, _ line: String = "x") -> CellResult {
    CellResult(index: index, id: nil, firstLine: line, status: status)
  }

  @Test("a notebook is a suite, and each of its code cells is a case with its outcome")
  func notebook() {
    var failed = cell(1, .failed, "1 / 0 # <&>\"'")
    failed.error = CellError(
      name: "ZeroDivisionError", value: "division by zero",
      traceback: ["\u{1B}[31mline 1\u{1B}[0m", "line 2"])
    failed.duration = .milliseconds(1234)
    var late = cell(2, .timedOut)
    late.limit = .seconds(30)
    let text = CellResult(index: 3, id: nil, isCode: false, firstLine: "# Text", status: .skipped)
    let result = RunResult(
      outcome: .failed(cell: 1),
      cells: [cell(0, .succeeded), failed, late, text, cell(4, .notRun)],
      duration: .seconds(2))
    let report = JUnitReport()
    report.add(notebook: "a & b.ipynb", result)
    #expect(
      report.text == """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites>
          <testsuite name="a &amp; b.ipynb" tests="4" failures="1" errors="1" skipped="1" time="2.0">
            <testcase classname="a &amp; b.ipynb" name="cell 1: x" time="0.0"/>
            <testcase classname="a &amp; b.ipynb" name="cell 2: 1 / 0 # &lt;&amp;&gt;&quot;'" time="1.234">
              <failure type="ZeroDivisionError" message="division by zero">line 1&#10;line 2</failure>
            </testcase>
            <testcase classname="a &amp; b.ipynb" name="cell 3: x" time="0.0">
              <error message="timed out: it took longer than its limit of 30 s"/>
            </testcase>
            <testcase classname="a &amp; b.ipynb" name="cell 5: x" time="0.0">
              <skipped message="not run"/>
            </testcase>
          </testsuite>
        </testsuites>

        """)
  }

  @Test("a pipeline is a suite, and each of its nodes is a case")
  func pipeline() {
    func node(_ place: Int, _ status: NodeStatus, _ message: String? = nil) -> NodeResult {
      var node = NodeResult(place: place, id: "\(place)", label: "n\(place)", file: nil)
      node.status = status
      node.message = message
      return node
    }
    let report = JUnitReport()
    report.add(
      pipeline: "p",
      PipelineResult(
        run: 1, name: "p-1", started: 0, duration: .milliseconds(500),
        nodes: [
          node(0, .succeeded), node(1, .failed, "it's wrong"),
          node(2, .blocked, "'n1', which it needs, failed"),
          node(3, .kernelDied), node(4, .cached),
        ]))
    #expect(
      report.text == """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites>
          <testsuite name="p" tests="5" failures="1" errors="1" skipped="2" time="0.5">
            <testcase classname="p" name="n0" time="0.0"/>
            <testcase classname="p" name="n1" time="0.0">
              <failure message="it's wrong"></failure>
            </testcase>
            <testcase classname="p" name="n2" time="0.0">
              <skipped message="'n1', which it needs, failed"/>
            </testcase>
            <testcase classname="p" name="n3" time="0.0">
              <error message="kernel died"/>
            </testcase>
            <testcase classname="p" name="n4" time="0.0">
              <skipped message="unchanged"/>
            </testcase>
          </testsuite>
        </testsuites>

        """)
  }
}
