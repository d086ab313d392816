import Glibc
import KernelLauncher
import KernelTesting
import Processes
import Testing

@Suite("Processes of kernels")
struct KernelProcessTests {
  @Test(
    "an exit status says how the process ended",
    arguments: [
      ("exit 0", ExitStatus.exited(0), "exited with code 0"),
      ("exit 7", .exited(7), "exited with code 7"),
      ("kill -SEGV $$", .signaled(SIGSEGV), "was killed by SIGSEGV (segmentation fault)"),
      ("kill -KILL $$", .signaled(SIGKILL), "SIGKILL"),
    ])
  func end(script: String, status: ExitStatus, words: String) async throws {
    let result = try await run(try shell(script))
    #expect(result.status == status)
    #expect(result.status.description.contains(words))
  }

  @Test("both streams arrive separately and completely, whatever their size")
  func output() async throws {
    let result = try await run(
      try shell("head -c 3000000 /dev/zero | tr '\\0' a; echo problem >&2; printf end"))
    #expect(result.output.text().utf8.count == 3_000_003)
    #expect(result.output.text().hasSuffix("aend"))
    #expect(result.output.text(.standardError) == "problem\n")
  }

  @Test("only the end of standard error is kept")
  func tail() async throws {
    let process = try await ChildProcess.launch(
      try shell("head -c 100000 /dev/zero | tr '\\0' x >&2; echo 'the reason' >&2; exit 1"))
    #expect(await process.waitForExit() == .exited(1))
    #expect(process.standardErrorTail.hasSuffix("the reason\n"))
    #expect(process.standardErrorTail.utf8.count == 16_384)
  }

  @Test("a keeper keeps the next process only after all descendants of the last one have ended")
  func reuse() async throws {
    // Independent of the keepers left by other tests: ours is returned last and used first.
    let first = try await run(
      try shell("echo $PPID; setsid sleep 1000 < /dev/null > /dev/null 2>&1 & echo $!"))
    let lines = first.output.text().split(separator: "\n").compactMap { Int32($0) }
    try #require(lines.count == 2)
    #expect(!isRunning(lines[1]))
    var keeper = lines[0]
    for turn in 0..<20 {
      let next = try await run(try shell("echo $PPID; exit \(turn)"))
      #expect(next.status == .exited(Int32(turn)))
      if next.output.text() == "\(keeper)\n" { return }
      keeper = Int32(next.output.text().dropLast()) ?? 0
    }
    Issue.record("every process got a keeper of its own")
  }

  @Test("if a waiting keeper was killed, another keeper starts the process")
  func killedKeepers() async throws {
    for _ in 0..<3 {
      let before = try await run(try shell("echo $PPID"))
      let keeper = try #require(Int32(before.output.text().dropLast()))
      // With parallel tests, another test may be using it and would be harmed.
      guard try Tests.children(of: keeper).isEmpty else { continue }
      #expect(kill(keeper, SIGKILL) == 0)
      #expect(await eventually { !isRunning(keeper) })
      let after = try await run(try shell("echo $PPID; exit 3"))
      #expect(after.status == .exited(3))
      #expect(after.output.text() != before.output.text())
    }
  }

  @Test("signals after the end are discarded, and not sent to the next process")
  func lateSignals() async throws {
    for _ in 0..<50 {
      let process = try await ChildProcess.launch(try shell("exit 0"))
      async let status = process.waitForExit()
      for _ in 0..<20 { process.signal(SIGTERM) }
      #expect([.exited(0), .signaled(SIGTERM)].contains(await status))
      process.signal(SIGKILL)
      let next = try await run(try shell("echo whole"))
      #expect(next.status == .exited(0))
      #expect(next.output.text() == "whole\n")
    }
  }

  @Test("standard input is at its end")
  func standardInput() async throws {
    let result = try await run(try shell("cat; readlink /proc/$$/fd/0"))
    #expect(result.output.text() == "/dev/null\n")
  }

  @Test("no descriptor of this program is open in the kernel")
  func descriptors() async throws {
    // Without FD_CLOEXEC, as some libraries open files.
    let careless = open("/dev/zero", O_RDONLY)
    defer { close(careless) }
    let result = try await run(try shell("ls /proc/$$/fd"))
    let listed = result.output.text().split(separator: "\n").compactMap { Int32($0) }
    #expect(listed == [0, 1, 2])
  }

  @Test("signals have their default actions, and none is blocked")
  func signals() async throws {
    let before = signal(SIGUSR1, SIG_IGN)
    defer { signal(SIGUSR1, before) }
    let result = try await run(try command(["grep", "^Sig[BI]", "/proc/self/status"]))
    let masks = result.output.text().split(separator: "\n").compactMap {
      $0.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) }
    }
    // The two signals of glibc may be inherited from the parent of this program.
    #expect(masks.map { $0 & ~(3 << 31) } == [0, 0])
  }

  @Test("the process leads its own session and group")
  func session() async throws {
    let process = try await ChildProcess.launch(try shell("sleep 1000"))
    #expect(getsid(process.processID) == process.processID)
    #expect(getpgid(process.processID) == process.processID)
    process.kill()
    #expect(await process.waitForExit() == .signaled(SIGKILL))
  }

  @Test("it runs in the given directory")
  func workingDirectory() async throws {
    try await TemporaryDirectory.with { directory in
      let result = try await run(try shell("pwd -P"), workingDirectory: directory.path)
      #expect(result.output.text() == "\(directory.path)\n")
    }
  }

  @Test("a directory that does not exist is named in the error")
  func missingDirectory() async throws {
    let error = await #expect(throws: ProcessError.self) {
      _ = try await ChildProcess.launch(try shell("true"), workingDirectory: "/no/such/place")
    }
    #expect(
      error?.description
        == "the working directory '/no/such/place' cannot be entered: No such file or directory")
  }

  @Test("a program that cannot be run is named")
  func notAProgram() async throws {
    try await TemporaryDirectory.with { directory in
      let path = try directory.write("no program", to: "program", mode: 0o755)
      let error = await #expect(throws: ProcessError.self) {
        _ = try await ChildProcess.launch(try command([path]))
      }
      #expect(error?.description == "'\(path)' cannot be run: Exec format error")
    }
  }

  @Test(
    "an impossible command is an error with a message",
    arguments: [
      ([], [:], "it has no arguments, not even the name of its program"),
      (["a\0b"], [:], "the name of its program contains a NUL byte"),
      (["sh", "-c", "exit\0 3"], [:], "its argument 2 contains a NUL byte"),
      (["sh"], ["A": "1\u{0}2"], "the environment variable 'A' contains a NUL byte"),
      (["sh"], ["": "x"], "'' cannot be the name of an environment variable"),
      (["sh"], ["A=B": "x"], "'A=B' cannot be the name of an environment variable"),
      (["sh"], ["A\0": "x"], "'A' cannot be the name of an environment variable"),
    ] as [([String], [String: String], String)])
  func invalidCommand(arguments: [String], environment: [String: String], problem: String) async {
    let error = await #expect(throws: ProcessError.self) {
      _ = try await ChildProcess.launch(
        ProcessCommand(executable: "/bin/sh", arguments: arguments, environment: environment))
    }
    #expect(error?.code == .invalidCommand)
    #expect(error?.message == "the command cannot be run: \(problem)")
  }

  @Test("a path with a NUL byte is an error with a message, for the program and for its directory")
  func pathWithNUL() async {
    let program = await #expect(throws: ProcessError.self) {
      _ = try await ChildProcess.launch(
        ProcessCommand(executable: "/bin/sh\0x", arguments: ["sh"], environment: [:]))
    }
    #expect(
      program?.message
        == "the command cannot be run: the path of its program contains a NUL byte")
    let directory = await #expect(throws: ProcessError.self) {
      _ = try await ChildProcess.launch(
        ProcessCommand(executable: "/bin/sh", arguments: ["sh"], environment: [:]),
        workingDirectory: "/tmp\0/x")
    }
    #expect(directory?.message == "the path of the working directory contains a NUL byte")
  }

  @Test("an interrupt reaches all processes of the group")
  func interrupt() async throws {
    let output = Output()
    // A shell that is interrupted just before it starts a program runs its trap only after that
    // program.
    let child = "trap 'echo child; exit' INT; echo ready; while :; do sleep 0.1; done"
    let process = try await ChildProcess.launch(
      try command(["sh", "-c", "trap 'echo parent; exit 5' INT; sh -c \"$0\"", child]),
      onOutput: output.sink)
    #expect(await output.lines(1) == ["ready"])
    process.interrupt()
    #expect(await process.waitForExit() == .exited(5))
    #expect(output.text() == "ready\nchild\nparent\n")
  }

  @Test("the other processes of the group and the session end with the process")
  func orphans() async throws {
    let output = Output()
    // With job control, a background job gets its own group in the same session.
    let process = try await ChildProcess.launch(
      try command([
        "bash", "-c",
        "sleep 1000 & echo $!; set -m; sleep 1000 & echo $!; ps -o pgid= $!; exit 4",
      ]),
      onOutput: output.sink)
    #expect(await process.waitForExit() == .exited(4))
    let lines = output.text().split(whereSeparator: \.isWhitespace).compactMap { Int32($0) }
    try #require(lines.count == 3)
    #expect(lines[2] != process.processID, "the shell has no job control")
    #expect(await eventually { !isRunning(lines[0]) && !isRunning(lines[1]) })
  }

  @Test(
    "all descendants of a process end with it, even detached ones",
    arguments: [
      "setsid sh -c 'echo $$; exec sleep 1000' &",
      "(setsid sh -c 'echo $$; exec sleep 1000' &)",
      "nohup setsid sh -c 'echo $$; exec sleep 1000' >&1 2>/dev/null &",
      "setsid env -i /bin/sh -c 'echo $$; exec /bin/sleep 1000' &",
    ], [true, false])
  func escaped(script: String, isKilled: Bool) async throws {
    try await TemporaryDirectory.with { directory in
      try await escape(script, isKilled: isKilled, mark: "\(directory.path)/go")
    }
  }

  private func escape(_ script: String, isKilled: Bool, mark: String) async throws {
    let output = Output()
    let process = try await ChildProcess.launch(
      // It ends once the test has read the number and created a file.
      try shell("\(script)\nwhile ! test -e \(mark); do sleep 0.01; done; exit 3"),
      onOutput: output.sink)
    let escaped = try #require(await output.lines(1).first.flatMap { Int32($0) })
    if isKilled { process.kill() } else { close(creat(mark, 0o600)) }
    #expect(await process.waitForExit() == (isKilled ? .signaled(SIGKILL) : .exited(3)))
    #expect(!isRunning(escaped))
  }

  @Test("descendants of one process do not end with another one")
  func othersStay() async throws {
    let output = Output()
    let owner = try await ChildProcess.launch(
      try shell("setsid sh -c 'echo $$; exec sleep 1000' & wait"), onOutput: output.sink)
    let daemon = try #require(await output.lines(1).first.flatMap { Int32($0) })
    for _ in 0..<3 {
      #expect(try await run(try shell("setsid sleep 1000 & exit 0")).status == .exited(0))
    }
    #expect(isRunning(daemon))
    owner.kill()
    _ = await owner.waitForExit()
    #expect(!isRunning(daemon))
  }

  @Test("orphans are reaped when they end, not only with the process")
  func orphansAreReaped() async throws {
    // Each inner shell leaves a child that ends at once.
    let result = try await run(
      try command([
        "bash", "-c",
        """
        for i in 1 2 3 4 5 6 7 8 9 10; do (sh -c 'exit 0' &); done
        keeper=$PPID
        for try in $(seq 500); do
          left=$(cat /proc/[0-9]*/stat 2>/dev/null | grep -c ") Z $keeper ")
          test $left = 0 && break
        done
        echo $left
        """,
      ]))
    #expect(result.output.text() == "0\n")
  }

  @Test("a kernel gets its parent's process ID")
  func parentNumber() async throws {
    let result = try await run(
      try command(["sh", "-c", "test $PPID = $JPY_PARENT_PID && echo same"]))
    #expect(result.output.text() == "same\n")
  }

  @Test("if the keeper is killed, the process and detached descendants end too")
  func killedKeeper() async throws {
    let output = Output()
    let process = try await ChildProcess.launch(
      try shell("setsid sh -c 'echo $$ $1; exec sleep 1000' sh $PPID & wait"),
      onOutput: output.sink)
    let numbers = try #require(await output.lines(1).first).split(separator: " ").compactMap {
      Int32($0)
    }
    try #require(numbers.count == 2)
    #expect(Glibc.kill(numbers[1], SIGKILL) == 0)
    _ = await process.waitForExit()
    #expect(await eventually { !isRunning(process.processID) && !isRunning(numbers[0]) })
  }

  @Test("a cancelled wait ends, and the process continues")
  func cancelledWait() async throws {
    let process = try await ChildProcess.launch(try shell("sleep 1000"))
    await withTaskGroup(of: ExitStatus?.self) { group in
      for _ in 0..<20 { group.addTask { await process.waitForExit() } }
      group.cancelAll()
      for await status in group { #expect(status == nil) }
    }
    #expect(process.exitStatus == nil)
    process.terminate()
    #expect(await process.waitForExit() == .signaled(SIGTERM))
    #expect(process.exitStatus == .signaled(SIGTERM))
    // To no process, and not to a process that now has the number.
    process.kill()
  }

  @Test("many processes at once each report their own end")
  func many() async throws {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for code in Int32(0)..<40 {
        group.addTask { try await run(try shell("exit \(code)")).status == .exited(code) }
      }
      for try await isRight in group { #expect(isRight) }
    }
  }
}

private enum Tests {
  /// The children of this process.
  static func children(of process: Int32) throws -> String {
    guard let file = fopen("/proc/\(process)/task/\(process)/children", "re") else { return "" }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = fread(&buffer, 1, buffer.count, file)
    return String(decoding: buffer[..<count], as: UTF8.self)
  }
}
