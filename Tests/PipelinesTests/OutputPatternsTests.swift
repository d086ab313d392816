import RealKernels
import Testing

@testable import Pipelines

@Suite("Patterns of outputs")
struct OutputPatternsTests {
  @Test("gives the same result as trying all of them")
  func same() {
    let patterns = [
      "*", "a*", "a/*", "a/b*.csv", "a/?.csv", "[ab]/c", "a/b-1-*", "a/b-2-*", "*/c.csv", "ü*",
      "a/b*.csv",
    ]
    let paths = ["a", "b", "a/c", "a/b.csv", "a/b-1-x", "a/b-2-", "b/c.csv", "über", "u", "", "a/"]
    var index = OutputPatterns()
    for (node, pattern) in patterns.enumerated() { index.add(pattern, madeBy: node) }
    for path in paths {
      let expected = patterns.indices.filter { PathPattern.matches(patterns[$0], path) }
      #expect(index.makers(of: path).sorted() == expected, "\(path)")
    }
  }

  @Test("the time for nodes with their own patterns grows in proportion to their number")
  func many() {
    let factor = Growth.factor(from: 1000) { count in
      var index = OutputPatterns()
      for node in 0..<count { index.add("out/\(node)-*.csv", madeBy: node) }
      for node in 0..<count { #expect(index.makers(of: "out/\(node)-1.csv") == [node]) }
    }
    #expect(factor < Growth.proportional)
  }
}
