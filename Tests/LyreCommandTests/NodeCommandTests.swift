import Glibc
import JSONCore
import KernelTesting
import RealKernels
import RunEvents
import SystemSupport
import Testing

@Suite("lyre node")
struct NodeCommandTests {
  @Test("a script runs in a copy of its folder, and its outputs come back")
  func script() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write("3", to: "in/sub/data.txt")
      try lyre.directory.write(
        """
        #!/bin/sh
        cat data.txt
        echo warn >&2
        echo $WHO > who.csv
        mkdir -p d/e
        echo x > d/e/f

        """, to: "in/sub/a.sh")
      var node = NodeDescriptionFile(lyre, file: "sub/a.sh")
      node.set("environment", ["WHO": "me"])
      node.bringBack(["*.csv", "d/"])
      #expect(try await node.run() == .init(0, output: "3\n", errors: "warn\nload: ok in T\n"))
      #expect(try lyre.text(of: "out/sub/who.csv") == "me\n")
      #expect(try lyre.text(of: "out/sub/d/e/f") == "x\n")
      #expect(FilePath.names(in: lyre.directory.path("in/sub")) == ["a.sh", "data.txt"])
      #expect(
        FilePath.names(in: lyre.directory.path("results")) == [
          "ending.json", "events.ndjson", "output.log",
        ])
      #expect(["3warn\n", "warn\n3"].contains(try lyre.text(of: "results/output.log")))
      let events = try lyre.nodeEvents()
      #expect(events.first == "node_started")
      #expect(events.last == "node_finished succeeded")
      #expect(Set(events.dropFirst().dropLast()) == ["stdout 3\n", "stderr warn\n"])
      let ending = try lyre.ending()
      #expect(ending["status"] == "succeeded")
      #expect(ending["exit_code"] == 0)
      #expect(ending["node"] == "n")
      #expect(ending["run"] == 1)
      // Neither its folder nor anything else is left.
      #expect(lyre.directory.entries.filter { $0.hasPrefix("lyre-") } == [])
    }
  }

  @Test(
    "a notebook runs in a copy of its folder: with its parameters as executed, without them as its own"
  )
  func notebook() async throws {
    try await Lyre.with { lyre in
      let before = try lyre.notebook(["print one", "print two"], to: "in/nb.ipynb")
      let node = NodeDescriptionFile(lyre, file: "nb.ipynb")
      #expect(try await node.run() == .init(0, output: "one\ntwo\n", errors: "load: ok in T\n"))
      #expect(try lyre.directory.read("in/nb.ipynb") == before)
      for name in ["results/executed.ipynb", "results/notebook.ipynb"] {
        #expect(try lyre.text(0, in: name) == "one\n")
        #expect(try lyre.text(1, in: name) == "two\n")
      }
      #expect(try lyre.ending()["cell_list"]?.array?.count == 2)
      #expect(try lyre.nodeEvents().contains("stdout two\n"))
      #expect(try lyre.text(of: "results/output.log") == "one\ntwo\n")
    }
  }

  @Test("with its files in place, a notebook gets its results in place")
  func inPlace() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print one"], to: "in/nb.ipynb")
      var node = NodeDescriptionFile(lyre, file: "nb.ipynb")
      node.runInPlace("in")
      #expect(try await node.run(["--quiet"]) == .init(0, errors: "load: ok in T\n"))
      #expect(try lyre.text(0, in: "in/nb.ipynb") == "one\n")
      #expect(
        FilePath.names(in: lyre.directory.path("results")) == [
          "ending.json", "events.ndjson", "executed.ipynb", "output.log",
        ])
    }
  }

  /// A script's or a cell's fault, the exit code, the status, and how the message begins.
  static let failures: [(String, Int32, String, String)] = [
    ("a.sh: echo broke >&2; exit 3", 1, "failed", "the script exited with code 3: broke"),
    (
      "error Oops it broke", 1, "failed",
      "cell 2 (In [2]) 'error Oops it broke' failed: Oops: it broke"
    ),
    ("crash", 4, "kernel_died", "the kernel was killed by SIGKILL"),
    ("hang", 3, "timed_out", "took longer than its limit"),
    ("a.sh: sleep 60", 3, "timed_out", "took longer than its limit"),
    ("a.sh: true", 1, "failed", "succeeded, but did not create the declared output: *.csv"),
  ]

  @Test(
    "a node that fails says how, and its outputs come back all the same",
    arguments: failures.indices)
  func failure(index: Int) async throws {
    let (fault, code, status, message) = Self.failures[index]
    try await Lyre.with { lyre in
      let isScript = fault.hasPrefix("a.sh: ")
      let makes = status == "failed" && message.hasPrefix("succeeded") ? ":" : "echo x > made.csv"
      if isScript {
        try lyre.directory.write("#!/bin/sh\n\(makes)\n\(fault.dropFirst(6))\n", to: "in/a.sh")
      } else {
        try lyre.notebook(["print first", fault], to: "in/nb.ipynb")
        try lyre.directory.write("x\n", to: "in/made.csv")
      }
      var node = NodeDescriptionFile(lyre, file: isScript ? "a.sh" : "nb.ipynb")
      node.bringBack(["*.csv"])
      if code == 3 { node.set("limit_seconds", 1) }
      let outcome = try await node.run()
      #expect(outcome.code == code, "\(outcome)")
      let ending = try lyre.ending()
      #expect(ending["status"]?.string == status)
      #expect(ending["message"]?.string?.hasPrefix(message) == true, "\(ending)")
      #expect(ending["exit_code"]?.int == Int(code))
      if makes != ":" { #expect(try lyre.text(of: "out/made.csv") == "x\n") }
      if !isScript {
        #expect(try lyre.text(0, in: "results/executed.ipynb") == "first\n")
        #expect(try lyre.text(0, in: "results/notebook.ipynb") == "first\n")
      }
      #expect(try lyre.nodeEvents().last == "node_finished \(status)")
    }
  }

  @Test("a missing kernel is said before anything is fetched, with what to do")
  func missingKernel() async throws {
    try await Lyre.with { lyre in
      var node = NodeDescriptionFile(lyre, file: "nb.ipynb")
      node.json["work"] = .init(lyre.directory.path("work"))
      node.json["files"] = [["folder": "/does/not/exist"]]
      node.set("kernel", "python3")
      node.set("language", "python")
      let outcome = try await node.run()
      #expect(outcome.code == 5)
      #expect(
        outcome.errors.hasPrefix(
          "load: no kernel after T: no kernel named 'python3'. Installed: scripted"))
      #expect(
        outcome.errors.hasSuffix(
          ". A kernel is needed where the node runs: choose an image that has it, or install it there\n"
        ))
      #expect(try lyre.ending()["status"] == "kernel_not_started")
      #expect(FilePath.names(in: lyre.directory.path("work")) == [])

    }
  }

  @Test(
    "a description that is not valid, or not there, is an error with its place, and nothing is done"
  )
  func invalid() async throws {
    try await Lyre.with { lyre in
      var node = NodeDescriptionFile(lyre, file: "a.sh")
      node.set("limit", 5)
      let outcome = try await node.run()
      #expect(outcome.code == 2)
      #expect(
        outcome.errors.hasPrefix(
          "error: node.json: node.limit: there is no such key; the keys here are file, kind, "))
      try lyre.directory.write("{\"version\": 1,}", to: "bad.json")
      #expect(
        try await lyre.run(["node", "bad.json"]).errors.hasPrefix(
          "error: bad.json: line 1, column 15: "))
      #expect(
        try await lyre.run(["node", "none.json"])
          == .init(2, errors: "error: none.json: No such file or directory\n"))
      let input = Array(#"{"version": 3}"#.utf8)
      let old = try await lyre.run(["node", "-"], input: input)
      #expect(old.code == 2)
      #expect(old.errors.hasPrefix("error: standard input: version: this lyre reads version 1"))
      #expect(!FilePath.exists(lyre.directory.path("results")))
    }
  }

  @Test("results of another run are never mixed with new ones")
  func usedResults() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write(
        "#!/bin/sh\necho ran >> '\(lyre.directory.path("ran"))'\n", to: "in/a.sh")
      let node = NodeDescriptionFile(lyre, file: "a.sh")
      #expect(try await node.run().code == 0)
      let before = try lyre.directory.read("results/events.ndjson")
      let results = lyre.directory.path("results")
      #expect(
        try await node.run()
          == .init(
            2,
            errors:
              "error: load: '\(results)' has the results of another run, which would be mixed "
              + "with this one's; name an empty or new place in results.to\n"))
      #expect(try lyre.directory.read("results/events.ndjson") == before)
      #expect(try lyre.text(of: "ran") == "ran\n")
    }
  }

  @Test("content with another SHA-256 is not used")
  func hash() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write("#!/bin/sh\necho ran\n", to: "in/a.sh")
      let hash = String(repeating: "0", count: 64)
      let source = lyre.directory.path("in/a.sh")
      var node = NodeDescriptionFile(lyre, file: "sub/a.sh")
      node.json["files"] = [["object": .init(source), "to": "sub/a.sh", "sha256": .init(hash)]]
      let outcome = try await node.run()
      #expect(outcome.code == 1)
      #expect(outcome.output == "")
      let message = try lyre.ending()["message"]?.string ?? ""
      #expect(
        message.hasPrefix("'\(source)' has changed or was damaged: its SHA-256 is "), "\(message)")
      #expect(message.contains("expects \(hash)"))
    }
  }

  @Test("inputs that need not be there are fetched if they are, and others may be in subfolders")
  func optional() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write("#!/bin/sh\ncat sub/in.csv deep/more.txt\n", to: "in/a.sh")
      try lyre.directory.write("in\n", to: "exchange/sub/in.csv")
      try lyre.directory.write("more\n", to: "exchange/deep/more.txt")
      var node = NodeDescriptionFile(lyre, file: "a.sh")
      node.json["inputs"] = [
        "from": .init(lyre.directory.path("exchange")), "patterns": ["*.csv"], "subfolders": true,
        "optional": ["deep", "sub/*.csv", "none/*.txt"],
      ]
      let outcome = try await node.run()
      #expect(outcome.code == 0 && outcome.output == "in\nmore\n", "\(outcome)")
    }
  }

  @Test("missing files are named: those of the node, and inputs that no earlier node has left")
  func missing() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write("#!/bin/sh\ncat in.csv own.txt\n", to: "in/a.sh")
      try lyre.directory.write("own\n", to: "in/own.txt")
      try lyre.directory.makeDirectory("exchange")
      var node = NodeDescriptionFile(lyre, file: "a.sh")
      node.json["inputs"] = [
        "from": .init(lyre.directory.path("exchange")),
        "patterns": ["in.csv", "own.txt", "*.parquet"],
      ]
      #expect(try await node.run().code == 1)
      #expect(
        try lyre.ending()["message"]?.string
          == "missing input: in.csv, *.parquet; no earlier node has left it in "
          + "'\(lyre.directory.path("exchange"))'")

      try lyre.directory.write("in\n", to: "exchange/in.csv")
      var second = NodeDescriptionFile(lyre, file: "a.sh", results: "results2")
      second.json["inputs"] = [
        "from": .init(lyre.directory.path("exchange")), "patterns": ["in.csv", "own.txt"],
      ]
      #expect(try await second.run() == .init(0, output: "in\nown\n", errors: "load: ok in T\n"))

      let third = NodeDescriptionFile(lyre, file: "b.sh", results: "results3")
      #expect(try await third.run().code == 1)
      #expect(
        try lyre.ending("results3")["message"]?.string?.hasPrefix("there is no file 'b.sh' in '")
          == true)
    }
  }

  @Test("an archive is unpacked, and Elyra's names are relative to the node's folder")
  func archive() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write("#!/bin/sh\ncat data.csv > copy.csv\n", to: "in/a.sh", mode: 0o755)
      let made = try await lyre.shell("tar -C in -czf a-n.tar.gz a.sh")
      #expect(made.code == 0)
      try lyre.directory.write("1,2\n", to: "bucket/data.csv")
      var node = NodeDescriptionFile(lyre, file: "sub/../a.sh")
      node.json["files"] = [["archive": .init(lyre.directory.path("a-n.tar.gz"))]]
      let place = JSONValue(lyre.directory.path("bucket"))
      node.json["inputs"] = ["from": place, "patterns": ["data.csv"], "elyra": true]
      node.json["outputs"] = ["to": place, "patterns": ["copy.csv"], "elyra": true]
      let outcome = try await node.run()
      #expect(outcome == .init(0, errors: "load: ok in T\n"), "\(outcome)")
      #expect(try lyre.text(of: "bucket/copy.csv") == "1,2\n")
    }
  }

  @Test("variables of a file are set, and the file is gone")
  func environmentFile() async throws {
    try await Lyre.with { lyre in
      try lyre.directory.write("#!/bin/sh\necho \"$A|$B\"\n", to: "in/a.sh")
      try lyre.directory.write("A=s3cret\nline\u{0}B=2\u{0}", to: "environment", mode: 0o600)
      var node = NodeDescriptionFile(lyre, file: "a.sh")
      node.set("environment", ["A": "1", "B": "1"])
      node.set("environment_file", .init(lyre.directory.path("environment")))
      #expect(try await node.run().output == "s3cret\nline|2\n")
      #expect(!FilePath.exists(lyre.directory.path("environment")))
      var second = NodeDescriptionFile(lyre, file: "a.sh", results: "results2")
      second.set("environment_file", .init(lyre.directory.path("environment")))
      let outcome = try await second.run()
      #expect(outcome.code == 2)
      #expect(outcome.errors.contains("and it has the node's variables"))
    }
  }
}
