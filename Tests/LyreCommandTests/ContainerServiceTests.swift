import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite(
  "lyre pipeline run --containers, with a real dockerd", .serialized,
  .enabled(if: Elsewhere.has("docker"), Comment(rawValue: Elsewhere.missing)))
struct ContainerServiceTests {
  @Test("a pipeline gives the same files and notebooks in containers as in processes")
  func fiveNodes() async throws {
    try await Lyre.with { lyre in
      let containers = ["--containers", "--network", "host"]
      try await FiveNodes.expectEqual(lyre, [containers, containers + ["--isolate"]])
      #expect(try await lyre.containers() == [])
    }
  }

  @Test("a node gets its variables and those it names, and no one else sees them")
  func secrets() async throws {
    try await Lyre.with { lyre in
      try lyre.script(
        "a.sh",
        "echo $PLAIN; test \"$TOKEN\" = s3cr3t-t0ken && echo equal; sleep 3; echo ${OTHER:-none}")
      try lyre.pipeline([
        .init(
          file: "a.sh", environment: ["PLAIN": "p1ain value"], secrets: ["TOKEN"],
          image: Elsewhere.shell)
      ])
      let command = try lyre.start(
        [
          "pipeline", "run", "p.pipeline", "--containers", "--network", "host", "--events", "e",
          "--state", "state",
        ],
        environment: Elsewhere.variables.merging(["TOKEN": "s3cr3t-t0ken", "OTHER": "x"]) { $1 })
      #expect(await command.hasPrinted("equal"))
      let names = try await lyre.containers().compactMap { $0.split(separator: " ").first }
      let inspection = try await lyre.docker(["inspect"] + names.map(String.init))
      #expect(inspection.code == 0 && inspection.output.contains("lyre.owner"))
      #expect(!inspection.output.contains("s3cr3t-t0ken"))
      #expect(!inspection.output.contains("p1ain"))
      // All command lines, but no environments.
      let processes = try await lyre.shell("cat /proc/[0-9]*/cmdline | tr '\\0' ' '")
      #expect(processes.output.contains("lyre.owner"))
      #expect(!processes.output.contains("s3cr3t-t0ken"))
      let outcome = Lyre.Outcome(await command.result())
      #expect(outcome.code == 0, "\(outcome)")
      #expect(outcome.output == "a.sh | p1ain value\na.sh | equal\na.sh | none\n")
      let files = try await lyre.shell("grep -rl s3cr3t-t0ken state e; true")
      #expect(files.output == "")
    }
  }

  @Test("a node that uses up its memory is said to have done that")
  func memory() async throws {
    try await Lyre.with { lyre in
      try lyre.pythonNotebook(["x = 'a' * 400_000_000"], to: "a.ipynb")
      try lyre.pipeline([
        .init(
          file: "a.ipynb", image: Elsewhere.python,
          parameters: ["memory_limit": 0.2, "cpu_limit": 1])
      ])
      let outcome = try await lyre.contained()
      #expect(outcome.code != 0)
      #expect(outcome.errors.contains("ran out of memory: its limit is 200 MB"), "\(outcome)")
      #expect(try await lyre.containers() == [])
    }
  }

  @Test("an image that is not there is an error with its name and a remedy")
  func missingImage() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "true")
      try lyre.pipeline([.init(file: "a.sh", image: "lyre-test/absent:1")])
      let outcome = try await lyre.contained()
      #expect(outcome.code == 1)
      #expect(
        outcome.errors.contains("the image 'lyre-test/absent:1' cannot be pulled"), "\(outcome)")
      let never = try await lyre.contained(["--pull", "never"])
      #expect(never.errors.contains("does not have the image 'lyre-test/absent:1'"), "\(never)")
    }
  }

  @Test("an image needs nothing: no shell, no libc, no folder for temporary files")
  func emptyImage() async throws {
    try await Lyre.with { lyre in
      let program = try #require(Elsewhere.variables["LYRE_NODE_PROGRAM"])
      _ = try await lyre.shell("cp '\(program)' tool")
      try lyre.pythonNotebook(["1"], to: "a.ipynb")
      try lyre.pipeline([
        .init(file: "tool", image: Elsewhere.empty), .init(file: "a.ipynb", image: Elsewhere.empty),
      ])
      let outcome = try await lyre.contained(["--keep-going"])
      #expect(outcome.output.contains("tool | OVERVIEW: Run Jupyter notebooks"), "\(outcome)")
      #expect(outcome.errors.contains("no kernel"), "\(outcome)")
      #expect(outcome.code == 5, "\(outcome)")
    }
  }

  @Test("a root that cannot be written to is enough")
  func readOnlyRoot() async throws {
    try await Lyre.with { lyre in
      try lyre.pythonNotebook(
        ["import tempfile; tempfile.TemporaryFile().close()\nprint('fine')"], to: "a.ipynb")
      try lyre.pipeline([.init(file: "a.ipynb", image: Elsewhere.python)])
      let outcome = try await lyre.contained(["--container-option=--read-only"])
      #expect(outcome.code == 0, "\(outcome)")
      #expect(try lyre.text(0, in: "a.ipynb") == "fine\n")
    }
  }

  @Test("Ctrl-C saves the notebook and ends the container", arguments: [SIGINT, SIGTERM])
  func interrupt(signal: Int32) async throws {
    try await Lyre.with { lyre in
      try lyre.pythonNotebook(
        ["print('before')", "open('now', 'w').close()\nimport time; time.sleep(100)"], to: "a.ipynb"
      )
      try lyre.pipeline([.init(file: "a.ipynb", image: Elsewhere.python)])
      let command = try lyre.start(
        ["pipeline", "run", "p.pipeline", "--containers", "--network", "host", "-v"],
        environment: Elsewhere.variables)
      #expect(await eventually { access("\(lyre.directory.path)/now", F_OK) == 0 })
      command.send(signal: signal)
      let outcome = Lyre.Outcome(await command.result())
      #expect(outcome.code == 128 + signal, "\(outcome)")
      #expect(try lyre.text(0, in: "a.ipynb") == "before\n")
      #expect(try await lyre.containers() == [])
      #expect(lyre.nodeFolders() == [])
    }
  }

  @Test("a container whose lyre was killed is removed by cleanup, and others are not")
  func killed() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "echo started; sleep 1000")
      try lyre.pipeline([.init(file: "a.sh", image: Elsewhere.shell)])
      func start() async throws -> RunningCommand {
        let command = try lyre.start(
          ["pipeline", "run", "p.pipeline", "--containers", "--network", "host"],
          environment: Elsewhere.variables)
        #expect(await command.hasPrinted("started"))
        return command
      }
      let killed = try await start()
      killed.send(signal: SIGKILL)
      _ = await killed.result()
      #expect(try await lyre.containers().count == 1)
      // The next run removes it.
      let second = try await start()
      #expect(try await lyre.containers().count == 1)
      let nothing = try await lyre.runElsewhere(["pipeline", "cleanup"])
      #expect(nothing.code == 0 && !nothing.output.contains("a.sh"), "\(nothing)")
      #expect(try await lyre.containers().count == 1)
      second.send(signal: SIGKILL)
      _ = await second.result()
      let cleanup = try await lyre.runElsewhere(["pipeline", "cleanup"])
      #expect(
        cleanup.output.contains(/removed the container [0-9a-f]{12} of node 'a.sh'/), "\(cleanup)")
      #expect(try await lyre.containers() == [])
      #expect(lyre.nodeFolders() == [])
    }
  }

  @Test("limits and retries are those of a local run")
  func limits() async throws {
    try await Lyre.with { lyre in
      try lyre.script("slow.sh", "sleep 100")
      try lyre.script("flaky.sh", "test -e again || { echo > again; exit 3; }")
      try lyre.pipeline([
        .init(file: "slow.sh", properties: ["timeout": 1], image: Elsewhere.shell),
        .init(file: "flaky.sh", properties: ["retries": 1], image: Elsewhere.shell),
      ])
      let outcome = try await lyre.contained(["--keep-going"])
      #expect(outcome.code == 3, "\(outcome)")
      #expect(outcome.errors.contains("slow.sh: took longer than its limit"), "\(outcome)")
      #expect(outcome.errors.contains(/flaky.sh: ok/), "\(outcome)")
    }
  }

  @Test("--cached compares the image's content, not its name")
  func cache() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "echo ran > out.txt")
      let image = "lyre-test/cache-\(getpid()):1"
      _ = try await lyre.docker(["tag", Elsewhere.shell, image])
      try lyre.pipeline([.init(file: "a.sh", outputs: ["out.txt"], image: image)])
      let state = ["--cached", "--state", "state"]
      #expect(try await lyre.contained(state).errors.contains("a.sh: ok"))
      let second = try await lyre.contained(state)
      #expect(second.errors.contains("a.sh: unchanged"), "\(second)")
      _ = try await lyre.docker(["tag", Elsewhere.python, image])
      let third = try await lyre.contained(state)
      #expect(third.errors.contains("started (its image changed)"), "\(third)")
      let local = try await lyre.runElsewhere(["pipeline", "run", "p.pipeline"] + state)
      #expect(local.errors.contains("a.sh: started ("), "\(local)")
      _ = try await lyre.docker(["rmi", image])
    }
  }

  @Test("--isolate hides undeclared files, and takes only declared outputs")
  func isolation() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "cat in.txt > out.txt; echo x > extra.txt; ls *.txt; cat hidden.txt")
      try lyre.directory.write("in", to: "in.txt")
      try lyre.directory.write("hidden", to: "hidden.txt")
      try lyre.pipeline([
        .init(file: "a.sh", dependencies: ["in.txt"], outputs: ["out.txt"], image: Elsewhere.shell)
      ])
      let outcome = try await lyre.contained(["--isolate"])
      #expect(outcome.code == 1, "\(outcome)")
      #expect(outcome.output == "a.sh | extra.txt\na.sh | in.txt\na.sh | out.txt\n")
      #expect(outcome.errors.contains("no other node gets them: extra.txt"), "\(outcome)")
      #expect(try lyre.text(of: "out.txt") == "in")
      #expect(access("\(lyre.directory.path)/extra.txt", F_OK) != 0)
    }
  }

  @Test("a claim's folder is mounted in its place, and a claim without one is an error")
  func volumes() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "cat /mnt/data/x.txt; echo no > /mnt/data/y.txt || echo read-only")
      try lyre.directory.write("from the volume\n", to: "vol/part/x.txt")
      let volume: JSONValue = [
        "path": "/mnt/data", "pvc_name": "data-pvc", "sub_path": "part", "read_only": true,
      ]
      try lyre.pipeline([
        .init(
          file: "a.sh", image: Elsewhere.shell, parameters: ["mounted_volumes": [volume]])
      ])
      let refused = try await lyre.contained()
      #expect(refused.code == 2)
      #expect(refused.errors.contains("with --volume data-pvc=DIR"), "\(refused)")
      let outcome = try await lyre.contained(["--volume", "data-pvc=vol"])
      #expect(outcome.code == 0, "\(outcome)")
      #expect(outcome.output == "a.sh | from the volume\na.sh | read-only\n")
    }
  }

  @Test("an engine that does not answer is an error with its address and a remedy")
  func noEngine() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "true")
      try lyre.pipeline([.init(file: "a.sh", image: Elsewhere.shell)])
      let place = "unix://\(lyre.directory.path)/none.sock"
      let outcome = try await lyre.contained(
        ["--container-engine", "docker"], ["DOCKER_HOST": place])
      #expect(outcome.code == 1)
      #expect(
        outcome.errors.contains("a.sh: the container engine docker (at \(place)) does not answer"),
        "\(outcome)")
      let unknown = try await lyre.contained(["--container-engine", "no-such-engine"])
      #expect(
        unknown.errors.contains("there is no container engine 'no-such-engine'"), "\(unknown)")
    }
  }

  @Test("a pipeline mixes places, and a node's own place wins over an option for all")
  func mixed() async throws {
    try await Lyre.with { lyre in
      for name in ["a", "b"] {
        try lyre.script("\(name).sh", "test -e '\(lyre.directory.path)/../..' && cat /proc/1/comm")
      }
      try lyre.pipeline([
        .init(file: "a.sh", properties: ["on": "process"], image: Elsewhere.shell),
        .init(file: "b.sh", parents: ["a.sh"], image: Elsewhere.shell),
      ])
      let outcome = try await lyre.contained()
      #expect(outcome.code == 0, "\(outcome)")
      #expect(outcome.output.hasSuffix("b.sh | lyre\n"), "\(outcome)")
      #expect(!outcome.output.hasPrefix("a.sh | lyre"), "\(outcome)")
    }
  }
}

@Suite("lyre pipeline run --containers, without an engine")
struct ContainerOptionTests {
  @Test("a lyre that needs shared libraries is refused before anything runs, with the remedy")
  func dynamicProgram() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "true")
      try lyre.pipeline([.init(file: "a.sh")])
      let outcome = try await lyre.run(["pipeline", "run", "p.pipeline", "--containers"])
      #expect(outcome.code == 2)
      #expect(outcome.errors.contains("needs /lib64/ld-linux-x86-64.so.2"), "\(outcome)")
      #expect(outcome.errors.contains("name it with --node-program or LYRE_NODE_PROGRAM"))
      for place in ["--node-program=p.pipeline", "--node-program=none"] {
        let other = try await lyre.run(["pipeline", "run", "p.pipeline", "--containers", place])
        #expect(other.code == 2 && other.errors.contains("--node-program '"), "\(other)")
      }
    }
  }

  @Test(
    "options that say nothing useful are refused",
    arguments: [
      ["--containers=fit"], ["--containers", "--slurm"], ["--volume", "data"],
      ["--volume", "data=none"], ["--pull", "sometimes"], ["--slurm-option=qos"],
      ["--containers=only:none"],
    ])
  func refused(options: [String]) async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "echo ran >&2")
      try lyre.pipeline([.init(file: "a.sh")])
      let outcome = try await lyre.run(["pipeline", "run", "p.pipeline"] + options)
      #expect(outcome.code == 2, "\(outcome)")
      #expect(!outcome.errors.contains("a.sh | ran"))
      #expect(outcome.errors.lowercased().contains("error:"), "\(outcome)")
    }
  }

  @Test("--containers before the pipeline's name does not take it for its value")
  func position() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "true")
      try lyre.pipeline([.init(file: "a.sh")])
      let outcome = try await lyre.run(["pipeline", "run", "--containers", "p.pipeline"])
      #expect(outcome.errors.contains("p.pipeline: not valid"), "\(outcome)")
    }
  }
}
