import RealKernels
import Testing

@Suite("Cycles of files and folders")
struct SourceGraphTests {
  private static let graph = Result {
    SourceGraph(try SwiftSource.all(under: "Sources", in: RealKernels.repositoryRoot))
  }

  private func graph() throws -> SourceGraph { try SourceGraphTests.graph.get() }

  @Test("no folder of a module is in a cycle with another")
  func foldersHaveNoCycles() throws {
    #expect(try graph().ofFolders.cycles == [])
  }

  @Test("no file of lyre is in a cycle with others")
  func filesOfLyreHaveNoCycles() throws {
    let graph = try graph()
    #expect(graph.edges.keys.contains("Sources/lyre/Lyre.swift"))
    #expect(graph.cycles.filter { $0.contains { $0.hasPrefix("Sources/lyre/") } } == [])
  }

  @Test("no file of lyre uses the command itself, except the one with the program's entry point")
  func nobodyKnowsTheCommand() throws {
    let users = try graph().edges.filter { $0.value.contains("Sources/lyre/Lyre.swift") }
    #expect(users.map(\.key) == ["Sources/lyre/Main.swift"])
  }

  @Test("a cycle of files and a cycle of folders are found in any order of the files")
  func findsCycles() {
    let sources = [
      SwiftSource(path: "Sources/M/A/One.swift", text: "public struct One { var two: Two }"),
      SwiftSource(path: "Sources/M/B/Two.swift", text: "final class Two: Base {}\nlet x: Three"),
      SwiftSource(path: "Sources/M/A/Three.swift", text: "enum Three { case one([One]) }"),
      SwiftSource(path: "Sources/M/C/Base.swift", text: "class Base {}"),
    ]
    for order in [sources, sources.reversed()] {
      let graph = SourceGraph(order)
      #expect(
        graph.cycles == [
          ["Sources/M/A/One.swift", "Sources/M/A/Three.swift", "Sources/M/B/Two.swift"]
        ])
      #expect(graph.ofFolders.cycles == [["Sources/M/A", "Sources/M/B"]])
    }
  }

  @Test(
    "text that does not mention a type of the module does not create a cycle",
    arguments: [
      "// Two\nstruct One {}", "struct One { let text = \"Two\" }", "struct One { let twoTwo = 2 }",
      "struct One { struct Two {} }\nextension One.Two {}",
    ])
  func ignoresWhatIsNoMention(text: String) {
    let sources = [
      SwiftSource(path: "Sources/M/One.swift", text: text),
      SwiftSource(path: "Sources/M/Other.swift", text: "struct Other { var one: One }"),
      SwiftSource(path: "Sources/N/Two.swift", text: "struct Two { var one: One }"),
    ]
    #expect(SourceGraph(sources).cycles == [])
  }
}
