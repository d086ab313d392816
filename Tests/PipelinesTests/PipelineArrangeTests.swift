import JSONCore
import Testing

@testable import Pipelines

@Suite("Arranging a pipeline")
struct PipelineArrangeTests {
  private func positions(_ document: PipelineDocument) -> [PipelinePoint] {
    document.pipeline.nodes.compactMap(\.position)
  }

  @Test("nodes are placed in layers in the direction of the links, and the corner stays")
  func arrange() throws {
    var document = try PipelineEditTests.chain(3)
    try document.addNode(file: "x.py", id: "x", at: PipelinePoint(x: 20, y: 500))
    try document.connect("n0", to: "x")
    let note = try document.addComment("c", at: PipelinePoint(x: 30, y: 450), attachedTo: ["x"])
    try document.arrange(.horizontal)
    let points = positions(document)
    #expect(points.map(\.x) == [0, 240, 480, 240])
    #expect(points.map(\.y).min() == 40)
    #expect(abs(points[1].y - points[3].y) >= 80)
    let comment = try #require(document.pipeline.comments.first { $0.id == note })
    #expect(comment.position == PipelinePoint(x: points[3].x + 10, y: points[3].y - 50))
    try document.arrange(.vertical)
    #expect(positions(document).map(\.y) == [40, 160, 280, 160])
  }

  @Test("only the chosen nodes move, and an expanded super node gets the room that it needs")
  func selection() throws {
    var document = try PipelineEditTests.chain(4)
    try document.arrange(ids: ["n1", "n2"], .vertical)
    #expect(positions(document)[0] == PipelinePoint(x: 0, y: 40))
    #expect(positions(document)[3] == PipelinePoint(x: 600, y: 40))
    #expect(positions(document)[1].x == positions(document)[2].x)
    let id = try document.makeSuperNode(of: ["n1", "n2"])
    try document.setExpanded(true, of: id)
    try document.arrange(.horizontal)
    let points = positions(document)
    #expect(points.map(\.x) == [0, 240, 620])
  }

  @Test("a cycle and a node without links are arranged too")
  func cycles() throws {
    var document = try PipelineDocument(PipelineBuilder.file(parents: [[1], [0], []]))
    try document.arrange(.horizontal)
    #expect(Set(positions(document)).count == 3)
  }

  @Test("objects are aligned with the outermost, in the middle and on each side")
  func align() throws {
    var document = PipelineDocument(name: "x")
    try document.addNode(file: "a.py", id: "a", at: PipelinePoint(x: 0, y: 0))
    try document.addNode(file: "b.py", id: "b", at: PipelinePoint(x: 300, y: 100))
    try document.addComment(
      "c", at: PipelinePoint(x: 100, y: 50), size: PipelineSize(width: 100, height: 60), id: "c")
    func aligned(_ alignment: PipelineEdit.Alignment) throws -> [PipelinePoint] {
      var copy = document
      try copy.apply([.align(["a", "b", "c"], to: alignment)])
      return positions(copy) + copy.pipeline.comments.compactMap(\.position)
    }
    #expect(try aligned(.left).map(\.x) == [0, 0, 0])
    #expect(try aligned(.right).map(\.x) == [300, 300, 360])
    #expect(try aligned(.center).map(\.x) == [150, 150, 180])
    #expect(try aligned(.top).map(\.y) == [0, 0, 0])
    #expect(try aligned(.bottom).map(\.y) == [100, 100, 80])
    #expect(try aligned(.middle).map(\.y) == [50, 50, 40])
  }

  @Test("objects are distributed with the same room between them")
  func distribute() throws {
    var document = PipelineDocument(name: "x")
    for (number, x) in [0.0, 10, 500, 1000].enumerated() {
      try document.addNode(file: "a.py", id: "n\(number)", at: PipelinePoint(x: x, y: x))
    }
    try document.apply([.distribute(["n3", "n0", "n2", "n1"], .horizontal)])
    #expect(positions(document).map(\.x) == [0, 333, 667, 1000])
    #expect(positions(document).map(\.y) == [0, 10, 500, 1000])
  }
}
