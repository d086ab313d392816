extension JUnitReport {
  /// Adds a pipeline that was validated and, if it has problems, not run.
  ///
  /// - Parameters:
  ///   - pipeline: its file.
  ///   - failures: its problems; empty if it is valid.
  ///   - isRun: whether it was to be run, and not only validated.
  ///   - nodes: its nodes, which are reported as not run.
  package func add(pipeline: String, failures: [String], isRun: Bool = false, nodes: [String] = [])
  {
    let element = isRun ? "error" : "failure"
    let count = max(failures.count, 1) + nodes.count
    let failed =
      "failures=\"\(isRun ? 0 : failures.count)\" errors=\"\(isRun ? failures.count : 0)\""
    var text =
      "  <testsuite name=\"\(escape(pipeline))\" tests=\"\(count)\" \(failed) "
      + "skipped=\"\(nodes.count)\" time=\"0\">\n"
    let open = "    <testcase classname=\"\(escape(pipeline))\" name="
    if failures.isEmpty { text += "\(open)\"validate\" time=\"0\"/>\n" }
    for (number, failure) in failures.enumerated() {
      let name = failures.count == 1 ? "validate" : "validate \(number + 1)"
      text +=
        "\(open)\"\(name)\" time=\"0\">\n      <\(element) message=\"\(escape(failure))\"/>\n"
        + "    </testcase>\n"
    }
    for node in nodes {
      text +=
        "\(open)\"\(escape(node))\" time=\"0\">\n"
        + "      <skipped message=\"not run: the pipeline is not valid\"/>\n    </testcase>\n"
    }
    add(suite: text + "  </testsuite>\n")
  }
}
