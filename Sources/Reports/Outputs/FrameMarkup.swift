/// Frames for HTML with scripts: each has an origin of its own, so it reaches neither the page nor
/// the other frames, and cannot lead the reader to another page.
struct FrameMarkup {
  /// The number that scripts must carry to run; the page's policy names it, so that HTML that got
  /// into the page in some other way has no script that runs.
  let nonce: String
  /// The maximum size of a frame's content.
  static let limit = 32 << 20

  /// A frame with HTML.
  ///
  /// - Parameters:
  ///   - style: the style of the frame; nil for one that is as high as its content.
  ///   - depth: the number of frames around it.
  func html(_ content: [UInt8], style: String? = nil, depth: Int = 0) -> String {
    var page = Markup("<!DOCTYPE html><meta charset=\"utf-8\"><style>\(FrameMarkup.style)</style>")
    // Outputs from before Jupyter left RequireJS behind; nbconvert loads it for each page.
    if FrameMarkup.contains(content, "require(") || FrameMarkup.contains(content, "requirejs") {
      page.put(
        "<script nonce=\"\(nonce)\" src=\"https://cdnjs.cloudflare.com/ajax/libs/require.js/2.3.6/"
          + "require.min.js\"></script>")
    }
    page.put(marked(content, depth: depth))
    if style == nil { page.put("<script nonce=\"\(nonce)\">\(FrameMarkup.script)</script>") }
    var frame = Markup("<iframe sandbox=\"allow-scripts\"")
    if let style { frame.put(" style=\"\(style.asHTML)\"") } else { frame.put(" class=\"auto\"") }
    frame.put(" srcdoc=\"")
    frame.put(escaping: page.bytes)
    frame.put("\"></iframe>")
    return frame.text
  }

  /// The HTML with the number in its scripts, and in the frames in it.
  private func marked(_ html: [UInt8], depth: Int) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(html.count + 256)
    var tokenizer = HTMLTokenizer(html)
    var written = 0
    while let token = tokenizer.next() {
      guard case .start(let tag) = token else { continue }
      let start = tokenizer.start
      if tag.name == "script" {
        result += html[written..<(start + 7)]
        result += " nonce=\"\(nonce)\"".utf8
        written = start + 7
      } else if tag.name == "iframe", let content = tag["srcdoc"], depth < 2 {
        result += html[written..<start]
        result +=
          self.html(
            Array(CharacterReference.decoded(content).utf8),
            style: tag["style"].map { CharacterReference.decoded($0) } ?? "width:100%;height:400px",
            depth: depth + 1
          ).utf8
        written = tokenizer.position
      }
      if HTMLAllowed.rawText.contains(tag.name) {
        _ = tokenizer.rawText(of: tag.name)
        if tag.name == "iframe", written > start { written = tokenizer.position }
      }
    }
    result += html[written...]
    return result
  }

  private static func contains(_ bytes: [UInt8], _ text: String) -> Bool {
    let text = Array(text.utf8)
    return bytes.withUnsafeBufferPointer { bytes in
      var index = 0
      while index + text.count <= bytes.count {
        if bytes[index] == text[0], bytes[index..<(index + text.count)].elementsEqual(text) {
          return true
        }
        index += 1
      }
      return false
    }
  }

  private static let style = """
    body{margin:4px;font:14px system-ui,sans-serif}table{border-collapse:collapse}\
    td,th{padding:3px 9px;text-align:right;border-bottom:1px solid #8884}
    """

  /// Tells the page the height of the content, a limited number of times, and not if that is the
  /// height of the frame: content may be as high as its frame.
  private static let script = """
    {let n=0;const tell=()=>{let h=0;for(const e of document.body.children)\
    h=Math.max(h,e.getBoundingClientRect().bottom+scrollY);h=Math.ceil(h)+8;\
    if(h>8&&Math.abs(h-innerHeight)>16&&n++<30)parent.postMessage({lyreHeight:h},'*')};\
    new ResizeObserver(tell).observe(document.body);addEventListener('load',tell);tell()}
    """

  /// The script of the page, which sets the heights.
  static let pageScript = """
    addEventListener('message',e=>{const h=e.data&&e.data.lyreHeight;\
    if(typeof h!=='number'||!(h>0))return;\
    for(const f of document.getElementsByTagName('iframe'))\
    if(f.contentWindow===e.source)f.style.height=Math.min(h,8000)+'px'});
    """
}
