import Glibc
import RealKernels
import Testing

@Suite("docs/wishes.md")
struct WishesTests {
  @Test("names existing tests only")
  func namesTests() throws {
    let text = try content("docs/wishes.md")
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst(2)
    #expect(rows.count > 20)
    var tests: Set<String> = []
    for source in try SwiftSource.all(under: "Tests", in: RealKernels.repositoryRoot) {
      let names = try content(source.path).matches(of: #/@(?:Test|Suite)\(\s*"((?:[^"\\]|\\.)*)"/#)
      tests.formUnion(names.map { String($0.1) })
    }
    for row in rows {
      let names = row.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
        .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
      #expect(!names.isEmpty, "\(row)")
      for name in names { #expect(tests.contains(name), "\(name)") }
    }
  }

  /// The text of a file of this repository.
  private func content(_ path: String) throws -> String {
    let file = try #require(fopen("\(RealKernels.repositoryRoot)/\(path)", "re"))
    defer { fclose(file) }
    var content: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&piece, 1, piece.count, file), count > 0 {
      content += piece[..<count]
    }
    return String(decoding: content, as: UTF8.self)
  }
}
