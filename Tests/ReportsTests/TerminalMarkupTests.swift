import RealKernels
import Testing

@testable import Reports

@Suite("The text of terminals in pages")
struct TerminalMarkupTests {
  @Test(
    "has its colours and styles, as in JupyterLab",
    arguments: [
      ("a<b", "a&lt;b"),
      ("\u{1B}[31mred\u{1B}[0m x", "<span class=\"t1\">red</span> x"),
      ("\u{1B}[1;31mred", "<span class=\"t9\" style=\"font-weight:bold\">red</span>"),
      ("\u{1B}[92mx\u{1B}[39my", "<span class=\"tf\" style=\"--f:var(--t10)\">x</span>y"),
      ("\u{1B}[38;5;208mx", "<span class=\"tf\" style=\"--f:rgb(255,135,0)\">x</span>"),
      ("\u{1B}[48;2;1;2;3mx", "<span class=\"tg\" style=\"--g:rgb(1,2,3)\">x</span>"),
      ("\u{1B}[4;9mx", "<span style=\"text-decoration:underline line-through\">x</span>"),
      ("\u{1B}[7mx\u{1B}[27my", "<span class=\"ti\">x</span>y"),
      (
        "\u{1B}[3mx\u{1B}[23;2my",
        "<span style=\"font-style:italic\">x</span><span style=\"opacity:.65\">y</span>"
      ),
      ("\u{1B}[31m\u{1B}[0mx", "x"),
      ("\u{1B}[2Kx\u{1B}[?25l\u{1B}]8;;http://a\u{1B}\\y\u{1B}(Bz", "xyz"),
      ("\u{1B}[38;5;-5mx", "<span class=\"tf\" style=\"--f:var(--t0)\">x</span>"),
      ("\u{1B}[38;5mx", "x"), ("\u{1B}[999999999999mx", "x"), ("\u{1B}", ""), ("\u{1B}[31", "[31"),
    ])
  func hasStyles(text: String, expected: String) {
    var markup = Markup()
    TerminalMarkup.put(text, into: &markup)
    #expect(markup.text == expected)
  }

  @Test("costs as much as its size", arguments: ["\u{1B}[31m", "\u{1B}[", "\u{1B}]", "\u{1B}[1mx"])
  func isLinear(piece: String) {
    let factor = Growth.factor(from: 10_000) { count in
      var markup = Markup()
      TerminalMarkup.put(String(repeating: piece, count: count), into: &markup)
    }
    #expect(factor < Growth.proportional)
  }
}
