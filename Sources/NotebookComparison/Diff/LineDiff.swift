/// The difference of two lists of lines in unified format.
///
/// Lines are compared as masked, and shown as they are. Time and memory are bounded: of a long
/// difference only the first lines are examined.
struct LineDiff {
  /// A line of one side.
  struct Line: Equatable {
    /// What is compared.
    var masked: Substring
    /// What is shown.
    var shown: Substring

    static func == (left: Line, right: Line) -> Bool {
      left.masked.utf8.elementsEqual(right.masked.utf8)
    }
  }

  /// How many equal lines to show around a difference.
  static let context = 2
  /// How many lines of each side are examined from the first difference on.
  static let examined = 400
  /// How many characters of a line are shown.
  static let width = 200

  private(set) var lines: [DiffLine] = []

  init(stored: [Line], new: [Line]) {
    var start = 0
    while start < min(stored.count, new.count), stored[start] == new[start] { start += 1 }
    var end = 0
    while end < min(stored.count, new.count) - start,
      stored[stored.count - 1 - end] == new[new.count - 1 - end]
    {
      end += 1
    }
    let (a, b) = (stored[start..<stored.count - end], new[start..<new.count - end])
    let (left, right) = (a.prefix(LineDiff.examined), b.prefix(LineDiff.examined))
    let isCut = left.count < a.count || right.count < b.count
    var steps = LineDiff.steps(left, right)
    let before = stored[max(0, start - LineDiff.context)..<start]
    steps.insert(contentsOf: before.map { .both($0, $0) }, at: 0)
    if !isCut {
      let after = stored[(stored.count - end)...].prefix(LineDiff.context)
      steps += after.map { .both($0, $0) }
    }
    write(steps, from: start - before.count)
    if isCut {
      let rest = (a.count - left.count, b.count - right.count)
      lines.append(
        .init(.remark, "the rest is not compared: \(rest.0) stored lines, \(rest.1) new lines"))
    }
  }

  private enum Step {
    case both(Line, Line)
    case stored(Line)
    case new(Line)
  }

  private static func steps(_ stored: ArraySlice<Line>, _ new: ArraySlice<Line>) -> [Step] {
    let (removed, inserted) = new.difference(from: stored).offsets
    var steps: [Step] = []
    var (i, j) = (0, 0)
    while i < stored.count || j < new.count {
      if removed.contains(i) {
        steps.append(.stored(stored[stored.startIndex + i]))
        i += 1
      } else if inserted.contains(j) {
        steps.append(.new(new[new.startIndex + j]))
        j += 1
      } else if i < stored.count, j < new.count {
        steps.append(.both(stored[stored.startIndex + i], new[new.startIndex + j]))
        i += 1
        j += 1
      } else {
        break
      }
    }
    return steps
  }

  /// Writes the steps as groups of changes with some equal lines around them.
  private mutating func write(_ steps: [Step], from first: Int) {
    let changes = steps.indices.filter { if case .both = steps[$0] { false } else { true } }
    var groups: [Range<Int>] = []
    for place in changes {
      let range = max(0, place - LineDiff.context)..<min(steps.count, place + LineDiff.context + 1)
      if let last = groups.last, range.lowerBound <= last.upperBound {
        groups[groups.count - 1] = last.lowerBound..<range.upperBound
      } else {
        groups.append(range)
      }
    }
    var (i, j, next) = (first, first, 0)
    for group in groups {
      // Only equal lines are between groups.
      i += group.lowerBound - next
      j += group.lowerBound - next
      let part = steps[group]
      let counts = (
        part.count { if case .new = $0 { false } else { true } },
        part.count { if case .stored = $0 { false } else { true } }
      )
      lines.append(
        .init(.place, "@@ -\(LineDiff.range(i, counts.0)) +\(LineDiff.range(j, counts.1)) @@"))
      write(part)
      i += counts.0
      j += counts.1
      next = group.upperBound
    }
  }

  private static func range(_ start: Int, _ count: Int) -> String {
    count == 1 ? "\(start + 1)" : "\(count == 0 ? start : start + 1),\(count)"
  }

  private mutating func write(_ steps: ArraySlice<Step>) {
    var rest = steps
    while let step = rest.first {
      if case .both(_, let line) = step {
        rest.removeFirst()
        lines.append(.init(.context, LineDiff.fitted(line.shown, from: 0)))
        continue
      }
      var (stored, new): ([Substring], [Substring]) = ([], [])
      changes: while let step = rest.first {
        switch step {
        case .stored(let line): stored.append(line.shown)
        case .new(let line): new.append(line.shown)
        case .both: break changes
        }
        rest.removeFirst()
      }
      let starts = zip(stored, new).map(LineDiff.beginningOfDifference)
      for (place, text) in stored.enumerated() {
        lines.append(
          .init(.stored, LineDiff.fitted(text, from: place < starts.count ? starts[place] : 0)))
      }
      for (place, text) in new.enumerated() {
        lines.append(
          .init(.new, LineDiff.fitted(text, from: place < starts.count ? starts[place] : 0)))
      }
    }
  }

  /// From which character on a pair of long lines is shown.
  private static func beginningOfDifference(_ stored: Substring, _ new: Substring) -> Int {
    guard stored.utf8.count > width || new.utf8.count > width else { return 0 }
    let (left, right) = (stored.unicodeScalars, new.unicodeScalars)
    var (i, j, count) = (left.startIndex, right.startIndex, 0)
    while i < left.endIndex, j < right.endIndex, left[i] == right[j] {
      left.formIndex(after: &i)
      right.formIndex(after: &j)
      count += 1
    }
    return count > width / 2 ? count - width / 4 : 0
  }

  private static func fitted(_ text: Substring, from start: Int) -> String {
    guard start > 0 || text.utf8.count > width else { return String(text) }
    let scalars = text.unicodeScalars.dropFirst(start)
    let shown = scalars.prefix(width)
    return (start > 0 ? "…" : "") + String(shown)
      + (shown.endIndex < text.endIndex ? "…" : "")
  }
}
