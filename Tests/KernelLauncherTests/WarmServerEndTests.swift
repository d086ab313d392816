import Glibc
import KernelTesting
import Processes
import Testing

@testable import KernelLauncher

@Suite("The end of the process that forks kernels", .timeLimit(.minutes(2)))
struct WarmServerEndTests {
  private static func descriptors() -> Set<Int32> {
    guard let stream = opendir("/proc/self/fd") else { return [] }
    defer { closedir(stream) }
    var found: Set<Int32> = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if let number = Int32(name), number != dirfd(stream) { found.insert(number) }
    }
    return found
  }

  @Test("during its start closes no descriptor of others and leaves none open")
  func endWhileStarting() async throws {
    try await TemporaryDirectory.with { directory in
      // A Python that never reports that it is ready.
      let python = try directory.write(
        "#!/bin/sh\necho >> \"$0.starts\"\nexec sleep 1000\n", to: "python3", mode: 0o755)
      let command = ProcessCommand(
        executable: python, arguments: [python, "-m", "ipykernel_launcher", "-f", "c.json"],
        environment: ["PATH": "/usr/bin:/bin"])
      var before: Set<Int32> = []
      // The first round opens permanent descriptors: the watch for all processes, and the line to a
      // free keeper.
      for round in 0..<10 {
        let warm = WarmStarts()
        warm.prepare(for: command)
        let hasBegun = await eventually {
          (try? directory.read("python3.starts").count) == round + 1
        }
        #expect(hasBegun, "round \(round)")
        await warm.end()
        if round == 0 {
          before = Self.descriptors()
          continue
        }
        // Files that are opened now get the freed numbers and keep them.
        let own = (0..<8).map { _ in open("/dev/null", O_RDONLY | O_CLOEXEC) }
        let isClear = await eventually {
          Self.descriptors().subtracting(own).subtracting(before).isEmpty
        }
        #expect(isClear, "round \(round)")
        for descriptor in own {
          #expect(fcntl(descriptor, F_GETFD) >= 0)
          close(descriptor)
        }
      }
    }
  }
}
