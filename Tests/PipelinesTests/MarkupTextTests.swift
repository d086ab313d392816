import Pipelines
import Testing

@Suite("Texts in XML and HTML")
struct MarkupTextTests {
  private static let text = "a<b> & \"c\" 'd'\n\t\u{1B}[0m\u{7F}\u{FFFE}é😀"

  @Test(
    "special characters are escaped for each kind of document",
    arguments: [
      (MarkupText.Place.html, "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;\n\t[0mé😀"),
      (.xml, "a&lt;b&gt; &amp; &quot;c&quot; 'd'&#10;&#9;[0m\u{7F}é😀"),
      (.svg, "a&lt;b&gt; &amp; &quot;c&quot; 'd'\n\t[0m\u{7F}é😀"),
    ])
  func escapes(place: MarkupText.Place, expected: String) {
    #expect(MarkupText.escaped(MarkupTextTests.text, in: place) == expected)
  }
}
