import Glibc
import KernelTesting
import RealKernels
import Testing

@Suite(
  "The board in a terminal's window", .timeLimit(.minutes(3)),
  .enabled(if: Tmux.isInstalled, Comment(rawValue: Tmux.missing)))
struct BoardTerminalTests {
  /// Writes a pipeline of independent scripts that wait for the file `go`, except the first half.
  private func pipeline(_ lyre: Lyre, nodes: Int, prints lines: String = "") throws {
    for place in 0..<nodes {
      let waits = place >= nodes / 2 ? "until [ -e go ]; do sleep 0.02; done" : ""
      try lyre.script("node\(place).sh", "\(lines)\n\(waits)")
    }
    try lyre.pipeline((0..<nodes).map { .init(file: "node\($0).sh") })
  }

  private func hasEnded(_ tmux: Tmux) async -> Bool {
    await eventually { tmux.screen.last == "ready>" || tmux.screen.last == "ready> " }
  }

  private func isRow(_ line: String) -> Bool {
    ["▶", "✓", "·", "✗", "="].contains { line.hasPrefix("\($0) ") }
  }

  @Test(
    "fits windows of any size, and leaves no trace at the end",
    arguments: [(20, 5), (40, 10), (80, 24), (220, 50)], [3, 30])
  func sizes(size: (Int, Int), nodes: Int) async throws {
    try await Lyre.with { lyre in
      try pipeline(lyre, nodes: nodes)
      let tmux = try Tmux(lyre, columns: size.0, rows: size.1)
      tmux.type("\"$LYRE\" pipeline run p.pipeline -j 4")
      let running = min(4, nodes - nodes / 2, size.1 - 3)
      #expect(
        await eventually {
          let shown = tmux.screen
          return shown.count { $0.hasPrefix("▶") } == running
            && shown.last?.contains("\(nodes / 2)") == true
        }, "\(tmux.screen)")
      #expect(await eventually { !tmux.showsCursor })
      let shown = tmux.screen
      #expect(shown.count < size.1 + 1)
      #expect(shown.last?.contains("of \(nodes) done") == true || size.0 < 30, "\(shown)")
      try lyre.directory.write("", to: "go")
      #expect(await hasEnded(tmux), "\(tmux.screen)")
      #expect(tmux.showsCursor && tmux.wraps)
      #expect(!tmux.all.contains(where: isRow), "\(tmux.all)")
      #expect(tmux.all.contains { $0.contains("\(nodes) nodes ok") || size.0 < 30 }, "\(tmux.all)")
    }
  }

  @Test("scripts' output is above it, complete and in order, in each window", arguments: [24, 6])
  func outputAbove(rows: Int) async throws {
    try await Lyre.with { lyre in
      try lyre.script(
        "talk.sh",
        "for i in $(seq 1 60); do echo line $i; sleep 0.01; done; until [ -e go ]; do sleep 0.02; done"
      )
      try lyre.script("quiet.sh", "until [ -e go ]; do sleep 0.02; done")
      try lyre.pipeline([.init(file: "talk.sh"), .init(file: "quiet.sh")])
      let tmux = try Tmux(lyre, columns: 60, rows: rows)
      tmux.type("\"$LYRE\" pipeline run p.pipeline -j 2")
      #expect(
        await eventually {
          tmux.screen.contains { $0.hasPrefix("▶ talk.sh") && $0.hasSuffix("line 60") }
        })
      #expect(tmux.screen.contains("talk.sh | line 60"), "\(tmux.screen)")
      try lyre.directory.write("", to: "go")
      #expect(await hasEnded(tmux))
      #expect(
        tmux.all.filter { $0.contains(" | line ") } == (1...60).map { "talk.sh | line \($0)" })
      #expect(!tmux.all.contains(where: isRow), "\(tmux.all)")
    }
  }

  @Test("follows the window's size while it runs")
  func resized() async throws {
    try await Lyre.with { lyre in
      try pipeline(lyre, nodes: 30, prints: "echo hello from this node")
      let tmux = try Tmux(lyre, columns: 100, rows: 30)
      tmux.type("\"$LYRE\" pipeline run p.pipeline -j 4")
      for (columns, rows) in [
        (100, 30), (30, 30), (60, 8), (25, 20), (120, 40), (20, 5), (100, 30),
      ] {
        tmux.resize(columns: columns, rows: rows)
        let isDrawn = await eventually {
          let screen = tmux.screen
          let feet = screen.count { $0.contains("15 of 30") || $0.contains("15/30") }
          // Rows that a low window scrolled away come back above the board in a higher one.
          return feet == 1 && screen.count { $0.hasPrefix("▶") } >= min(4, rows - 3)
            && screen.last.map { $0.contains("15 of 30") || $0.contains("15/30") } == true
        }
        #expect(isDrawn, "\(columns) x \(rows): \(tmux.screen)")
      }
      try lyre.directory.write("", to: "go")
      #expect(await hasEnded(tmux))
      #expect(!tmux.screen.contains { $0.contains("15 of 30") }, "\(tmux.screen)")
      #expect(tmux.showsCursor && tmux.wraps)
    }
  }

  @Test("Ctrl-C ends the run with the terminal as it was")
  func interrupted() async throws {
    try await Lyre.with { lyre in
      try pipeline(lyre, nodes: 6)
      let tmux = try Tmux(lyre, columns: 80, rows: 24)
      tmux.type("\"$LYRE\" pipeline run p.pipeline -j 2; echo code $?")
      #expect(
        await eventually { tmux.screen.last?.contains("3 of 6") == true && !tmux.showsCursor })
      tmux.press("C-c")
      #expect(await hasEnded(tmux))
      #expect(tmux.screen.contains("code 130"), "\(tmux.screen)")
      #expect(tmux.showsCursor && tmux.wraps)
      #expect(!tmux.all.contains(where: isRow), "\(tmux.all)")
    }
  }

  @Test("Ctrl-Z removes it and shows the cursor, and fg brings it back")
  func suspended() async throws {
    try await Lyre.with { lyre in
      try pipeline(lyre, nodes: 6)
      let tmux = try Tmux(lyre, columns: 80, rows: 24)
      tmux.type("\"$LYRE\" pipeline run p.pipeline -j 2")
      for _ in 0..<3 {
        #expect(
          await eventually { tmux.screen.last?.contains("3 of 6") == true && !tmux.showsCursor })
        tmux.press("C-z")
        #expect(await hasEnded(tmux), "\(tmux.screen)")
        #expect(tmux.showsCursor)
        #expect(!tmux.screen.contains(where: isRow), "\(tmux.screen)")
        tmux.type("fg")
      }
      #expect(await eventually { tmux.screen.last?.contains("3 of 6") == true })
      try lyre.directory.write("", to: "go")
      #expect(await hasEnded(tmux))
      #expect(tmux.all.contains { $0.contains("6 nodes ok") }, "\(tmux.all)")
      #expect(!tmux.all.contains(where: isRow), "\(tmux.all)")
    }
  }

  @Test(
    "a program that is killed or crashes leaves a visible cursor",
    arguments: [SIGKILL, SIGSEGV, SIGTRAP])
  func killed(signal: Int32) async throws {
    try await Lyre.with { lyre in
      try pipeline(lyre, nodes: 6)
      // Swift's crash handler, which draws a backtrace in a terminal first, takes long.
      let tmux = try Tmux(
        lyre, columns: 80, rows: 24, environment: ["SWIFT_BACKTRACE": "enable=no"])
      tmux.type("(echo $BASHPID >pid; exec \"$LYRE\" pipeline run p.pipeline -j 2)")
      #expect(
        await eventually { tmux.screen.last?.contains("3 of 6") == true && !tmux.showsCursor })
      let pid = try #require(Int32(try lyre.text(of: "pid").split(separator: "\n")[0]))
      kill(pid, signal)
      #expect(await eventually { tmux.showsCursor && tmux.wraps })
      // The shell's own line is below the board.
      #expect(await hasEnded(tmux), "\(tmux.screen)")
    }
  }

  @Test(
    "is not shown on a terminal without cursor movement, nor when it is not wanted",
    arguments: ["TERM=dumb", "TERM=", "PROGRESS=plain", "PROGRESS=none"])
  func plain(setting: String) async throws {
    try await Lyre.with { lyre in
      try pipeline(lyre, nodes: 4)
      try lyre.directory.write("", to: "go")
      let tmux = try Tmux(lyre, columns: 80, rows: 24)
      tmux.type(
        "PROGRESS=auto; export \(setting); \"$LYRE\" pipeline run p.pipeline --progress $PROGRESS; echo code $?"
      )
      #expect(await eventually { tmux.screen.contains("code 0") })
      #expect(
        tmux.screen.contains("node3.sh: started") == (setting != "PROGRESS=none"), "\(tmux.screen)")
      #expect(!tmux.all.contains(where: isRow))
    }
  }

  @Test("lyre follow shows it for a run of another process, with the same end")
  func followed() async throws {
    try await Lyre.with { lyre in
      try pipeline(lyre, nodes: 30)
      let tmux = try Tmux(lyre, columns: 80, rows: 24)
      let run = try lyre.start(["pipeline", "run", "p.pipeline", "-j", "4", "-q"])
      #expect(await eventually { lyre.directory.entries.contains(".local") })
      tmux.type("until \"$LYRE\" follow last; do sleep 0.1; done")
      #expect(
        await eventually {
          tmux.screen.last?.contains("15 of 30 done, 4 running, 11 waiting") == true
        }, "\(tmux.screen)")
      #expect(tmux.screen.count { $0.hasPrefix("▶") } == 4)
      try lyre.directory.write("", to: "go")
      #expect(await hasEnded(tmux))
      #expect(await run.result().ending == .exited(0))
      #expect(
        tmux.all.contains { $0.hasPrefix("p.pipeline: run 1: 30 nodes ok in ") }, "\(tmux.all)")
      #expect(!tmux.all.contains(where: isRow), "\(tmux.all)")
      #expect(tmux.showsCursor)
    }
  }

  @Test("has an estimate from the second run on")
  func estimate() async throws {
    try await Lyre.with { lyre in
      try lyre.script(
        "slow.sh",
        "test -e again || { touch again; sleep 1; exit; }; until [ -e go ]; do sleep 0.02; done")
      try lyre.script("next.sh", "sleep 0.1")
      try lyre.pipeline([.init(file: "slow.sh"), .init(file: "next.sh", parents: ["slow.sh"])])
      #expect(try await lyre.run(["pipeline", "run", "p.pipeline", "-q"]).code == 0)
      let tmux = try Tmux(lyre, columns: 80, rows: 24)
      tmux.type("\"$LYRE\" pipeline run p.pipeline")
      #expect(
        await eventually { tmux.screen.last?.hasSuffix("0 s, a few seconds left") == true },
        "\(tmux.screen)")
      try lyre.directory.write("", to: "go")
      #expect(await hasEnded(tmux))
    }
  }

  @Test("labels that act on terminals, and wide ones, do not disturb it")
  func hostileLabels() async throws {
    try await Lyre.with { lyre in
      let names = [
        "日本語日本語日本語日本語日本語", "a\u{1B}[2J\u{1B}[5Ab\r\u{9B}3A", "👩‍👩‍👧‍👦❤️✅ family",
        "e\u{301}\u{301}\u{301}x",
      ]
      .map { $0 + ".sh" }
      for name in names {
        try lyre.script(
          name, "printf '\\033[10A\\033[2Jgo up\\n'; until [ -e go ]; do sleep 0.02; done")
      }
      try lyre.pipeline(names.map { .init(file: $0) })
      let tmux = try Tmux(lyre, columns: 70, rows: 12)
      tmux.type("\"$LYRE\" pipeline run p.pipeline -j 4")
      #expect(
        await eventually { tmux.screen.count { $0.hasPrefix("▶") && $0.hasSuffix("go up") } == 4 },
        "\(tmux.screen)")
      #expect(tmux.screen.count { $0.contains(" | go up") } == 4, "\(tmux.screen)")
      try lyre.directory.write("", to: "go")
      #expect(await hasEnded(tmux))
      #expect(!tmux.all.contains(where: isRow), "\(tmux.all)")
    }
  }
}
