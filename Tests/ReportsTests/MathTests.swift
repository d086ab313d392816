import RealKernels
import Testing

@testable import Reports

@Suite("Formulas in pages")
struct MathTests {
  /// The MathML of a formula, without what is the same for all.
  private func mathML(_ source: String) -> String {
    var converter = MathConverter()
    let html = converter.html(MathSource(source: source, body: source, isDisplay: false))
    guard html.hasPrefix("<math><semantics><mrow>") else { return html }
    let start = html.dropFirst("<math><semantics><mrow>".count)
    guard let end = start.firstRange(of: "</mrow><annotation") else { return html }
    return String(start[..<end.lowerBound])
  }

  @Test(
    "become MathML",
    arguments: [
      ("x^2", "<msup><mi>x</mi><mn>2</mn></msup>"),
      ("x_1^2", "<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>"),
      ("x^23", "<msup><mi>x</mi><mn>2</mn></msup><mn>3</mn>"),
      ("x'", "<msup><mi>x</mi><mo>′</mo></msup>"),
      ("12.5", "<mn>12.5</mn>"), ("a-b", "<mi>a</mi><mo>−</mo><mi>b</mi>"),
      ("\\frac12", "<mfrac><mn>1</mn><mn>2</mn></mfrac>"),
      ("\\frac{a}{b+c}", "<mfrac><mi>a</mi><mrow><mi>b</mi><mo>+</mo><mi>c</mi></mrow></mfrac>"),
      ("{a \\over b}", "<mfrac><mi>a</mi><mi>b</mi></mfrac>"),
      ("\\sqrt[3]{x}", "<mroot><mi>x</mi><mn>3</mn></mroot>"),
      ("\\alpha\\Omega", "<mi>α</mi><mi mathvariant=\"normal\">Ω</mi>"),
      ("\\sum_{i}^n", "<munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover>"),
      ("\\int_0^1", "<msubsup><mo>∫</mo><mn>0</mn><mn>1</mn></msubsup>"),
      ("\\mathbb{R}", "<mi>ℝ</mi>"), ("\\mathbf{x}", "<mi>𝐱</mi>"),
      ("\\mathrm{rank}", "<mi>rank</mi>"),
      ("{\\rm d}x", "<mi mathvariant=\"normal\">d</mi><mi>x</mi>"),
      ("\\text{if } x", "<mrow><mtext>if\u{A0}</mtext></mrow><mi>x</mi>"),
      ("\\hat{x}", "<mover accent=\"true\"><mi>x</mi><mo stretchy=\"false\">^</mo></mover>"),
      (
        "\\left(x\\right.",
        "<mrow><mo fence=\"true\" stretchy=\"true\" form=\"prefix\">(</mo><mi>x</mi></mrow>"
      ),
      (
        "\\begin{matrix}a&b\\\\c\\end{matrix}",
        "<mtable><mtr><mtd><mi>a</mi></mtd><mtd><mi>b</mi></mtd></mtr><mtr><mtd><mi>c</mi></mtd></mtr></mtable>"
      ),
      ("\\newcommand{\\v}[1]{\\mathbf{#1}}\\v{x}", "<mi>𝐱</mi>"),
      ("\\def\\R{\\mathbb{R}}\\R", "<mi>ℝ</mi>"),
      ("\\unknown x", "<mtext class=\"unknown\">\\unknown</mtext><mi>x</mi>"),
      ("a<b&c", "<mi>a</mi><mo>&lt;</mo><mi>b</mi><mi>c</mi>"),
      ("\\color{red\"><script>}x", "<mstyle style=\"color:inherit\"><mi>x</mi></mstyle>"),
      ("\\not=", "<mo>=\u{338}</mo>"),
      (
        "\\operatorname{arg\\,max}_x",
        "<msub><mrow><mi>arg max</mi><mo>&#8289;</mo></mrow><mi>x</mi></msub>"
      ),
      (
        "\\sin^2x",
        "<msup><mrow><mi>sin</mi><mo>&#8289;</mo></mrow><mn>2</mn></msup><mi>x</mi>"
      ),
      (
        "\\DeclareMathOperator{\\f}{f}\\f_x",
        "<msub><mrow><mi>f</mi><mo>&#8289;</mo></mrow><mi>x</mi></msub>"
      ),
    ])
  func areConverted(source: String, expected: String) {
    #expect(mathML(source) == expected)
  }

  @Test(
    "that cannot be read are shown as they are",
    arguments: [
      "{", "}", "\\frac", "x^", "a^b^c", "\\left(", "\\right)", "\\begin{x}", "\\sqrt[",
      "\\begin{matrix}a",
    ])
  func showSource(source: String) {
    #expect(mathML(source) == "<code class=\"tex\">\(source)</code>")
  }

  @Test("define commands for later ones")
  func keepMacros() {
    var converter = MathConverter()
    #expect(converter.html(MathSource(source: "", body: "\\def\\a{b}", isDisplay: false)) == "")
    #expect(
      converter.html(MathSource(source: "$\\a$", body: "\\a", isDisplay: true))
        == "<math display=\"block\"><semantics><mrow><mi>b</mi></mrow>"
        + "<annotation encoding=\"application/x-tex\">$\\a$</annotation></semantics></math>")
  }

  @Test(
    "have a bound",
    arguments: [
      String(repeating: "{", count: 9000), String(repeating: "\\frac", count: 3000),
      String(repeating: "x^", count: 9000), "\\def\\a{\\a\\a}\\a", "\\def\\a{x\\a}\\a",
      String(repeating: "\\left(", count: 2000), String(repeating: "\\sqrt", count: 3000),
      "\\def\\a#1{#1#1#1#1#1#1#1#1}\\a{\\a{\\a{\\a{\\a{\\a{\\a{x}}}}}}}",
      String(repeating: "\\begin{matrix}", count: 1000),
    ])
  func haveBound(source: String) {
    #expect(Growth.processorTime { _ = mathML(source) } < 100 * MathTests.plainTime)
  }

  /// How long a formula without commands takes.
  private static let plainTime = Growth.processorTime {
    _ = MathTests().mathML(String(repeating: "x", count: 9000))
  }

  @Test("have a bound that counts blanks, of which macros make many")
  func countBlanks() {
    var parser = MathParser("", [:])
    parser.rest = Array(repeating: .space, count: 10)
    parser.skipBlanks()
    #expect(parser.steps == 10)
  }

  @Test(
    "are found as in Jupyter",
    arguments: [
      ("a $x$ b", ["$x$"]), ("$$x$$", ["$$x$$"]), ("\\$5 and $x$", ["$x$"]), ("$5 and $10", []),
      ("`$x$` $y$", ["$y$"]), ("```\n$x$\n```\n$y$", ["$y$"]), ("~~~\n$x$", []),
      ("$a\n\nb$", []), ("$\\text{a $b$ c}$", ["$\\text{a $b$ c}$"]),
      ("\\begin{align}\na&b\n\\end{align}", ["\\begin{align}\na&b\n\\end{align}"]),
      ("\\begin{tabular}x\\end{tabular}", []), ("\\\\(x\\\\)", ["\\\\(x\\\\)"]),
      ("\\\\[x\\\\]", ["\\\\[x\\\\]"]), ("$x", []), ("$$x", []), ("$ x $", ["$ x $"]),
      ("$a`b`$", []),
    ])
  func areFound(text: String, expected: [String]) {
    #expect(MathFinder(text).formulas.map(\.source) == expected)
  }

  @Test(
    "are found in linear time",
    arguments: ["$", "${", "`", "``` ", "\\begin{align}", "\\\\[", "$$ {"])
  func areFoundInLinearTime(piece: String) {
    let factor = Growth.factor(from: 10_000 / piece.utf8.count) { count in
      _ = MathFinder(String(repeating: piece, count: count))
    }
    #expect(factor < Growth.proportional)
  }

  @Test("are found in linear time if their end is too far away")
  func farEnd() {
    let end = String(repeating: "x", count: 20_001) + "\\]"
    let factor = Growth.factor(from: 4000) { count in
      _ = MathFinder(String(repeating: "\\[", count: count) + end, isMarkdown: false)
    }
    #expect(factor < Growth.proportional)
  }
}
