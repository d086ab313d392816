import Glibc
import JSONCore
import KernelClient
import KernelLauncher
import KernelTesting
import RealKernels
import Synchronization
import Testing

/// Forked kernels, compared with kernels from cold starts.
@Suite(
  "Warm starts", .timeLimit(.minutes(3)),
  .enabled(if: RealKernels.has("python3"), Comment(rawValue: RealKernels.missing)))
struct WarmStartTests {
  /// Everything that a kernel can find out about itself and that is the same for all kernels.
  private static let probe = #"""
    import atexit, collections, gc, json, locale, os, re, resource, signal, stat, sys, threading, warnings
    import ctypes, random, multiprocessing.process, logging, time, __main__
    connection = sys.argv[sys.argv.index("-f") + 1]
    plain = lambda values: [str(value).replace(connection, "CONNECTION") for value in values]
    status = dict(line.split(":\t", 1) for line in open("/proc/self/status") if ":\t" in line)
    death = ctypes.c_int()
    ctypes.CDLL(None).prctl(2, ctypes.byref(death), 0, 0, 0)
    frame, depth = sys._getframe(), 0
    while frame: frame, depth = frame.f_back, depth + 1
    kind = lambda fd: stat.S_IFMT(os.fstat(fd).st_mode)
    stream = lambda s: [s.name, s.mode, s.encoding, s.errors, s.line_buffering, s.closed]
    same = {
      "argv": plain(sys.argv), "orig_argv": plain(getattr(sys, "orig_argv", [])),
      "cmdline": plain(open("/proc/self/cmdline").read().split("\0")),
      # Each kernel has a parent of its own, which "parent" looks at.
      "environ": sorted(entry for entry in os.environ.items() if entry[0] != "JPY_PARENT_PID"),
      "system's environ": sorted(
        entry for entry in open("/proc/self/environ").read().split("\0")
        if not entry.startswith("JPY_PARENT_PID=")),
      "cwd": os.getcwd(), "path": sys.path, "flags": repr(sys.flags), "xoptions": sys._xoptions,
      "executable": [sys.executable, sys.prefix, sys.base_prefix, os.readlink("/proc/self/exe")],
      "modules": sorted(name for name in sys.modules if not name.startswith("_cython_")),
      "builtins": sorted(vars(__import__("builtins"))),
      "main": sorted(name for name in vars(__main__) if name.startswith("__")),
      "main's": [__main__.__name__, str(__main__.__spec__), getattr(__main__, "__file__", None)],
      "threads": sorted(re.sub(r"\d+", "N", thread.name) for thread in threading.enumerate()),
      "next thread": threading.Thread().name,
      "main thread": threading.main_thread().native_id == os.getpid() == threading.get_native_id(),
      "handlers": [repr(signal.getsignal(n)) for n in range(1, 65) if n not in (32, 33)],
      "masks": [status[name] for name in ("SigBlk", "SigIgn", "SigCgt", "ShdPnd")],
      "name": status["Name"], "umask": status.get("Umask"), "groups": status["Groups"],
      "limits": [resource.getrlimit(n) for n in range(16)],
      "oom": open("/proc/self/oom_score_adj").read(), "nice": os.nice(0), "death": death.value,
      "affinity": sorted(os.sched_getaffinity(0)),
      "session": os.getsid(0) == os.getpgid(0) == os.getpid(),
      "parent": os.getppid() == int(os.environ["JPY_PARENT_PID"]),
      "standard": [kind(0), kind(1), kind(2), os.read(0, 1) == b""],
      "streams": [stream(s) for s in (sys.__stdin__, sys.__stdout__, sys.__stderr__)],
      "descriptors": collections.Counter(
        os.readlink("/proc/self/fd/" + fd).split(":")[0] for fd in os.listdir("/proc/self/fd")
        if os.path.exists("/proc/self/fd/" + fd)),
      "atexit": atexit._ncallbacks(), "depth": depth, "recursion": sys.getrecursionlimit(),
      "gc": [gc.isenabled(), gc.get_threshold(), gc.get_debug()],
      "locale": [locale.setlocale(n) for n in range(6)], "warnings": plain(warnings.filters),
      "bytecode": sys.dont_write_bytecode, "hooks": [repr(sys.gettrace()), repr(sys.getprofile())],
      "log": time.time() - (
        logging._startTime / (1 if isinstance(logging._startTime, float) else 1e9)) < 5,
    }
    own = {
      "random": random.random(), "urandom": os.urandom(8).hex(), "pid": os.getpid(),
      "authkey": bytes(multiprocessing.process.current_process().authkey).hex(),
    }
    print(json.dumps({"same": same, "own": own}))
    """#

  private struct Probe {
    var same: JSONObject
    var own: JSONObject
  }

  private func spec(_ name: String) throws -> KernelSpec {
    try KernelSpecFinder(environment: RealKernels.environment).find(name)
  }

  /// Runs code in a new kernel, and returns its output.
  private func run(
    _ code: String, _ name: String, _ configuration: KernelConfiguration, isWarm: Bool? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> String {
    let isForked = Mutex<Bool?>(nil)
    var configuration = configuration
    configuration.extraArguments = ["--HistoryManager.hist_file=:memory:"]
    configuration.onLaunch = { process in isForked.withLock { $0 = process.isWarm } }
    let result = try await withKernel(try spec(name), configuration: configuration) { kernel in
      try await kernel.run(code)
    }
    #expect(result.reply?.status == .ok, "\(result)", sourceLocation: sourceLocation)
    let expected = isWarm ?? (configuration.warmStarts != nil)
    #expect(isForked.withLock { $0 } == expected, sourceLocation: sourceLocation)
    return result.outputs.map { String($0.trimmingPrefix("stdout: ")) }.joined()
  }

  private func probe(_ name: String, _ configuration: KernelConfiguration) async throws -> Probe {
    let text = try await run(Self.probe, name, configuration)
    let json = try JSONValue(parsing: Array(text.utf8))
    return Probe(same: json["same"]?.object ?? [:], own: json["own"]?.object ?? [:])
  }

  private func withWarmStarts(
    _ warmStarts: WarmStarts = WarmStarts(), _ body: (WarmStarts) async throws -> Void
  ) async throws {
    let result: Result<Void, any Error>
    do { result = .success(try await body(warmStarts)) } catch { result = .failure(error) }
    await warmStarts.end()
    try result.get()
  }

  @Test(
    "give a kernel the same environment as a cold start",
    arguments: ["python3", "ipykernel6"])
  func same(kernel: String) async throws {
    try await TemporaryDirectory.with { directory in
      try await withWarmStarts { warmStarts in
        // Without the warning that debugpy otherwise writes on import: a kernel publishes its
        // standard error, and opens a socket for that.
        var configuration = KernelConfiguration(
          workingDirectory: directory.path, environment: ["PYDEVD_DISABLE_FILE_VALIDATION": "1"])
        let cold = try await probe(kernel, configuration)
        configuration.warmStarts = warmStarts
        let warm = try await probe(kernel, configuration)
        let next = try await probe(kernel, configuration)
        #expect(cold.same.count == 41)
        for member in cold.same {
          #expect(
            warm.same[member.key.string] == member.value, "\(member.key.string)")
          #expect(next.same[member.key.string] == member.value, "\(member.key.string)")
        }
        for member in warm.own { #expect(next.own[member.key.string] != member.value) }
      }
    }
  }

  @Test(
    "report correctly how a kernel ended",
    arguments: [
      ("import os; os._exit(7)", KernelExit.exited(7)),
      ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", .signaled(SIGSEGV)),
    ])
  func ends(code: String, status: KernelExit) async throws {
    try await withWarmStarts { warmStarts in
      var configuration = KernelConfiguration()
      configuration.warmStarts = warmStarts
      do {
        _ = try await withKernel(try spec("python3"), configuration: configuration) {
          try await $0.run(code)
        }
        Issue.record("it went on")
      } catch let error as KernelError {
        #expect(error.exitStatus == status)
      }
    }
  }

  @Test("run exit handlers, and flush pending output")
  func atExit() async throws {
    try await TemporaryDirectory.with { directory in
      try await withWarmStarts { warmStarts in
        var configuration = KernelConfiguration(workingDirectory: directory.path)
        configuration.warmStarts = warmStarts
        let code = """
          import atexit
          atexit.register(lambda: open("at-exit", "w").write("done"))
          unclosed = open("unclosed", "w")
          unclosed.write("all of it")
          """
        _ = try await run(code, "python3", configuration)
        #expect(String(decoding: try directory.read("at-exit"), as: UTF8.self) == "done")
        #expect(String(decoding: try directory.read("unclosed"), as: UTF8.self) == "all of it")
      }
    }
  }

  @Test("fork from a process with preloaded modules, with random numbers of their own")
  func preload() async throws {
    try await withWarmStarts(WarmStarts(preloading: ["numpy"])) { warmStarts in
      var configuration = KernelConfiguration()
      configuration.warmStarts = warmStarts
      let code = """
        import sys
        present = "numpy" in sys.modules
        import numpy
        big = numpy.ones((300, 300))
        print(present, (big @ big).sum(), numpy.random.random())
        """
      let first = try await run(code, "python3", configuration).split(separator: " ")
      let second = try await run(code, "python3", configuration).split(separator: " ")
      #expect(first.prefix(2) == ["True", "27000000.0"])
      #expect(second.prefix(2) == ["True", "27000000.0"])
      #expect(first.last != second.last)
    }
  }

  @Test("are not used if the directory contains a module that would hide an imported one")
  func shadowed() async throws {
    try await TemporaryDirectory.with { directory in
      try directory.write(Array("value = 'mine'\n".utf8), to: "wildcard.py")
      try directory.write(Array("value = 'mine'\n".utf8), to: "pdb.py")
      try await withWarmStarts { warmStarts in
        var configuration = KernelConfiguration(workingDirectory: directory.path)
        configuration.warmStarts = warmStarts
        _ = try await run("print()", "python3", configuration, isWarm: false)
        unlink("\(directory.path)/pdb.py")
        let value = try await run(
          "import wildcard; print(wildcard.value)", "python3", configuration)
        #expect(value == "mine\n")
      }
    }
  }

  @Test("are not used if a preloaded module does not exist, or starts threads")
  func refused() async throws {
    try await TemporaryDirectory.with { directory in
      let module = "import threading\nthreading.Thread(target=threading.Event().wait).start()\n"
      try directory.write(Array(module.utf8), to: "threaded.py")
      var configuration = KernelConfiguration(
        environment: ["PYTHONPATH": directory.path, "PYTHONDONTWRITEBYTECODE": "1"])
      for modules in [["no_such_module"], ["threaded"]] {
        try await withWarmStarts(WarmStarts(preloading: modules)) { warmStarts in
          configuration.warmStarts = warmStarts
          let text = try await run("print(1)", "python3", configuration, isWarm: false)
          #expect(text == "1\n")
        }
      }
    }
  }

  @Test("report a directory that cannot be entered, as cold starts do")
  func directory() async throws {
    try await withWarmStarts { warmStarts in
      var configuration = KernelConfiguration(workingDirectory: "/no/such/place")
      var messages: [String] = []
      for warmStarts in [nil, warmStarts] {
        configuration.warmStarts = warmStarts
        do {
          try await withKernel(try spec("python3"), configuration: configuration) { _ in }
        } catch let error as KernelError {
          #expect(error.code == .launchFailed)
          messages.append(error.message)
        }
      }
      #expect(messages.count == 2)
      #expect(messages.first == messages.last)
    }
  }

  @Test("leave kernels running if their parent ends, and start the next ones cold")
  func parentEnds() async throws {
    try await withWarmStarts { warmStarts in
      var configuration = KernelConfiguration()
      configuration.warmStarts = warmStarts
      _ = try await withKernel(try spec("python3"), configuration: configuration) { kernel in
        await warmStarts.end()
        let result = try await kernel.run("print(6 * 7)")
        #expect(result.outputs == ["stdout: 42\n"])
      }
      _ = try await run("print(1)", "python3", configuration, isWarm: false)
    }
  }

  @Test("take a fraction of the time of cold starts")
  func speed() async throws {
    func start(_ warmStarts: WarmStarts?) async throws -> Duration {
      let begin = ContinuousClock.now
      var configuration = KernelConfiguration()
      configuration.warmStarts = warmStarts
      return try await withKernel(try spec("python3"), configuration: configuration) { _ in
        ContinuousClock.now - begin
      }
    }
    try await withWarmStarts { warmStarts in
      _ = try await start(warmStarts)
      var times: (cold: [Duration], warm: [Duration]) = ([], [])
      for _ in 0..<5 {
        times.cold.append(try await start(nil))
        times.warm.append(try await start(warmStarts))
      }
      // Four times or more on an idle machine.
      #expect(times.warm.sorted()[2] * 2 < times.cold.sorted()[2])
    }
  }
}
