import JSONCore
import Testing

@testable import Pipelines

@Suite("Drawing a pipeline")
struct DrawingTests {
  private func drawing(_ parents: [[Int]]) throws -> PipelineDrawing {
    PipelineDrawing(
      try PipelineDocument(PipelineBuilder.file(parents: parents)).pipeline, title: "title")
  }

  private func rails(_ parents: [[Int]]) throws -> [String] {
    try drawing(parents).text().map { line in
      String(line[..<(line.firstRange(of: "  n")?.lowerBound ?? line.endIndex)])
    }
  }

  @Test(
    "rails in the terminal",
    arguments: [
      ([[], [0], [1]], ["○", "●", "●"]),
      ([[], []], ["○", "  ○"]),
      ([[], [0], [0], [1, 2]], ["○  ", "├─●", "● │", "●─┘"]),
      ([[], [0], [0], [0], [1, 2, 3]], ["○    ", "├─●  ", "├─│─●", "● │ │", "●─┴─┘"]),
      ([[], [], [0, 1], [0]], ["○  ", "│ ○", "├─●", "●  "]),
      ([[1], [0]], ["○", "●"]),
    ] as [([[Int]], [String])])
  func rails(_ parents: [[Int]], _ expected: [String]) throws {
    let width = expected.map(\.count).max() ?? 0
    let padded = expected.map { $0 + String(repeating: " ", count: width - $0.count) }
    #expect(try rails(parents) == padded)
  }

  @Test("a cycle is drawn with the link that closes it marked")
  func circle() throws {
    let drawing = try drawing([[2], [0], [1]])
    #expect(drawing.links.filter(\.isBackward).count == 1)
    #expect(drawing.text().contains { $0.contains("(cycle: waits for n") })
    #expect(drawing.svg().contains("class=\"back\""))
    #expect(drawing.mermaid.contains("-. circle .->"))
    #expect(drawing.dot.contains("style=dashed"))
  }

  @Test("labels cannot break any of the formats")
  func hostileLabels() throws {
    let label = "<b>&\"x\"\\]\n--> n0; \u{1B}[31m\u{202E}\u{0}#"
    let bytes = PipelineBuilder.file(nodes: [PipelineBuilder.node("a", label: label)])
    let drawing = PipelineDrawing(try PipelineDocument(bytes).pipeline, title: label)
    #expect(drawing.text().count == 1)
    #expect(!drawing.text()[0].unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
    #expect(isWellFormed(drawing.svg()))
    #expect(!drawing.svg().contains("<b>"))
    #expect(drawing.mermaid.split(separator: "\n").count == 2)
    #expect(!drawing.mermaid.contains("-->"))
    #expect(drawing.dot.contains(#"\"x\"\\]"#))
  }

  @Test("500 random graphs: parents are left of their children, and nodes do not overlap")
  func layout() throws {
    var numbers = SeededNumbers(state: 8)
    for _ in 0..<500 {
      let count = Int.random(in: 1...30, using: &numbers)
      let parents = (0..<count).map { node in
        (0..<node).filter { _ in Int.random(in: 0..<max(node, 3), using: &numbers) < 2 }
      }
      let layout = LayeredLayout(parents: parents)
      var isRight = true
      for node in 0..<count {
        isRight = isRight && parents[node].allSatisfy { layout.layers[$0] < layout.layers[node] }
        isRight = isRight && layout.offsets[node] >= -0.001 && layout.layers[node] >= 0
        for other in 0..<node where layout.layers[other] == layout.layers[node] {
          isRight = isRight && abs(layout.offsets[other] - layout.offsets[node]) > 0.999
        }
      }
      #expect(isRight, "\(parents)")
      let drawing = try drawing(parents)
      #expect(isWellFormed(drawing.svg()))
      #expect(drawing.svg().split(separator: "class=\"link\"").count == drawing.links.count + 1)
    }
  }

  @Test("custom colours and captions are used")
  func decorated() throws {
    var drawing = try drawing([[], [0]])
    drawing.nodes[1].color = "#00ff00"
    drawing.nodes[1].caption = "failed after 3 s"
    #expect(drawing.svg().contains("stroke:#00ff00"))
    #expect(drawing.svg().contains(">failed after 3 s<"))
    #expect(drawing.text()[1].hasSuffix("failed after 3 s"))
  }

  /// Whether every element of an XML text is closed in order, and no text contains a bare `<` or
  /// `&`.
  private func isWellFormed(_ text: String) -> Bool {
    var open: [Substring] = []
    var rest = text[...]
    while let start = rest.firstIndex(of: "<") {
      let before = rest[..<start]
      for part in before.split(separator: "&", omittingEmptySubsequences: false).dropFirst() {
        guard ["lt;", "gt;", "amp;", "quot;"].contains(where: part.hasPrefix) else { return false }
      }
      guard let end = rest[start...].firstIndex(of: ">") else { return false }
      let tag = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      if tag.hasPrefix("/") {
        guard open.popLast() == tag.dropFirst() else { return false }
      } else if !tag.hasSuffix("/") {
        open.append(tag.prefix { $0 != " " })
      }
      guard tag.split(separator: "\"", omittingEmptySubsequences: false).count % 2 == 1 else {
        return false
      }
    }
    return open.isEmpty
  }
}
