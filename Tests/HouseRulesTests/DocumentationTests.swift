import FoundationEssentials
import RealKernels
import Testing

@Suite("Documentation")
struct DocumentationTests {
  @Test("every library that others can use has a page that says what it is for, with an example")
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
