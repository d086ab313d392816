import RealKernels
import Testing

@testable import Reports

@Suite("Code in pages")
struct CodeMarkupTests {
  private func html(_ code: String, _ language: String) -> String {
    var markup = Markup()
    CodeMarkup.put(cell: code, CodeLanguage.named(language), into: &markup)
    return markup.text
  }

  @Test(
    "has colours by language",
    arguments: [
      (
        "python", "def f(x): # <c>",
        "<span class=\"k\">def</span> <span class=\"f\">f</span>(x): <span class=\"c\"># &lt;c&gt;</span>"
      ),
      (
        "ipython3", "x = rb'a\\'b' + 1e-5",
        "x = <span class=\"s\">rb&#39;a\\&#39;b&#39;</span> + <span class=\"m\">1e-5</span>"
      ),
      (
        "python", "\"\"\"a\n'\"\"\"",
        "<span class=\"s\">&quot;&quot;&quot;a\n&#39;&quot;&quot;&quot;</span>"
      ),
      (
        "python", "%matplotlib inline\n!ls",
        "<span class=\"d\">%matplotlib inline</span>\n<span class=\"d\">!ls</span>"
      ),
      ("python", "a % b", "a % b"), ("python", "x.print", "x.print"),
      ("python", "@staticmethod", "<span class=\"d\">@staticmethod</span>"),
      ("python", "%%bash\nfi", "<span class=\"d\">%%bash</span>\n<span class=\"k\">fi</span>"),
      ("R", "x <- TRUE # c", "x &lt;- <span class=\"b\">TRUE</span> <span class=\"c\"># c</span>"),
      ("julia", "A' * b'", "A&#39; * b&#39;"),
      (
        "bash", "echo $x ${#a} # c",
        "<span class=\"b\">echo</span> <span class=\"b\">$x</span> <span class=\"b\">$</span>{#a} <span class=\"c\"># c</span>"
      ),
      (
        "sql", "SELECT 'a' -- c",
        "<span class=\"k\">SELECT</span> <span class=\"s\">&#39;a&#39;</span> <span class=\"c\">-- c</span>"
      ),
      (
        "javascript", "let a = `x\n` /* c */",
        "<span class=\"k\">let</span> a = <span class=\"s\">`x\n`</span> <span class=\"c\">/* c */</span>"
      ),
      ("c++", "int x; // c", "<span class=\"b\">int</span> x; <span class=\"c\">// c</span>"),
      ("octave", "% c", "<span class=\"c\">% c</span>"),
      ("nothing known", "if <x>", "if &lt;x&gt;"),
      ("python", "'open", "<span class=\"s\">&#39;open</span>"),
      ("python", "'", "<span class=\"s\">&#39;</span>"),
      ("python", "é = ñ", "é = ñ"),
    ])
  func hasColours(language: String, code: String, expected: String) {
    #expect(html(code, language) == expected)
  }

  @Test(
    "costs as much as its size", arguments: ["'", "\"\"\"", "/*", "(", "1e-", "a ", "%", "\\'"])
  func isLinear(piece: String) {
    for language in ["python", "javascript", "julia"] {
      let factor = Growth.factor(from: 1500) { count in
        _ = html(String(repeating: piece, count: count), language)
      }
      #expect(factor < Growth.proportional, "\(language)")
    }
  }
}
