import RealKernels
import Testing

@testable import Reports

@Suite("Foreign HTML")
struct SanitizerTests {
  private func safe(_ html: String, keepsStyles: Bool = false) -> String {
    var sanitizer = HTMLSanitizer()
    sanitizer.keepsStyles = keepsStyles
    return sanitizer.sanitized(Array(html.utf8)).text
  }

  @Test(
    "has neither scripts nor addresses of scripts left",
    arguments: [
      ("<script>alert(1)</script>x", "x"),
      ("<SCRIPT SRC=//a.b/c.js></SCRIPT>x", "x"),
      ("<script>a</scr</script>x", "x"),
      ("<script>alert(1)", ""),
      ("<img src=x onerror=alert(1)>", "<img src=\"x\">"),
      ("<img/onerror=\"alert(1)\"src=x>", "<img src=\"x\">"),
      ("<a href=\"javascript:alert(1)\">x</a>", "<a>x</a>"),
      ("<a href=\" java\tscript:alert(1)\">x</a>", "<a>x</a>"),
      ("<a href=\"&#106;avascript&colon;alert(1)\">x</a>", "<a>x</a>"),
      ("<a href=\"java&Tab;script&colon;alert(1)\">x</a>", "<a>x</a>"),
      ("<a href=\"java&ZeroWidthSpace;script:x\">x</a>", "<a>x</a>"),
      ("<a href=\"data:text/html,<script>1</script>\">x</a>", "<a>x</a>"),
      ("<a href=\"vbscript:x\">x</a>", "<a>x</a>"),
      ("<img src=\"data:text/html;base64,AAAA\">", "<img>"),
      ("<svg><script>alert(1)</script></svg>", "<svg></svg>"),
      (
        "<svg><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg>",
        "<svg><a><text>x</text></a></svg>"
      ),
      ("<svg><use href=\"https://a.b/c.svg#x\"></use></svg>", "<svg><use></use></svg>"),
      ("<svg><animate attributeName=href values=javascript:alert(1) /></svg>", "<svg></svg>"),
      ("<svg><foreignObject><iframe onload=alert(1)></foreignObject></svg>", "<svg></svg>"),
      ("<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>", ""),
      ("<iframe srcdoc=\"<script>1</script>\"></iframe>x", "x"),
      ("<object data=x></object><embed src=x>x", "x"),
      ("<meta http-equiv=refresh content=\"0;url=https://a.b\">x", "x"),
      ("<base href=https://a.b>x", "x"), ("<link rel=stylesheet href=https://a.b>x", "x"),
      ("<form action=https://a.b><input name=p><button>x</button></form>", "x"),
      ("<template><script>1</script></template>x", "x"),
      (
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">x", "<img src=\"x\">\"&gt;x"
      ),
      ("<style>*{display:none}</style>x", "x"),
      ("<!--><script>alert(1)</script>-->x", "--&gt;x"),
      ("<!-- > --><b>x</b>", "<b>x</b>"),
      ("<x-y><b>x</b></x-y>", "<b>x</b>"),
      ("<b style=\"a\"\"b\">x</b>", "<b style=\"a\">x</b>"),
      ("<b id=\"cell&#45;3\">x</b>", "<b>x</b>"), ("<b id=\"cell&#1;-3\">x</b>", "<b>x</b>"),
      ("<b id='a&quot;&amp;'>x</b>", "<b id=\"a&quot;&amp;\">x</b>"),
      ("<p id=cell-3 name=x class='a\"b'>x</p>", "<p class=\"a&quot;b\">x</p>"),
    ])
  func isHarmless(html: String, expected: String) { #expect(safe(html) == expected) }

  @Test(
    "cannot end an element around it, and leaves none open",
    arguments: [
      ("</div></section>x", "x"), ("<div><b>x</div>y", "<div><b>x</b></div>y"),
      ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
      (
        "<table><tr><td>a<td>b<tr><td>c</table>d",
        "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>d"
      ),
      ("<b><table><tr><td></b>x</td></tr></table>", "<b><table><tr><td>x</td></tr></table></b>"),
      ("<p>a<p>b", "<p>a</p><p>b</p>"), ("<h1>a<h2>b", "<h1>a</h1><h2>b</h2>"),
      (
        "<ul><li><div><li>a</li></div></li></ul>x", "<ul><li><div></div></li><li>a</li></ul>x"
      ),
      (
        "<ul><li><div><td><li>a</li></td></div></li></ul>x",
        "<ul><li><div></div></li><li>a</li></ul>x"
      ),
      ("<dl><dt><div><dd>a</div></dl>", "<dl><dt><div></div></dt><dd>a</dd></dl>"),
      ("<ul><li><ul><li>a</ul></ul>", "<ul><li><ul><li>a</li></ul></li></ul>"),
      (
        "<table><div><table></table></div></table>x",
        "<table><div></div></table><table></table>x"
      ),
      (
        "<table><td><div><tr><table></table></tr></div></td></table>x",
        "<table><td><div></div></td><tr></tr></table><table></table>x"
      ),
      (
        "<table><tr><td><table><tr><td>a</table>b</table>",
        "<table><tr><td><table><tr><td>a</td></tr></table>b</td></tr></table>"
      ),
      ("<svg><section><b>a</b></section></svg>x", "<svg></svg><section><b>a</b></section>x"),
      ("<svg><g><text>a</text></g></svg>x", "<svg><g><text>a</text></g></svg>x"),
      ("<tr><td>a</td></tr>x", "ax"),
      ("a < b & c &lt; d", "a &lt; b & c &lt; d"),
      ("<b", ""), ("<b title=\"x", ""), ("<", "&lt;"), ("</", "&lt;/"), ("<1>", "&lt;1&gt;"),
    ])
  func isBalanced(html: String, expected: String) { #expect(safe(html) == expected) }

  @Test("keeps style sheets only for a place that they do not leave")
  func keepsStyles() {
    let html = "<style>td{color:red}</style><table><tr><td>1</td></tr></table>"
    #expect(safe(html, keepsStyles: true) == html)
    #expect(safe(html) == "<table><tr><td>1</td></tr></table>")
    // In a drawing a style sheet could hide tags from all but browsers.
    let drawing = "<svg><style>g{color:red}</style><g></g></svg>"
    #expect(safe(drawing, keepsStyles: true) == drawing)
    #expect(
      safe("<svg><style></template></div><b></style></svg>x", keepsStyles: true) == "<svg></svg>x")
  }

  @Test(
    "costs as much as its size",
    arguments: ["<div>", "<b><i>", "<!--", "<a href=", "<p", "</p>", "&amp;", "<script>", "<td>"])
  func isLinear(piece: String) {
    let factor = Growth.factor(from: 40_000 / piece.utf8.count) { count in
      _ = safe(String(repeating: piece, count: count))
    }
    #expect(factor < Growth.proportional, "\(piece)")
  }

  @Test(
    "is told apart by what it needs",
    arguments: [
      ("<table></table>", "plain"), ("<style>.x{}</style><p>", "styled"),
      ("<style scoped>\n    .dataframe tbody tr th:only-of-type {}</style><table>", "plain"),
      ("<p><script>1</script>", "scripts"), ("<script type=\"module\">1</script>", "scripts"),
      ("<script type=\"application/json\">{}</script>", "plain"), ("<canvas>", "scripts"),
      ("<!-- <script> --><p>", "plain"), ("<style>/*<script>*/</style>", "styled"),
    ])
  func kinds(html: String, expected: String) {
    #expect("\(HTMLOutput(Array(html.utf8)))" == expected)
  }
}
