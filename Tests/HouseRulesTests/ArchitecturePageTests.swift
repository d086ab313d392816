import FoundationEssentials
import RealKernels
import Testing

@Suite("docs/architecture.md")
struct ArchitecturePageTests {
  private func page() throws -> String {
    try String(
      contentsOfFile: "\(RealKernels.repositoryRoot)/docs/architecture.md", encoding: .utf8)
  }

  @Test("its table has every module with its allowed imports, as in the house rule")
  func tableIsTheRule() throws {
    var table: [String: Set<String>] = [:]
    for line in try page().split(separator: "\n") where line.hasPrefix("| `") {
      let columns = line.split(separator: "|").map { names(in: $0) }
      let module = try #require(columns.first?.first, "\(line)")
      table[module] = Set(columns.last ?? [])
    }
    for (module, imports) in HouseRule.knows { #expect(table[module] == imports, "\(module)") }
    #expect(Set(table.keys) == Set(HouseRule.knows.keys))
  }

  @Test("all types, functions and paths in it exist")
  func namesWhatIsThere() throws {
    let sources = try SwiftSource.all(under: "Sources", in: RealKernels.repositoryRoot)
    let declared = Set(sources.flatMap(\.declaredNames))
    let folders = Set(sources.map { "Sources/\($0.module)" })
    let known = declared.union(sources.map(\.module)).union(folders).union([
      "Tests/HouseRulesTests", "Sources/CZeroMQ", "Sources/COpenSSL", "Sources/CMarkdown",
      "Sources/CArchive", "Sources/CExpat",
      "Sources/CSystemShims", "Sources/CLyreVersion", "Sources/WebPage",
    ])
    // Commands, options and file name suffixes begin differently.
    let named = names(in: try page()[...]).filter { name in
      name.first.map { $0.isUppercase } ?? false || name.hasPrefix("with")
    }
    #expect(named.count > 60)
    #expect(Set(named).subtracting(known).sorted() == [])
  }

  /// The texts between backticks outside of code blocks.
  private func names(in text: Substring) -> [String] {
    var isBlock = false
    return text.split(separator: "\n", omittingEmptySubsequences: false).flatMap {
      line -> [String] in
      if line.hasPrefix("```") { isBlock.toggle() }
      guard !isBlock else { return [] }
      return line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
        .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
    }
  }
}

extension SwiftSource {
  /// The types and functions that the file declares, at every level.
  fileprivate var declaredNames: [String] {
    let kinds: Set<Substring> = [
      "struct", "class", "enum", "protocol", "actor", "typealias", "func",
    ]
    return lines.compactMap { line in
      let words = line.split(separator: " ")
      guard let kind = words.firstIndex(where: kinds.contains), kind + 1 < words.count else {
        return nil
      }
      return String(words[kind + 1].prefix { $0.isLetter || $0.isNumber || $0 == "_" })
    }
  }
}
