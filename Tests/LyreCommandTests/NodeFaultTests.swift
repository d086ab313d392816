import Glibc
import JSONCore
import KernelTesting
import RealKernels
import RunEvents
import SystemSupport
import Testing

@Suite("lyre node under faults")
struct NodeFaultTests {
  @Test("SIGTERM stops a script, brings outputs back, and ends with 143")
  func terminated() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write(
        "#!/bin/sh\ntrap 'echo got it; exit 0' TERM\necho x > made.csv\necho ready\nwhile :; do sleep 1; done\n",
        to: "in/a.sh")
      var node = NodeDescriptionFile(lyre, file: "a.sh")
      node.bringBack(["*.csv"])
      let command = try lyre.start(try node.arguments())
      #expect(await command.hasPrinted("ready"))
      command.send(signal: SIGTERM)
      let outcome = Lyre.Outcome(await command.result())
      #expect(outcome.code == 143, "\(outcome)")
      #expect(try lyre.text(of: "out/made.csv") == "x\n")
      let ending = try lyre.ending()
      #expect(ending["status"] == "interrupted")
      #expect(ending["exit_code"] == 143)
      #expect(lyre.directory.entries.filter { $0.hasPrefix("lyre-") } == [])
    }
  }

  @Test("SIGTERM during a notebook saves what there is, also if the kernel ignores everything")
  func terminatedNotebook() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(
        ["print first", "print second\nignore SIGINT SIGTERM\nhang"], to: "in/nb.ipynb")
      let node = NodeDescriptionFile(lyre, file: "nb.ipynb")
      let command = try lyre.start(try node.arguments())
      #expect(await command.hasPrinted("second"))
      let start = ContinuousClock.now
      command.send(signal: SIGTERM)
      #expect(Lyre.Outcome(await command.result()).code == 143)
      #expect(ContinuousClock.now - start < .seconds(25))
      #expect(try lyre.text(1, in: "results/executed.ipynb") == "second\n")
      #expect(try lyre.text(1, in: "results/notebook.ipynb") == "second\n")
      #expect(try lyre.ending()["status"] == "interrupted")
    }
  }

  @Test("a node that is killed leaves its events and its notebook so far, and no ending")
  func killed() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print first", "print second\nhang"], to: "in/nb.ipynb")
      let node = NodeDescriptionFile(lyre, file: "nb.ipynb")
      let command = try lyre.start(try node.arguments())
      #expect(await command.hasPrinted("second"))
      // It has been saved.
      #expect(
        await eventually {
          (try? lyre.text(1, in: "results/executed.ipynb")) == "second\n"
        })
      command.send(signal: SIGKILL)
      #expect(await command.result().ending == .killed(signal: SIGKILL))
      #expect(await lyre.kernel.leftovers() == [])
      #expect(!FilePath.exists(lyre.directory.path("results/ending.json")))
      #expect(try lyre.nodeEvents().contains("stdout second\n"))
      // The folder with the copies goes, too.
      #expect(
        await eventually { lyre.directory.entries.filter { $0.hasPrefix("lyre-") } == [] })
    }
  }

  @Test("killed at any point, it never leaves a part that looks whole", arguments: 0..<9)
  func killedAnywhere(lines: Int) async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print a", "print b", "print c"], to: "in/nb.ipynb")
      try lyre.directory.write(String(repeating: "x", count: 1 << 20), to: "in/made.bin")
      var node = NodeDescriptionFile(lyre, file: "nb.ipynb")
      node.bringBack(["made.bin"])
      let command = try lyre.start(try node.arguments())
      _ = await eventually {
        let log = (try? lyre.directory.read("results/events.ndjson")) ?? []
        return log.count { $0 == 0x0A } >= lines
      }
      command.send(signal: SIGKILL)
      _ = await command.result()
      func content(_ name: String) -> [UInt8]? { try? lyre.directory.read(name) }
      // Whatever of these is there is whole.
      if let made = content("out/made.bin") { #expect(made.count == 1 << 20) }
      for name in ["results/executed.ipynb", "results/notebook.ipynb"] {
        if let bytes = content(name) {
          #expect(throws: Never.self) { try JSONValue(parsing: bytes) }
        }
      }
      guard let log = content("results/events.ndjson") else { return }
      let whole = log.lastIndex(of: 0x0A).map { log[...$0] } ?? []
      #expect(RunEvent.events(of: whole).count == whole.count { $0 == 0x0A })
      // An ending says that everything before it is there.
      guard content("results/ending.json") != nil else { return }
      #expect(try lyre.ending()["status"] == "succeeded")
      #expect(content("out/made.bin") != nil)
      #expect(content("results/executed.ipynb") != nil)
      #expect(try lyre.nodeEvents().last == "node_finished succeeded")
    }
  }

  @Test(
    "a full disk for the results does not stop the node, which still says how it ended",
    .enabled(if: SmallDisk.canMount, SmallDisk.missing))
  func fullDisk() async throws {
    try await SmallDisk.with { lyre in
      try lyre.directory.write(
        "#!/bin/sh\ni=0\nwhile [ $i -lt 8000 ]; do echo line $i of many lines that fill the disk; i=$((i+1)); done\n"
          + "echo x > made.csv\necho done\n", to: "in/a.sh")
      var node = NodeDescriptionFile(lyre, file: "a.sh", results: "disk/results")
      node.bringBack(["made.csv"])
      let outcome = try await node.run()
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.output.hasSuffix("\ndone\n"))
      let disk = lyre.directory.path("disk/results")
      #expect(
        outcome.errors.contains(" of its events are not in '\(disk)/events.ndjson': No space left"))
      #expect(
        outcome.errors.contains("the log '\(disk)/output.log' cannot be written: No space left"))
      #expect(try lyre.ending("disk/results")["status"] == "succeeded")
      #expect(try lyre.text(of: "out/made.csv") == "x\n")
      let events = try lyre.directory.read("disk/results/events.ndjson")
      #expect(events.last == 0x0A)
      // One event has all lines that came at once.
      #expect(RunEvent.events(of: events).count > 2)
    }
  }

  @Test(
    "outputs that do not fit are a failure that names the place",
    .enabled(if: SmallDisk.canMount, SmallDisk.missing))
  func fullOutputs() async throws {
    try await SmallDisk.with { lyre in
      try lyre.directory.write(
        "#!/bin/sh\nhead -c 400000 /dev/zero > big.bin\necho y > a.csv\necho x > z.csv\n",
        to: "in/a.sh")
      var node = NodeDescriptionFile(lyre, file: "a.sh")
      let disk = lyre.directory.path("disk")
      node.json["outputs"] = ["to": .init(disk), "patterns": ["a.csv", "big.bin", "z.csv"]]
      let outcome = try await node.run()
      #expect(outcome.code == 6, "\(outcome)")
      #expect(try lyre.ending()["status"] == "not_written")
      #expect(
        try lyre.ending()["message"]?.string
          == "'\(disk)/big.bin' cannot be written: No space left on device")
      // The others are there.
      #expect(FilePath.names(in: disk) == ["a.csv", "z.csv"])
    }
  }

  @Test("as process 1 it collects orphans, passes signals on, and ends with the node's code")
  func firstProcess() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write(
        "#!/bin/sh\ntrap 'exit 0' TERM\nps -o pid=,comm= -p 1\necho ready\nwhile :; do sleep 0.1; done\n",
        to: "in/a.sh")
      try lyre.directory.write("#!/bin/sh\nexit 9\n", to: "in/b.sh")
      _ = try NodeDescriptionFile(lyre, file: "a.sh").arguments()
      let outcome = try await lyre.shell(
        """
        unshare -pf --mount-proc true 2>/dev/null || exit 77
        unshare -pf --mount-proc "$LYRE" node node.json > out.txt & pid=$!
        until grep -q ready out.txt; do sleep 0.1; done
        init=$(cut -d' ' -f1 /proc/$pid/task/$pid/children)
        kill -TERM "$init"
        wait $pid; echo "code $?"
        """)
      // On a machine where that is not allowed, the test shows nothing.
      if outcome.code == 77 { return }
      #expect(outcome.output == "code 143\n", "\(outcome)")
      #expect(try lyre.ending()["exit_code"] == 143)
      var second = NodeDescriptionFile(lyre, file: "b.sh", results: "results2")
      second.json["subject"] = ["node": "b"]
      _ = try second.arguments()
      let failed = try await lyre.shell(
        "unshare -pf --mount-proc \"$LYRE\" node node.json; echo $?")
      #expect(failed.output == "1\n", "\(failed)")
    }
  }
}
