import JSONCore

/// The outputs of a cell in the form in which they are compared.
///
/// All pieces of a stream are one text: how a kernel divides them, and how standard output and
/// standard error alternate, differs from run to run.
struct ComparedOutputs {
  /// The text of each stream by name, in order of appearance.
  private(set) var streams: [(name: String, text: String)] = []
  /// The other outputs, in order.
  private(set) var others: [JSONObject] = []

  init(_ outputs: [JSONValue]) {
    for output in outputs {
      guard let object = output.object else { continue }
      guard object["output_type"]?.string == "stream" else {
        others.append(object)
        continue
      }
      let name = object["name"]?.string ?? "stdout"
      let text = object["text"]?.string ?? ""
      if let place = streams.firstIndex(where: { $0.name == name }) {
        streams[place].text += text
      } else {
        streams.append((name, text))
      }
    }
    for place in streams.indices {
      streams[place].text = ComparedOutputs.overwritten(streams[place].text)
    }
    streams.removeAll(where: \.text.isEmpty)
  }

  func stream(_ name: String) -> String? { streams.first { $0.name == name }?.text }

  /// A text without what carriage returns and backspaces overwrite.
  private static func overwritten(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == 0x0D || $0 == 0x08 }) else { return text }
    var result: [UInt8] = []
    var lineStart = 0
    var returned = false
    for byte in text.utf8 {
      switch byte {
      case 0x0D: returned = true
      case 0x0A:
        returned = false
        result.append(byte)
        lineStart = result.count
      case 0x08:
        // The bytes of one character.
        while result.count > lineStart, result.removeLast() & 0xC0 == 0x80 {}
      default:
        if returned { result.removeSubrange(lineStart...) }
        returned = false
        result.append(byte)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
