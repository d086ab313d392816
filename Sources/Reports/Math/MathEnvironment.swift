/// An environment of TeX, as a table.
struct MathEnvironment {
  /// The delimiters around it.
  var fences = ("", "")
  /// The alignment of its columns, which repeats: l, c or r.
  var columns = "c"
  /// Whether its cells are in the style of displayed formulas.
  var isDisplay = false
  /// Whether an argument gives the columns.
  var hasColumns = false
  /// Whether an argument is left out.
  var hasArgument = false

  /// The environment with a name; nil if it is not known.
  init?(_ name: String) {
    switch name.hasSuffix("*") ? String(name.dropLast()) : name {
    case "matrix", "smallmatrix": break
    case "pmatrix": fences = ("(", ")")
    case "bmatrix": fences = ("[", "]")
    case "Bmatrix": fences = ("{", "}")
    case "vmatrix": fences = ("|", "|")
    case "Vmatrix": fences = ("‖", "‖")
    case "cases": (fences, columns) = (("{", ""), "l")
    case "dcases": (fences, columns, isDisplay) = (("{", ""), "l", true)
    case "rcases": (fences, columns) = (("", "}"), "l")
    case "align", "aligned", "split", "flalign": (columns, isDisplay) = ("rl", true)
    case "alignat", "alignedat": (columns, isDisplay, hasArgument) = ("rl", true, true)
    case "eqnarray": (columns, isDisplay) = ("rcl", true)
    case "gather", "gathered", "multline", "equation", "displaymath", "math": isDisplay = true
    case "array", "subarray": hasColumns = true
    default: return nil
    }
  }
}

extension MathParser {
  /// The lines of a group, one above the other.
  mutating func stacked() throws(MathFailure) -> String {
    let tokens = try rawArgument()
    rest += [.command("end"), .open, .character("m"), .close].reversed()
    rest += tokens.reversed()
    let rows = try rows()
    return table(rows, columns: ["c"], isDisplay: false)
  }

  /// The environment whose name comes next.
  mutating func environment() throws(MathFailure) -> MathNode {
    let name = try textArgument()
    guard let environment = MathEnvironment(name) else { throw MathFailure() }
    var columns = Array(environment.columns)
    if environment.hasColumns {
      if next == .character("[") { _ = try rawOption() }
      columns = try textArgument().filter { "lcr".contains($0) }
      if columns.isEmpty { columns = ["c"] }
    }
    if environment.hasArgument { _ = try rawArgument() }
    // The place of an array: \begin{aligned}[t].
    if next == .character("["), environment.isDisplay { _ = try rawOption() }
    let rows = try rows()
    let content =
      rows.count == 1 && rows[0].count == 1 && environment.fences.0.isEmpty
      ? "<mrow>\(rows[0][0])</mrow>"
      : table(rows, columns: columns, isDisplay: environment.isDisplay)
    let (open, close) = environment.fences
    guard !open.isEmpty || !close.isEmpty else { return MathNode(html: content) }
    return MathNode(
      html:
        "<mrow>\(MathParser.fence(open, "prefix"))\(content)\(MathParser.fence(close, "postfix"))</mrow>"
    )
  }

  /// The cells of an environment up to its end, which is taken.
  private mutating func rows() throws(MathFailure) -> [[String]] {
    var rows: [[String]] = [[]]
    while true {
      while next == .space || next == .command("hline") { try take() }
      rows[rows.count - 1].append(MathParser.joined(try row(.cell)))
      switch try take() {
      case .align: break
      case .command("end"):
        _ = try rawArgument()
        if rows.last == [""] { rows.removeLast() }
        return rows
      default:
        // The distance to the next line.
        _ = takes("*")
        if next == .character("[") { _ = try rawOption() }
        rows.append([])
      }
    }
  }

  private func table(_ rows: [[String]], columns: [Character], isDisplay: Bool) -> String {
    var html = isDisplay ? "<mtable displaystyle=\"true\">" : "<mtable>"
    for row in rows {
      html += "<mtr>"
      for (place, cell) in row.enumerated() {
        let column = columns[place % columns.count]
        let style =
          switch column {
          case "l": "text-align:left;text-align:-webkit-left"
          case "r": "text-align:right;text-align:-webkit-right"
          default: ""
          }
        // The two parts of an equation stand close together.
        let gap =
          columns.count == 2 && columns == ["r", "l"]
          ? column == "r" ? ";padding-right:0" : ";padding-left:0" : ""
        html += style.isEmpty ? "<mtd>" : "<mtd style=\"\(style)\(gap)\">"
        html += cell + "</mtd>"
      }
      html += "</mtr>"
    }
    return html + "</mtable>"
  }
}
