import Glibc
import KernelTesting
import Synchronization
import Testing

@testable import KernelClient

/// The system resources of this process at one moment.
struct Holdings {
  var descriptors = Holdings.entries("/proc/self/fd")
  var threads = Holdings.entries("/proc/self/task")
  /// In KB.
  var memory = Holdings.residentMemory()

  private static func entries(_ directory: String) -> Int {
    guard let stream = opendir(directory) else { return 0 }
    defer { closedir(stream) }
    var count = 0
    while readdir(stream) != nil { count += 1 }
    return count
  }

  private static func residentMemory() -> Int {
    let text = (try? readFile("/proc/self/statm")).map { String(decoding: $0, as: UTF8.self) }
    return (text?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4
  }

  /// Waits until idle threads have ended, and returns the resources.
  static func settled(like before: Holdings) async -> Holdings {
    var now = Holdings()
    _ = await eventually {
      now = Holdings()
      return now.threads <= before.threads && now.descriptors <= before.descriptors
    }
    return now
  }
}

@Suite("The life of a kernel", .timeLimit(.minutes(3)))
struct LifetimeTests {
  /// A use of a kernel.
  enum Use: String, CaseIterable {
    case nothing
    case cell = "a cell"
    case request = "a request with a limit"
    case events = "events that are followed"
    case abandoned = "an execution that is left"
    case executor = "work on its own thread"
    case death = "its own end"
  }

  @Test("a kernel, its thread and its sockets are released with its scope", arguments: Use.allCases)
  func letGo(use: Use) async throws {
    weak var kernelAfterwards: Kernel?
    weak var threadAfterwards: AnyObject?
    try await TemporaryDirectory.with { directory in
      let scripted = try ScriptedKernelSpec(in: directory)
      try await withKernel(scripted.spec) { kernel in
        kernelAfterwards = kernel
        threadAfterwards = kernel.sockets.thread
        try await LifetimeTests.make(use, of: kernel)
      }
    }
    // The thread releases it a moment after it has reported its end.
    for _ in 0..<1_000_000 where threadAfterwards != nil { sched_yield() }
    #expect(kernelAfterwards == nil)
    #expect(threadAfterwards == nil)
  }

  private static func make(_ use: Use, of kernel: Kernel) async throws {
    switch use {
    case .nothing: break
    case .cell: _ = try await kernel.run("print x")
    case .request: _ = try await kernel.kernelInfo(timeout: .seconds(60))
    case .events:
      let listener = Listener(kernel)
      _ = try await kernel.run("print x")
      _ = await listener.waitFor(line: "stdout: x\n")
    case .abandoned: _ = kernel.execute("print x")
    case .executor:
      try await withTaskExecutorPreference(kernel.executor) {
        _ = try await kernel.run("print x")
      }
    case .death:
      await #expect(throws: KernelError.self) { try await kernel.run("exit 3") }
    }
  }

  @Test("many kernels in a row leak no descriptors, threads or memory")
  func flat() async throws {
    try await TemporaryDirectory.with { directory in
      let scripted = try ScriptedKernelSpec(in: directory)
      func use(_ count: Int) async throws -> [Kernel] {
        var kernels: [Kernel] = []
        for _ in 0..<count {
          try await withKernel(scripted.spec) { kernel in
            _ = try await kernel.run("flood 50 100")
            _ = try await kernel.kernelInfo(timeout: .seconds(60))
            _ = kernel.execute("print left")
            kernels.append(kernel)
          }
        }
        return kernels
      }
      // The first kernels create permanent resources: threads of pools, and memory of allocators.
      _ = try await use(10)
      let before = Holdings()
      for _ in 0..<6 { _ = try await use(10) }
      // A kernel that is kept after its scope holds no system resources.
      let kept = try await use(10)
      let after = await Holdings.settled(like: before)
      withExtendedLifetime(kept) {
        // Pools of the runtime may have grown by a thread.
        #expect(after.threads <= before.threads + 2)
        #expect(after.descriptors <= before.descriptors)
        #expect(after.memory < before.memory + 6_000)
      }
    }
  }
}
