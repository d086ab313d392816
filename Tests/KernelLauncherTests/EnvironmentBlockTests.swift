import Testing

@testable import Processes

@Suite("Environments that are not UTF-8")
struct EnvironmentBlockTests {
  private static let value = Array("LATIN=caf".utf8) + [0xE9]
  private static let name = Array("X_".utf8) + [0xE9] + Array("=1".utf8)
  private static let block = EnvironmentBlock([value, name, Array("PLAIN=a=b".utf8)])

  @Test("unchanged variables keep their bytes")
  func unchanged() {
    let entries = Set(Self.block.entries(of: Self.block.texts))
    #expect(entries == [Self.value, Self.name, Array("PLAIN=a=b".utf8)])
  }

  @Test("changed and removed variables have priority over the bytes")
  func changed() {
    var texts = Self.block.texts
    texts["LATIN"] = "tea"
    texts["X_\u{FFFD}"] = nil
    #expect(
      Set(Self.block.entries(of: texts)) == [Array("LATIN=tea".utf8), Array("PLAIN=a=b".utf8)])
  }
}
