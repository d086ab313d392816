/// Code that is in two places: equal consecutive lines, without blank ones, lines of brackets alone,
/// comments and imports.
struct SourceCopies {
  /// A copy, as long as possible.
  struct Copy: Hashable, CustomStringConvertible {
    /// The paths of both files.
    var paths: [String]
    /// The numbers from 1 of the first lines.
    var lines: [Int]
    /// How many lines are equal.
    var count: Int

    var description: String {
      "\(paths[0]):\(lines[0]) and \(paths[1]):\(lines[1]): \(count) equal lines"
    }
  }

  /// A line: a number for its text, and where it is.
  private struct Line {
    var text: Int
    var source: Int
    var number: Int
  }

  /// The copies, in the order of their first places.
  private(set) var copies: [Copy] = []

  /// Finds all copies of at least `length` lines.
  init(in sources: [SwiftSource], length: Int) {
    let lines = SourceCopies.lines(of: sources)
    guard lines.count >= length else { return }
    var starts: [[Int]: [Int]] = [:]
    for start in 0...lines.count - length
    where lines[start].source == lines[start + length - 1].source {
      starts[lines[start..<start + length].map(\.text), default: []].append(start)
    }
    for places in starts.values where places.count > 1 {
      for (order, first) in places.enumerated() {
        for second in places.dropFirst(order + 1) {
          // One that begins earlier holds it.
          if first > 0, SourceCopies.areEqual(lines, first - 1, second - 1, length) { continue }
          var count = length
          while second + count < lines.count,
            SourceCopies.areEqual(lines, first + count, second + count, -count)
          {
            count += 1
          }
          let ends = [lines[first], lines[second]]
          copies.append(
            Copy(
              paths: ends.map { sources[$0.source].path }, lines: ends.map(\.number), count: count))
        }
      }
    }
    copies.sort {
      ($0.paths[0], $0.lines[0], $0.paths[1]) < ($1.paths[0], $1.lines[0], $1.paths[1])
    }
  }

  /// Whether two lines are equal, and each is in the file of the line `distance` after it.
  private static func areEqual(_ lines: [Line], _ first: Int, _ second: Int, _ distance: Int)
    -> Bool
  {
    lines[first].text == lines[second].text
      && [first, second].allSatisfy { lines[$0].source == lines[$0 + distance].source }
  }

  private static func lines(of sources: [SwiftSource]) -> [Line] {
    var numbers: [String: Int] = [:]
    var lines: [Line] = []
    for (source, file) in sources.enumerated() {
      let imports = Set(file.imports.map(\.line))
      for (place, text) in file.linesWithStrings.enumerated() where !imports.contains(place + 1) {
        let code = text.drop { $0 == " " }
        guard code.contains(where: { !" {}()[],;".contains($0) }) else { continue }
        var end = code
        while end.last == " " { end.removeLast() }
        let known = numbers[String(end)] ?? numbers.count
        numbers[String(end)] = known
        lines.append(Line(text: known, source: source, number: place + 1))
      }
    }
    return lines
  }
}
