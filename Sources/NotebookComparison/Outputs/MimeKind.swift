/// How data of a MIME type is compared.
enum MimeKind {
  case text
  case markup
  case json
  case image
  /// A reference to a widget by a random number.
  case widgetView

  init(_ mimeType: String) {
    switch mimeType {
    case "application/vnd.jupyter.widget-view+json": self = .widgetView
    case "text/html", "image/svg+xml", "application/javascript", "text/javascript",
      "application/vnd.holoviews_load.v0+json", "application/vnd.bokehjs_load.v0+json":
      self = .markup
    case _ where mimeType == "application/json" || mimeType.hasSuffix("+json"): self = .json
    case _ where mimeType.hasPrefix("image/"): self = .image
    default: self = .text
    }
  }
}
