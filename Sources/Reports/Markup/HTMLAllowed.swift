/// The elements and attributes of foreign HTML that a page may contain.
enum HTMLAllowed {
  static let elements: Set<String> = [
    "a", "abbr", "address", "article", "aside", "audio", "b", "bdi", "bdo", "big", "blockquote",
    "br", "caption", "center", "cite", "code", "col", "colgroup", "dd", "del", "details", "dfn",
    "div", "dl", "dt", "em", "figcaption", "figure", "font", "footer", "h1", "h2", "h3", "h4",
    "h5", "h6", "header", "hr", "i", "img", "input", "ins", "kbd", "label", "li", "main", "mark",
    "meter", "nav", "ol", "p", "pre", "progress", "q", "rp", "rt", "ruby", "s", "samp", "section",
    "small", "source", "span", "strike", "strong", "sub", "summary", "sup", "table", "tbody", "td",
    "tfoot", "th", "thead", "time", "tr", "tt", "u", "ul", "var", "video", "wbr",
  ]

  /// Elements of drawings; without those that run, load or animate something.
  static let drawing: Set<String> = [
    "svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan",
    "defs", "lineargradient", "radialgradient", "stop", "clippath", "mask", "pattern", "marker",
    "symbol", "use",
  ]

  static let void: Set<String> = ["br", "col", "hr", "img", "input", "source", "wbr"]

  /// Elements that are left out with all that they contain, as text and not as HTML.
  static let rawText: Set<String> = [
    "script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript",
    "plaintext",
  ]

  /// Elements that are left out with the elements in them.
  static let leftOut: Set<String> = [
    "template", "object", "applet", "select", "math", "foreignobject", "head", "frameset", "map",
  ]

  /// Attributes whose values are harmless.
  static let attributes: Set<String> = [
    "class", "id", "title", "lang", "dir", "style", "align", "valign", "width", "height", "bgcolor",
    "color", "border", "cellpadding", "cellspacing", "colspan", "rowspan", "span", "scope",
    "headers", "nowrap", "start", "value", "max", "min", "low", "high", "optimum", "reversed",
    "open", "datetime", "alt", "role", "for", "controls", "loop", "muted", "face", "size",
    "checked", "disabled", "hidden",
  ]

  static let drawingAttributes: Set<String> = [
    "viewbox", "d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy", "dx",
    "dy", "points", "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width",
    "stroke-linecap", "stroke-linejoin", "stroke-dasharray", "stroke-dashoffset",
    "stroke-miterlimit", "stroke-opacity", "opacity", "transform", "text-anchor", "font-family",
    "font-size", "font-weight", "font-style", "dominant-baseline", "alignment-baseline",
    "clip-path", "clip-rule", "mask", "marker-start", "marker-mid", "marker-end", "markerwidth",
    "markerheight", "refx", "refy", "orient", "offset", "stop-color", "stop-opacity",
    "gradientunits", "gradienttransform", "patternunits", "patterntransform", "clippathunits",
    "preserveaspectratio", "visibility", "display", "vector-effect", "textlength", "lengthadjust",
    "letter-spacing", "xmlns", "version",
  ]

  /// The elements that are only in tables.
  static let tableParts: Set<String> = [
    "caption", "col", "colgroup", "tbody", "td", "tfoot", "th", "thead", "tr",
  ]

  /// The place of the first open element that browsers end before a start tag, with all in it.
  ///
  /// What they end unseen would let a later end tag end an element around the foreign HTML.
  static func endedPlace(in open: [String], before name: String, isDrawing: Bool) -> Int? {
    // HTML in a drawing ends the drawing; a link may be part of it.
    if !isDrawing, name != "a", let place = open.firstIndex(of: "svg") { return place }
    let parents: Set<String>
    switch name {
    case "table": return lastPlace(of: ["table"], in: open, stops: cells)
    case "li": return lastPlace(of: ["li"], in: open, stops: lists)
    case "dt", "dd": return lastPlace(of: ["dt", "dd"], in: open, stops: lists)
    case "td", "th": parents = ["tr", "tbody", "thead", "tfoot", "table"]
    case "tr": parents = ["tbody", "thead", "tfoot", "table"]
    case "col": parents = ["colgroup", "table"]
    case "tbody", "thead", "tfoot", "caption", "colgroup": parents = ["table"]
    default: return nil
    }
    // A part of a table ends what is open in the part around it.
    guard let parent = open.lastIndex(where: parents.contains) else { return nil }
    return parent + 1 < open.count ? parent + 1 : nil
  }

  private static func lastPlace(
    of names: Set<String>, in open: [String], stops: Set<String>
  ) -> Int? {
    let last = open.lastIndex { names.contains($0) || stops.contains($0) }
    return last.flatMap { names.contains(open[$0]) ? $0 : nil }
  }

  private static let cells: Set<String> = ["td", "th", "caption"]

  private static let lists: Set<String> = ["ul", "ol", "dl", "table", "td", "th", "caption"]

  /// Whether a start tag ends the last open element, as in browsers.
  ///
  /// Parts of lists and tables were ended before, see ``endedPlace(in:before:isDrawing:)``.
  static func ends(_ open: String, before name: String) -> Bool {
    switch open {
    case "p": blocks.contains(name)
    case "h1", "h2", "h3", "h4", "h5", "h6": headings.contains(name)
    default: false
    }
  }

  private static let headings: Set<String> = ["h1", "h2", "h3", "h4", "h5", "h6"]

  private static let blocks: Set<String> = [
    "address", "article", "aside", "blockquote", "center", "details", "div", "dl", "figure",
    "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "ol", "p", "pre",
    "section", "summary", "table", "ul",
  ]
}
