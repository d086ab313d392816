import FoundationEssentials
import RealKernels
import Testing

@Suite("Documentation")
struct DocumentationTests {
  @Test("every public library has a page with an overview and an example")
  func librariesAreDocumented() throws {
    let manifest = try content("Package.swift")
    let libraries = manifest.matches(of: /\.library\(name: "(\w+)"/).map { String($0.1) }
    #expect(libraries.count >= 9)
    for library in libraries {
      let page = try content("Sources/\(library)/Documentation.docc/\(library).md")
      #expect(page.hasPrefix("# ``\(library)``\n"), "\(library)")
      for part in ["\n## Overview\n", "\n```swift\n", "\n## Topics\n"] {
        #expect(page.contains(part), "\(library): \(part)")
      }
    }
  }

  @Test("every link between the pages leads to a file", arguments: try pages())
  func linksLeadSomewhere(page: String) throws {
    let folder = page.split(separator: "/").dropLast().map { $0 + "/" }.joined()
    for link in try content(page).matches(of: /\]\(([^)#\s:]+)(#[^)]*)?\)/) {
      let path = "\(RealKernels.repositoryRoot)/\(folder)\(link.1)"
      #expect(FileManager.default.fileExists(atPath: path), "\(page): \(link.1)")
    }
  }

  @Test("every test that SECURITY.md names exists")
  func securityTests() throws {
    let root = RealKernels.repositoryRoot
    let page = try content("SECURITY.md")
    let files = try FileManager.default.subpathsOfDirectory(atPath: "\(root)/Tests")
    let sources = try files.filter { $0.hasSuffix(".swift") || $0.hasSuffix(".py") }
      .map { try content("Tests/\($0)") }.joined()
    let names = Set(page.matches(of: /\b\w+Tests\b/).map { String($0.0) })
    #expect(names.count >= 8)
    for name in names { #expect(sources.contains("struct \(name) {"), "\(name)") }
    let rows = Set(page.matches(of: /\b[A-Z]\d\d\b/).map { String($0.0) })
    #expect(rows.count >= 5)
    for row in rows { #expect(sources.contains("@row(\"\(row)\","), "\(row)") }
  }

  private static func pages() throws -> [String] {
    let root = RealKernels.repositoryRoot
    let folders = try ["", "docs", "scripts", "Benchmarks"].flatMap { folder in
      try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")
        .filter { $0.hasSuffix(".md") }
        .map { folder.isEmpty ? $0 : "\(folder)/\($0)" }
    }
    return folders.sorted()
  }

  private func content(_ path: String) throws -> String {
    try String(contentsOfFile: "\(RealKernels.repositoryRoot)/\(path)", encoding: .utf8)
  }
}
