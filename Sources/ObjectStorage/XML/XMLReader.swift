import CExpat

/// Reads the XML of servers with expat.
///
/// Expat is small, has no dependencies, is kept against hostile input since 25 years, and is in every
/// distribution; Foundation's reader would bring libxml2 and all of Foundation.
///
/// A document type is refused, because entities are declared there, and depth and size are bounded.
struct XMLReader {
  /// Why a document could not be read.
  struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
    var description: String
  }

  private static let maximumDepth = 32
  private static let maximumElements = 200_000

  /// The elements that are open, the root first, in a box that C's functions can have a pointer to.
  private final class Progress {
    var open: [XMLElement] = []
    var root: XMLElement?
    var elements = 0
    var problem: String?
    let parser: XML_Parser

    init(_ parser: XML_Parser) { self.parser = parser }

    func stop(_ reason: String) {
      problem = problem ?? reason
      XML_StopParser(parser, XML_Bool(XML_FALSE))
    }

    func begin(_ name: String) {
      elements += 1
      guard open.count < XMLReader.maximumDepth else { return stop("it is nested too deeply") }
      guard elements <= XMLReader.maximumElements else { return stop("it has too many elements") }
      open.append(XMLElement(name: name))
    }

    func end() {
      guard let element = open.popLast() else { return }
      if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
    }

    func add(_ text: String) {
      if !open.isEmpty { open[open.count - 1].text += text }
    }
  }

  /// Reads a document, and returns its root.
  static func read(_ bytes: [UInt8]) throws(Failure) -> XMLElement {
    // Servers send blanks while they work, so that the connection does not end.
    let bytes = bytes.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
    guard let parser = XML_ParserCreate(nil) else {
      throw Failure(description: "there is not enough memory")
    }
    defer { XML_ParserFree(parser) }
    let progress = Progress(parser)
    return try withExtendedLifetime(progress) { () throws(Failure) in
      XML_SetUserData(parser, Unmanaged.passUnretained(progress).toOpaque())
      setHandlers(parser)
      let status = bytes.withUnsafeBufferPointer { buffer in
        buffer.withMemoryRebound(to: CChar.self) { text in
          XML_Parse(parser, text.baseAddress, Int32(clamping: text.count), 1)
        }
      }
      guard status == XML_STATUS_OK, let root = progress.root else {
        let line = XML_GetCurrentLineNumber(parser)
        let reason = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) }
        throw Failure(description: "line \(line): \(progress.problem ?? reason ?? "it is not XML")")
      }
      return root
    }
  }

  private static func setHandlers(_ parser: XML_Parser) {
    XML_SetElementHandler(
      parser,
      { data, name, _ in
        guard let name else { return }
        let full = String(cString: name)
        XMLReader.progress(data)?.begin(String(full.split(separator: ":").last ?? ""))
      },
      { data, _ in XMLReader.progress(data)?.end() })
    XML_SetCharacterDataHandler(parser) { data, text, count in
      let bytes = UnsafeRawBufferPointer(start: text, count: Int(count))
      XMLReader.progress(data)?.add(String(decoding: bytes, as: UTF8.self))
    }
    XML_SetStartDoctypeDeclHandler(parser) { data, _, _, _, _ in
      XMLReader.progress(data)?.stop("it has a document type, which may hide anything")
    }
  }

  private static func progress(_ data: UnsafeMutableRawPointer?) -> Progress? {
    data.map { Unmanaged<Progress>.fromOpaque($0).takeUnretainedValue() }
  }
}
