/// Converts formulas from TeX to MathML, which browsers show without scripts.
///
/// Macros that a formula defines hold for the formulas after it, as in Jupyter.
struct MathConverter {
  private var macros: [String: MathMacro] = [:]
  /// The tokens read so far, of all formulas.
  private var steps = 0

  /// The maximum of ``steps``.
  private static let stepLimit = 3_000_000

  /// A formula as MathML, or as its source if it cannot be converted.
  mutating func html(_ formula: MathSource) -> String {
    let source = formula.source.asHTML
    guard steps < MathConverter.stepLimit, formula.body.utf8.count <= 20_000 else {
      return MathConverter.code(source, formula)
    }
    var parser = MathParser(formula.body, macros)
    defer { steps += parser.steps }
    do throws(MathFailure) {
      let content = try parser.formula()
      macros = parser.macros
      if content.isEmpty { return "" }
      let display = formula.isDisplay ? " display=\"block\"" : ""
      return "<math\(display)><semantics><mrow>\(content)</mrow>"
        + "<annotation encoding=\"application/x-tex\">\(source)</annotation></semantics></math>"
    } catch {
      return MathConverter.code(source, formula)
    }
  }

  private static func code(_ source: String, _ formula: MathSource) -> String {
    formula.isDisplay
      ? "<code class=\"tex block\">\(source)</code>" : "<code class=\"tex\">\(source)</code>"
  }
}

/// A formula that cannot be converted.
struct MathFailure: Error {}

/// A command that a notebook defines.
struct MathMacro {
  var parameters = 0
  /// The value of the first parameter if it is left out; nil if it cannot be.
  var standard: [MathToken]?
  var body: [MathToken]
}

/// A part of a formula in MathML.
struct MathNode {
  var html: String
  /// Whether scripts stand above and below it.
  var hasLimits = false
}
