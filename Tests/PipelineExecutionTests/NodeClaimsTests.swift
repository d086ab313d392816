import Glibc
import JSONCore
import KernelTesting
import Pipelines
import RealKernels
import Testing

@testable import PipelineExecution

@Suite("Claims of nodes")
struct NodeClaimsTests {
  /// The nodes of a pipeline that declare these outputs.
  private func nodes(_ outputs: [[String]]) throws -> [PipelineNode] {
    var document = PipelineDocument(name: "p")
    for (place, names) in outputs.enumerated() {
      try document.addNode(
        file: "\(place).py", properties: ["outputs": .array(names.map { .init($0) })])
    }
    return document.pipeline.executableNodes
  }

  /// The pairs of nodes that must not run at once.
  private func conflicts(_ outputs: [[String]], in root: String = "/nowhere") throws -> [[Int]] {
    let claims = NodeClaims.all(of: try nodes(outputs), in: root).map { Set($0) }
    return claims.indices.map { node in
      claims.indices.filter { $0 != node && !claims[$0].isDisjoint(with: claims[node]) }
    }
  }

  @Test("conflict for the same file or a matching pattern, and for nothing else")
  func same() throws {
    #expect(
      try conflicts([["a.csv"], ["./a.csv"], ["b.csv"], ["*.txt"], ["x.txt", "b.csv"], ["y.txt"]])
        == [[1], [0], [4], [4, 5], [2, 3], [3]])
  }

  @Test("conflict for a file that is named through a link")
  func links() throws {
    try TemporaryDirectory.with { directory in
      let real = try directory.makeDirectory("real")
      try #require(symlink(real, directory.path("link")) == 0)
      #expect(
        try conflicts([["link/a"], ["real/a"], ["real/b"], ["link/*"]], in: directory.path)
          == [[1, 3], [0, 3], [3], [0, 1, 2]])
    }
  }

  @Test("with very many matches, too many nodes may wait, but never too few")
  func many() throws {
    let files = (0..<1500).map { ["\($0).txt"] }
    let found = try conflicts(files + Array(repeating: ["*.txt"], count: 400) + [["other"]])
    for node in 0..<1500 { #expect(Set(found[node]).isSuperset(of: 1500..<1900)) }
    #expect(found.last == [])
  }

  @Test(
    "conflict correctly for patterns with a common beginning, and for files sorted around the matches"
  )
  func beginnings() throws {
    #expect(
      try conflicts([["a", "b", "ba", "bab", "c"], ["ba*"], ["bb*"], ["[ac]"], ["bab*"], ["?"]])
        == [[1, 3, 4, 5], [0, 4], [], [0, 5], [0, 1], [0, 3]])
  }

  @Test("the time for nodes with their own patterns grows in proportion to their number")
  func own() throws {
    let nodes = try nodes((0..<4000).map { ["out\($0)-*.csv", "file\($0).csv"] })
    let factor = Growth.factor(from: 1000) { count in
      let claims = NodeClaims.all(of: Array(nodes[..<count]), in: "/nowhere")
      #expect(claims == Array(repeating: [], count: count))
    }
    #expect(factor < Growth.proportional)
  }
}
