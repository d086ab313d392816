import JSONCore

/// Compares two runs of one notebook by everything that does not depend on the machine and the
/// time.
///
/// The rules are those of the corpus: neighbouring streams of one name count as one; addresses,
/// colours, paths and hexadecimal ids are masked; images count by their presence.
enum NotebookComparison {
  /// The first code cell whose outputs differ, with both; nil when none does.
  ///
  /// - Parameters:
  ///   - traces: whether tracebacks count, which differ from one Python to the next.
  ///   - streamsInOrder: whether the kernel sends streams in order with other outputs.
  static func difference(
    _ run: JSONValue, _ expected: JSONValue, traces: Bool = true, streamsInOrder: Bool = true
  ) -> String? {
    let (left, right) = (codeCells(run), codeCells(expected))
    guard left.count == right.count else { return "\(left.count) cells, not \(right.count)" }
    for (index, pair) in zip(left, right).enumerated() {
      var (a, b) = (outputs(pair.0, traces), outputs(pair.1, traces))
      if !streamsInOrder { (a, b) = (streamsFirst(a), streamsFirst(b)) }
      if a != b { return "cell \(index): \(a) is not \(b)" }
    }
    return nil
  }

  private static func codeCells(_ notebook: JSONValue) -> [JSONValue] {
    (notebook["cells"]?.array ?? []).filter { $0["cell_type"] == "code" }
  }

  private static func outputs(_ cell: JSONValue, _ traces: Bool) -> [String] {
    var result: [(kind: String, text: String)] = []
    for output in cell["outputs"]?.array ?? [] {
      switch output["output_type"]?.string {
      case "stream":
        let kind = "stream \(output["name"]?.string ?? "")"
        if result.last?.kind == kind {
          result[result.count - 1].text += text(output["text"])
        } else {
          result.append((kind, text(output["text"])))
        }
      case "error":
        let trace = output["traceback"]?.array?.compactMap(\.string).joined(separator: "\n") ?? ""
        result.append(
          (
            "error \(output["ename"]?.string ?? "")",
            "\(text(output["evalue"]))\n\(traces ? trace : "")"
          ))
      case let type:
        let data = (output["data"]?.object?.sorted ?? [:]).map { member in
          let name = member.key.string
          return name.hasPrefix("image/") ? name : "\(name)=\(text(member.value))"
        }
        result.append((type ?? "", data.joined(separator: "\n")))
      }
    }
    return result.map { "\($0.kind): \(masked($0.text))" }
  }

  private static func streamsFirst(_ outputs: [String]) -> [String] {
    outputs.filter { $0.hasPrefix("stream ") } + outputs.filter { !$0.hasPrefix("stream ") }
  }

  private static func text(_ value: JSONValue?) -> String {
    switch value {
    case .array(let parts)? where parts.allSatisfy({ $0.string != nil }):
      parts.compactMap(\.string).joined()
    case .string(let text)?: text.string
    case let value?: value.description
    case nil: ""
    }
  }

  private static func masked(_ text: String) -> String {
    text.replacing(/\u{1B}\[[0-9;]*[A-Za-z]/, with: "")
      .replacing(/0x[0-9a-fA-F]+/, with: "0x")
      .replacing(
        /<ipython-input[^>]*>|\/tmp\/ipykernel_\d+\/\d+\.py|Cell In\[\d+\]/, with: "<cell>"
      )
      .replacing(/\/(?:[\w.@+\-]+\/)+[\w.@+\-]*/, with: "<path>")
      .replacing(/[0-9a-f]{32}/, with: "<id>")
  }
}
