import RealKernels
import Testing

@testable import Reports

@Suite("Markdown in pages")
struct MarkdownTests {
  private func html(_ source: String) -> String {
    var markup = MarkdownMarkup(math: MathConverter())
    markup.cell = 2
    markup.attachment = { $0 == "a b.png" ? "data:image/png;base64,AA==" : nil }
    return MarkdownHTML.html(source, &markup).text
  }

  @Test(
    "is GitHub's, with formulas and safe HTML",
    arguments: [
      ("# A *b*", "<h1 id=\"A-b\">A <em>b</em></h1>\n"),
      ("- [x] a", "<ul>\n<li><input type=\"checkbox\" checked=\"\" disabled=\"\"> a</li>\n</ul>\n"),
      (
        "|a|\n|:-:|\n|1|",
        "<table>\n<thead>\n<tr>\n<th align=\"center\">a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n"
          + "<td align=\"center\">1</td>\n</tr>\n</tbody>\n</table>\n"
      ),
      ("~~a~~", "<p><del>a</del></p>\n"),
      ("<b>a</b> <script>x</script>", "<p><b>a</b> </p>\n"),
      ("<div>\n\n*a*\n\n</div>", "<div>\n<p><em>a</em></p>\n</div>\n"),
      ("[a](javascript:x)", "<p><a>a</a></p>\n"),
      (
        "see https://a.b/c?d=1&e.",
        "<p>see <a href=\"https://a.b/c?d=1&amp;e\" rel=\"noopener noreferrer\">https://a.b/c?d=1&amp;e</a>.</p>\n"
      ),
      (
        "see \"https://a.b/cd\"",
        "<p>see &quot;<a href=\"https://a.b/cd\" rel=\"noopener noreferrer\">https://a.b/cd</a>&quot;</p>\n"
      ),
      (
        "[a](https://a.b/?c=$d&e=$f)",
        "<p><a href=\"https://a.b/?c=$d&amp;e=$f\" rel=\"noopener noreferrer\">a</a></p>\n"
      ),
      ("![x](https://a.b/$c$.png)", "<p><img src=\"https://a.b/$c$.png\" alt=\"x\"></p>\n"),
      ("![x](attachment:a%20b.png)", "<p><img src=\"data:image/png;base64,AA==\" alt=\"x\"></p>\n"),
      (
        "```python\nif 1: '$x$'\n```",
        "<pre><code class=\"language-python\"><span class=\"k\">if</span> <span class=\"m\">1</span>: "
          + "<span class=\"s\">&#39;$x$&#39;</span>\n</code></pre>\n"
      ),
      ("    a $x$ b", "<pre><code>a $x$ b\n</code></pre>\n"),
      ("[$x$](a \"$y$\")", nil),
      ("a[^1]\n\n[^1]: b", nil),
      ("*a $x*y$ b*", nil),
    ])
  func isConverted(source: String, expected: String?) {
    let result = html(source)
    switch source {
    case _ where source.hasPrefix("[$x$]"):
      #expect(result.hasPrefix("<p><a href=\"a\" rel=\"noopener noreferrer\" title=\"$y$\"><math>"))
    case _ where source.hasPrefix("a[^1]"):
      #expect(result.contains("href=\"#cell-2-fn-1\""))
      #expect(result.contains("id=\"cell-2-fn-1\""))
    case _ where source.hasPrefix("*a"):
      #expect(result.hasPrefix("<p><em>a <math>"))
      #expect(result.hasSuffix("</math> b</em></p>\n"))
    default: #expect(result == expected)
    }
  }

  @Test("a text cannot name a formula by its number")
  func forgedFormula() {
    let forged = "&#xFA800;0&#xFA801; [a](%F3%BA%A0%800%F3%BA%A0%81 \"&#xFA800;0&#xFA801;\")"
    let result = html("$x$ \(forged)")
    #expect(result.matches(of: /<math>/).count == 1)
    #expect(!result.contains("title=\"$x$\""))
    #expect(!result.contains("href=\"$x$\""))
  }

  @Test(
    "does not show the numbers of formulas",
    arguments: [
      "[$x$]($x$ '$x$')", "![$x$]($x$.png)", "# $x$", "`$x$` $x$", "<b id=\"a$x$\">$x$</b>",
      "a[^$x$]\n\n[^$x$]: $x$", "<https://a.b/$x$>", "https://a.b/$x$", "<p class='$x$'>",
      "    $x$", "|$x$|\n|-|\n|$x$|",
    ])
  func hidesNumbers(source: String) {
    let result = html(source)
    #expect(!result.contains(/[0-9]{8}/))
    #expect(!result.contains("\u{FA800}"))
  }

  @Test("gives each heading an id of its own, and collects them")
  func headings() {
    var markup = MarkdownMarkup(math: MathConverter())
    let html = MarkdownHTML.html("# A\n# A\n## <b>x</b> & $y$\n# cell-3", &markup).text
    #expect(markup.headings.map(\.level) == [1, 1, 2, 1])
    #expect(Set(markup.headings.map(\.id)).count == 4)
    #expect(!markup.headings.contains { $0.id == "cell-3" })
    #expect(markup.headings[2].title.text.hasPrefix("x &amp; <math>"))
    #expect(html.contains("<h1 id=\"A\">"))
  }

  @Test(
    "has a bound",
    arguments: [
      "[", "![", "*a **a ", "> ", "- ", "<", "`", "_a __b ", "[a](", "|a", "[^1]", "&", "\\",
      "# a\n",
      "$", "<div>", "[a]: b\n", "a\n---\n", "|a|\n|-|\n", "*", "[](", "~~", "<!--", "<?", "]",
    ])
  func hasBound(piece: String) {
    let source = String(repeating: piece, count: MarkdownHTML.limit / 4 / piece.utf8.count)
    let time = Growth.processorTime { _ = html(source) }
    #expect(time < 1000 * MarkdownTests.plainTime, "\(piece)")
  }

  /// How long text without markup takes.
  private static let plainTime = Growth.processorTime {
    _ = MarkdownTests().html(String(repeating: "a ", count: MarkdownHTML.limit / 8))
  }
}
