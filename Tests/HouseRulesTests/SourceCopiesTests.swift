import RealKernels
import Testing

@Suite("Copies of code")
struct SourceCopiesTests {
  /// Six lines: fewer are mostly a form, such as a call with its arguments one below the other.
  private static let length = 6

  /// Pairs of files that hold the same lines for a reason.
  private static let exceptions: [Set<String>] = [
    // Public errors and values of libraries that do not import each other: what is equal is the form
    // of an error, and a type of its own in each library is what its users catch.
    [
      "Sources/NotebookDocument/Parts/NotebookError.swift",
      "Sources/Pipelines/Document/PipelineError.swift",
    ],
    ["Sources/KernelLauncher/LaunchError.swift", "Sources/Processes/ProcessError.swift"],
    // The error in a kernel's message, and the one in an event: the format of either may change
    // alone.
    [
      "Sources/JupyterProtocol/Contents/Execution.swift",
      "Sources/RunEvents/Values/CellResult.swift",
    ],
  ]

  @Test("no six lines of code are in two places of the sources")
  func sources() throws {
    let sources = try SwiftSource.all(under: "Sources", in: RealKernels.repositoryRoot)
    #expect(sources.count > 20)
    let copies = SourceCopies(in: sources, length: SourceCopiesTests.length).copies
    #expect(copies.filter { !SourceCopiesTests.exceptions.contains(Set($0.paths)) } == [])
    let used = Set(copies.map { Set($0.paths) })
    #expect(SourceCopiesTests.exceptions.filter { !used.contains($0) } == [])
  }

  private func source(_ name: String, _ text: String) -> SwiftSource {
    SwiftSource(path: "Sources/M/\(name).swift", text: text)
  }

  private func copies(_ sources: SwiftSource...) -> [String] {
    SourceCopies(in: sources, length: 3).copies.map(\.description)
  }

  @Test("are found as long as they are, whatever is between their lines that is no code")
  func finds() {
    let first = source("A", "import X\nlet a = 1\nlet b = 2\nlet c = \"c\"\nlet d = 4\nlet e = 5\n")
    let second = source(
      "B", "func f() {\n  // why\n  let b = 2\n\n  let c = \"c\"  // so\n  {\n  let d = 4\n  }\n}\n"
    )
    #expect(
      copies(first, second) == ["Sources/M/A.swift:3 and Sources/M/B.swift:3: 3 equal lines"])
    let third = source("C", "let x = 0\nlet b = 2\nlet c = \"c\"\nlet d = 4\nlet e = 5\n")
    #expect(
      copies(first, second, third) == [
        "Sources/M/A.swift:3 and Sources/M/B.swift:3: 3 equal lines",
        "Sources/M/A.swift:3 and Sources/M/C.swift:2: 4 equal lines",
        "Sources/M/B.swift:3 and Sources/M/C.swift:2: 3 equal lines",
      ])
  }

  @Test("are found in one file")
  func inOneFile() {
    let text = "let b = 2\nlet c = 3\nlet d = 4\n"
    #expect(
      copies(source("A", text + "let x = 0\n" + text))
        == ["Sources/M/A.swift:1 and Sources/M/A.swift:5: 3 equal lines"])
  }

  @Test(
    "are not lines that differ in a text, and not the end of one file with the beginning of another",
    arguments: [
      ["let b = 2\nlet c = \"c\"\nlet d = 4\n", "let b = 2\nlet c = \"d\"\nlet d = 4\n"],
      ["let b = 2\nlet c = 3\n", "let d = 4\nlet b = 2\nlet c = 3\n", "let d = 4\n"],
      ["import A\nimport B\nimport C\n", "import A\nimport B\nimport C\n"],
      ["}\n}\n}\n", "}\n}\n}\n"],
      ["// a\n// b\n// c\n", "// a\n// b\n// c\n"],
    ])
  func lets(texts: [String]) {
    let sources = texts.enumerated().map { source("F\($0.offset)", $0.element) }
    #expect(SourceCopies(in: sources, length: 3).copies == [])
  }
}
