import JSONCore
import NotebookComparison
import Testing

@Suite("Comparison of pictures")
struct ImageTests {
  private func difference(
    _ stored: String, _ new: String, tolerance: Double = 2, type: String = "image/png"
  ) -> String? {
    func output(_ data: String) -> JSONValue {
      var bundle: JSONObject = [:]
      bundle[type] = .init(data)
      return ["output_type": "display_data", "metadata": [:], "data": .object(bundle)]
    }
    return OutputComparison(imageTolerance: tolerance)
      .differences(stored: [output(stored)], new: [output(new)]).first?.message
  }

  @Test(
    "goes by pixels, however they are stored",
    arguments: [
      (Pictures.filtered, Pictures.uncompressed), (Pictures.filtered, Pictures.opaque),
      (Pictures.opaque, Pictures.uncompressed), (Pictures.palette, Pictures.gray),
      (Pictures.gray, Pictures.gray.replacing("\n", with: "")),
    ])
  func equal(_ stored: String, _ new: String) {
    #expect(difference(stored, new, tolerance: 0) == nil)
  }

  @Test("has a tolerance, and tells how many pixels differ and how much")
  func tolerance() {
    #expect(difference(Pictures.filtered, Pictures.brighter) == nil)
    #expect(
      difference(Pictures.filtered, Pictures.brighter, tolerance: 0.1)
        == "differs in 100 % of its pixels (root mean square 0.5 of 255, tolerance 0.1)")
    #expect(
      difference(Pictures.filtered, Pictures.black)?.hasPrefix("differs in 50 % of its pixels")
        == true)
    #expect(
      difference(Pictures.filtered, Pictures.higher)
        == "differs in size: stored 24×10 pixels, now 24×11 pixels")
  }

  @Test("goes by bytes for data that cannot be decoded, and never traps")
  func undecodable() {
    #expect(difference("AAAA", "AAAB") == "differs (3 bytes stored, 3 bytes now)")
    #expect(difference("?", "AAAA") == "differs, and its data is not base64")
    #expect(difference("AAAA", "AAAA\n") == nil)
    let jpeg = "/9j/wAARCAABAAEDAREAAhEBAxEB"
    #expect(
      difference(jpeg, jpeg + "AAAA", type: "image/jpeg")
        == "differs (1×1 pixels; its pixels cannot be compared in this format)")
    // Every beginning, and every byte changed.
    let text = Array(Pictures.palette.utf8.filter { $0 != 0x0A })
    for count in 0..<text.count {
      _ = difference(Pictures.palette, String(decoding: text.prefix(count), as: UTF8.self))
      var changed = text
      changed[count] = changed[count] == 0x41 ? 0x62 : 0x41
      _ = difference(Pictures.gray, String(decoding: changed, as: UTF8.self))
    }
  }
}
