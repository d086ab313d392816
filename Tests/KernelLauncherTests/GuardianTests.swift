import Glibc
import KernelTesting
import Processes
import Testing

/// Each test runs a real program with a kernel, and ends it.
@Suite("Clean-up after a program")
struct GuardianTests {
  /// Prints its own process ID and those of a child and of a job with its own group, and creates
  /// files at the places of a kernel's sockets.
  private static let kernel = """
    touch $(dirname "$0")/k-1 $(dirname "$0")/of-its-own
    sleep 1000 & child=$!
    set -m
    sleep 1000 & job=$!
    echo $$ $child $job
    wait
    """

  /// The environment of a program; with a sanitizer's options, because by default AddressSanitizer
  /// changes the exit status of a program that frees nothing at its end.
  private static func environment(_ more: [String: String]) -> [String: String] {
    var variables = ["PATH": "/usr/bin:/bin"]
    variables["ASAN_OPTIONS"] = getenv("ASAN_OPTIONS").map { String(cString: $0) }
    return variables.merging(more) { $1 }
  }

  @Test(
    "leaves no process, file or directory, however the program ends",
    arguments: [("hang", SIGKILL), ("hang", SIGTERM), ("exit", 0), ("abort", 0)])
  func nothingIsLeft(how: String, signal: Int32) async throws {
    let output = Output()
    let holder = try BuiltProduct.path("kernel-holder")
    let process = try await ChildProcess.launch(
      try command(
        [holder, how, "bash", "-c", Self.kernel, "{connection_file}"],
        // Swift's crash handler changes the signal.
        environment: Self.environment(["SWIFT_BACKTRACE": "enable=no"])),
      onOutput: output.sink)
    let lines = await output.lines(2)
    try #require(lines.count == 2, "\(lines) \(process.standardErrorTail)")
    let directory = String(lines[0].dropLast("/kernel.json".count))
    let processes = lines[1].split(separator: " ").compactMap { Int32($0) }
    try #require(processes.count == 3)
    if signal != 0 {
      for process in processes { #expect(isRunning(process)) }
      #expect(access("\(directory)/of-its-own", F_OK) == 0)
      process.signal(signal)
    }
    let status = try #require(await process.waitForExit())
    #expect(status == (how == "exit" ? .exited(3) : .signaled(signal == 0 ? SIGABRT : signal)))
    #expect(await eventually { !processes.contains(where: isRunning) })
    #expect(await eventually { access(directory, F_OK) != 0 && errno == ENOENT })
  }

  @Test("the kernel itself dies with the program even without a guardian")
  func parentDeathSignal() async throws {
    let mark = "alone-\(getpid())"
    let output = Output()
    let holder = try BuiltProduct.path("kernel-holder")
    let process = try await ChildProcess.launch(
      try command(
        [holder, "hang", "sh", "-c", "echo $$; exec sleep 1000"],
        environment: Self.environment(["MARK": mark])),
      onOutput: output.sink)
    let lines = await output.lines(2)
    try #require(lines.count == 2, "\(lines) \(process.standardErrorTail)")
    let kernel = try #require(Int32(lines[1]))
    let guardian = try #require(try await guardian(mark))
    #expect(kill(guardian, SIGKILL) == 0)
    #expect(await eventually { !isRunning(guardian) })
    process.kill()
    #expect(await process.waitForExit() == .signaled(SIGKILL))
    #expect(await eventually { !isRunning(kernel) })
    // No other process removes this now.
    unlink(lines[0])
    rmdir(String(lines[0].dropLast("/kernel.json".count)))
  }

  @Test("the guardian keeps no descriptor open, and ends with the program")
  func guardianIsUnseen() async throws {
    let mark = "unseen-\(getpid())"
    let output = Output()
    let holder = try BuiltProduct.path("kernel-holder")
    let process = try await ChildProcess.launch(
      try command(
        [holder, "hang", "sh", "-c", "echo $$; exec sleep 1000"],
        environment: Self.environment(["MARK": mark])),
      onOutput: output.sink)
    _ = await output.lines(2)
    let guardian = try #require(try await guardian(mark))
    #expect(getsid(guardian) != process.processID)
    let files = try await run(try shell("ls /proc/\(guardian)/fd")).output.text()
    // Its socket, and the event with which it ends the keepers.
    #expect(files == "0\n3\n")
    for signal in [SIGINT, SIGTERM, SIGHUP] { #expect(kill(guardian, signal) == 0) }
    #expect(isRunning(guardian))
    process.kill()
    _ = await process.waitForExit()
    #expect(await eventually { !isRunning(guardian) })
  }

  /// The guardian of the program with the mark in its environment.
  private func guardian(_ mark: String) async throws -> Int32? {
    let script = """
      for file in $(grep -lsz '^MARK=\(mark)$' /proc/[0-9]*/environ); do
        directory=$(dirname $file)
        test "$(cat $directory/comm)" = lyre-guardian && basename $directory
      done
      """
    let found = try await run(try shell(script)).output.text().split(separator: "\n")
    #expect(found.count == 1)
    return found.first.flatMap { Int32($0) }
  }
}
