import RunEvents
import Testing

@testable import lyre

@Suite("The board's picture")
struct BoardPictureTests {
  /// The events of a run, at times in seconds.
  private struct Run {
    var state = BoardState()
    var labels: [String]

    init(_ labels: [String], usual: [Int?] = [], jobs: Int? = 4, keepsGoing: Bool? = true) {
      self.labels = labels
      let nodes = labels.enumerated().map { place, label in
        PipelineStart.Node(
          id: "id\(place)", label: label, file: nil, isSkipped: label.hasPrefix("skipped"),
          usualDuration: usual.indices.contains(place) ? usual[place].map { .seconds($0) } : nil)
      }
      let start = PipelineStart(name: "p", nodes: nodes, jobs: jobs, keepsGoing: keepsGoing)
      state.take(RunEvent(.pipelineStarted(start), of: RunSubject(), time: 0))
    }

    mutating func tell(_ kind: RunEvent.Kind, _ place: Int, at second: Int = 0) {
      let node = NodeIdentity(place: place, id: "id\(place)", label: "")
      state.take(
        RunEvent(kind, of: RunSubject(node: node), time: Int64(second) * 1_000_000_000))
    }

    mutating func start(_ places: Int..., at second: Int = 0) {
      for place in places { tell(.nodeStarted(reason: nil), place, at: second) }
    }

    mutating func end(_ place: Int, _ status: NodeStatus = .succeeded, _ message: String? = nil) {
      var result = NodeResult(place: place, id: "id\(place)", label: labels[place], file: nil)
      result.status = status
      result.message = message
      result.attempts = status == .cached ? 0 : 1
      result.duration = .milliseconds(1500)
      tell(.nodeFinished(result), place)
    }

    mutating func lines(_ columns: Int, _ rows: Int, at second: Int = 0) -> [String] {
      let now = Int64(second) * 1_000_000_000
      let estimate = state.estimate(at: now)
      return BoardPicture(name: "p.pipeline", state: state, now: now, estimate: estimate)
        .lines(TerminalSize(columns: columns, rows: rows)).map(\.text)
    }
  }

  @Test("has a line for each node and one for the run, with aligned times")
  func whole() {
    var run = Run(["load", "train all", "plot", "skipped"], usual: [1, 30, 4, 9])
    run.start(0)
    run.end(0)
    run.start(1)
    run.tell(.lines(isStandardError: false, text: "epoch 1\nepoch 2\n\n"), 1)
    #expect(
      run.lines(100, 24, at: 12)
        == [
          "✓ load       1.5 s",
          "▶ train all   12 s  usually about 30 s  epoch 2",
          "· plot",
          "━━━━━─────────── p.pipeline  1 of 3 done, 1 running, 1 waiting  12 s, about 20 s left",
        ].map { $0.replacing("─", with: "━") })
  }

  @Test("shows cells, comparisons, retries, reuse and failures in words")
  func details() {
    var run = Run(["a", "b", "c", "d", "e", "f"])
    run.start(0)
    run.tell(
      .cellStarted(CellIdentity(index: 2, id: nil, firstLine: "fit()"), number: 3, toRun: 9), 0)
    run.tell(.nodeComparing(FileComparison(files: 2, bytes: 3_000_000, path: "d")), 1)
    var failed = NodeResult(place: 2, id: "id2", label: "c", file: nil)
    failed.status = .timedOut
    failed.attempts = 1
    run.tell(.nodeRetried(failed, delay: .seconds(3)), 2)
    run.end(3, .cached)
    run.end(4, .failed, "it said \u{1B}[31mno\u{1B}[0m\nand more")
    run.end(5, .blocked, "it needs 'e', which failed")
    let lines = run.lines(60, 24, at: 7)
    #expect(lines[0] == "▶ a    7 s  cell 3/9  fit()")
    #expect(lines[1].hasPrefix("▶ b    7 s  comparing files: "))
    #expect(lines[2] == "· c         timed out; trying again")
    #expect(lines[3] == "= d         unchanged")
    #expect(lines[4] == "✗ e  1.5 s  it said no and more")
    #expect(lines[5] == "– f  1.5 s  it needs 'e', which failed")
  }

  @Test(
    "no line is wider than the window, and no board is higher",
    arguments: [1, 2, 5, 10, 20, 33, 60, 80, 200], [1, 2, 3, 5, 10, 24, 100])
  func fits(columns: Int, rows: Int) {
    let labels = (0..<60).map { place in
      ["plain", "日本語のとても長いラベル", "👩‍👩‍👧‍👦 family ❤️", "e\u{301}e\u{301}", "a\u{1B}[2Jb\u{202E}c\n", ""][
        place % 6] + String(repeating: "x", count: place)
    }
    var run = Run(labels, usual: labels.map { _ in 3000 })
    for place in 0..<20 { run.start(place) }
    for place in 20..<40 { run.end(place, place % 3 == 0 ? .failed : .succeeded, "広い message") }
    for count in [5, 60] {
      var part = run
      if count == 5 { part = Run(Array(labels.prefix(5))) }
      for second in [0, 70, 90_000] {
        let lines = part.lines(columns, rows, at: second)
        #expect(lines.count <= max(rows - 1, 2))
        for line in lines {
          #expect(Terminal.columns(of: line) < max(columns, 2), "\(line)")
          #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0 == "\u{202E}" })
        }
      }
    }
  }

  @Test("with too many nodes shows those that run, failures, and the next and the last ones")
  func many() {
    var run = Run((0..<300).map { "node \($0)" })
    for place in 0..<150 { run.end(place, place == 7 ? .failed : .succeeded) }
    for place in [150, 152, 299] { run.start(place) }
    let lines = run.lines(80, 24, at: 75)
    let labels = lines.dropLast().map { $0.dropFirst(2).prefix(8).trimmingSpaces }
    #expect(
      labels == [
        "node 7", "node 145", "node 146", "node 147", "node 148", "node 149", "node 150",
        "node 151", "node 152", "node 153", "node 154", "node 155", "node 156", "node 299",
      ])
    #expect(
      lines.last
        == "p.pipeline  149 of 300 done, 1 failed, 3 running, 147 waiting  1 min 15 s")
  }

  @Test("with more running nodes than lines still shows a failure")
  func crowded() {
    var run = Run((0..<100).map { "node \($0)" })
    for place in 0..<90 { run.start(place) }
    run.end(95, .failed)
    run.end(96, .failed)
    let lines = run.lines(80, 12)
    #expect(lines.count { $0.hasPrefix("✗") } == 2)
    #expect(lines.count { $0.hasPrefix("▶") } == 4)
    #expect(lines.last == "p.pipeline  0 of 100 done, 2 failed, 90 running, 8 waiting  0 s")
  }

  @Test(
    "the last line keeps what matters when it gets narrow",
    arguments: [
      (79, "p.pipeline  149 of 300 done, 1 failed, 3 running, 147 waiting  1 min 15 s"),
      (64, "149 of 300 done, 1 failed, 3 running, 147 waiting  1 min 15 s"),
      (40, "149 of 300 done, 1 failed  1 min 15 s"),
      (34, "149/300, 1 failed  1 min 15 s"), (22, "149/300 ✗1 1 min 15 s"), (8, "149/300"),
    ])
  func narrow(columns: Int, text: String) {
    var run = Run((0..<300).map { "node \($0)" })
    for place in 0..<150 { run.end(place, place == 7 ? .failed : .succeeded) }
    for place in [150, 152, 299] { run.start(place) }
    #expect(run.lines(columns + 1, 24, at: 75).last == text)
  }

  @Test("after a failure that ends the run, the rest is not started, and takes no time")
  func failFast() {
    var run = Run(["a", "b", "c"], usual: [60, 60, 60], keepsGoing: false)
    run.start(0, 1)
    #expect(run.lines(60, 24).last?.hasSuffix("about 1 min left") == true)
    run.end(0, .failed)
    run.end(1)
    #expect(run.lines(60, 24).last == "p.pipeline  1 of 3 done, 1 failed, 1 not started  0 s")
  }

  @Test("has no estimate without earlier runs, and none when the last node takes longer than usual")
  func noEstimate() {
    var run = Run(["a", "b"])
    run.start(0)
    #expect(run.lines(60, 24).last == "p.pipeline  0 of 2 done, 1 running, 1 waiting  0 s")
    var late = Run(["a"], usual: [10])
    late.start(0)
    #expect(late.lines(60, 24, at: 3).last?.hasSuffix("3 s, a few seconds left") == true)
    #expect(late.lines(60, 24, at: 11).last?.hasSuffix("  11 s") == true)
  }

  @Test("ignores events of unknown nodes and a clock that was set back")
  func impossible() {
    var run = Run(["a"])
    run.tell(.nodeStarted(reason: nil), 7)
    run.tell(.nodeStarted(reason: nil), -1)
    run.start(0, at: 100)
    #expect(run.lines(60, 24, at: 50)[0] == "▶ a  0 s")
  }
}

extension Substring {
  fileprivate var trimmingSpaces: String {
    String(split(separator: " ").joined(separator: " "))
  }
}

@Suite("The last line of a node's output")
struct LastLineTests {
  @Test(
    "is the last one with text, whatever the pieces",
    arguments: [
      (["a\nb\n"], "b"), (["a\n", "\n", "  \n"], "a"), (["ep", "och 1", "\n"], "epoch 1"),
      (["10%\r", "20%\r"], "20%"), (["10%", "\r20%"], "20%"), (["a\r\nb"], "b"), ([""], ""),
      (["x", "y\nz"], "z"), (["x", "y\n"], "xy"), (["x\n", "y"], "y"),
    ])
  func pieces(pieces: [String], text: String) {
    var line = LastLine()
    for piece in pieces { line.add(piece) }
    #expect(line.text == text)
  }

  @Test("of a flood without line breaks is bounded")
  func bounded() {
    var line = LastLine()
    for _ in 0..<1000 { line.add(String(repeating: "é", count: 1000)) }
    #expect(line.text.utf8.count < 5000)
  }
}
