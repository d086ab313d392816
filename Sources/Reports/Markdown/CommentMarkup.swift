/// Comments of pipelines as HTML.
package enum CommentMarkup {
  /// The Markdown of a comment as safe HTML, without scripts and with harmless elements only.
  package static func html(_ text: String) -> String {
    var markup = MarkdownMarkup(math: MathConverter())
    return MarkdownHTML.html(text, &markup).text
  }
}
