import Testing

@testable import ObjectStorage

@Suite("XML of servers")
struct XMLReaderTests {
  private func read(_ text: String) throws -> XMLElement { try XMLReader.read(Array(text.utf8)) }

  @Test(
    "text is read in all its spellings",
    arguments: [
      ("<a><b>x</b></a>", "x"),
      ("<a><b>&lt;&amp;&quot;&#233;&#x10FFFF;</b></a>", "<&\"é\u{10FFFF}"),
      ("<a><b><![CDATA[<é>]]></b></a>", "<é>"), ("<a><b/></a>", ""),
      ("<a><b>x<!-- c -->y</b></a>", "xy"),
      (#"<?xml version="1.0" encoding="UTF-8"?><n:a xmlns:n="u"><n:b>x</n:b></n:a>"#, "x"),
      (#"<a xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><b t="1"> x </b></a>"#, " x "),
      (#"<?xml version="1.0" encoding="ISO-8859-1"?><a><b>x</b></a>"#, "x"),
      ("\u{FEFF}<a><b>x</b></a>", "x"),
      ("  \r\n<?xml version=\"1.0\"?><a><b>x</b></a>", "x"),
    ])
  func reads(document: String, text: String) throws {
    let root = try read(document)
    #expect(root.name == "a")
    #expect(root.text("b") == text)
  }

  @Test("elements of one name keep their order, and others are not mistaken for them")
  func order() throws {
    let root = try read("<a><k>1</k><x><k>no</k></x><k>2</k></a>")
    #expect(root.all("k").map(\.text) == ["1", "2"])
    #expect(root["x"]?.text("k") == "no")
    #expect(root["y"] == nil)
  }

  @Test(
    "what is no XML, unfinished, too deep or declares entities is refused",
    arguments: [
      "", " ", "x", "<a>", "<a></b>", "<a>&b;</a>", "<a/><b/>", "{\"a\": 1}", "<html><br></html>",
      "<!DOCTYPE a [<!ENTITY b \"x\">]><a>&b;</a>",
      "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>",
      String(repeating: "<a>", count: 33) + String(repeating: "</a>", count: 33),
    ])
  func refuses(document: String) {
    #expect(throws: XMLReader.Failure.self) { try read(document) }
  }

  @Test("the reason has the line")
  func reason() {
    let failure = #expect(throws: XMLReader.Failure.self) { try read("<a>\n<b>\n</a>") }
    #expect(failure?.description.hasPrefix("line 3: ") == true, "\(failure.map { "\($0)" } ?? "")")
  }

  @Test("random bytes and damaged documents never trap")
  func random() {
    var generator = SystemRandomNumberGenerator()
    let good = Array(
      "<ListBucketResult><Contents><Key>a&amp;b</Key></Contents></ListBucketResult>".utf8)
    for _ in 0..<2000 {
      var bytes = good
      for _ in 0...Int.random(in: 0..<4, using: &generator) {
        bytes[Int.random(in: bytes.indices, using: &generator)] = .random(
          in: 0...255, using: &generator)
      }
      _ = try? XMLReader.read(bytes)
      _ = try? XMLReader.read(
        Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &generator))))
    }
  }

  @Test(
    "escaped text is read back as it was",
    arguments: ["", "a b+é%", "<&>\"'", "a\tb\r\nc", "]]>", "\u{10FFFF}"])
  func escapes(text: String) throws {
    let escaped = try #require(XMLElement.escaped(text))
    #expect(try read("<a>\(escaped)</a>").text == text)
  }

  @Test(
    "text that XML cannot have is not escaped",
    arguments: ["\u{0}", "a\u{1}", "\u{1F}", "\u{FFFE}"])
  func impossible(text: String) {
    #expect(XMLElement.escaped(text) == nil)
  }
}
