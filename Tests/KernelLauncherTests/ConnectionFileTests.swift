import Glibc
import JSONCore
import JupyterProtocol
import KernelLauncher
import KernelTesting
import Testing

@Suite("Connection files")
struct ConnectionFileTests {
  private func make(
    _ transport: ConnectionInfo.Transport, _ environment: [String: String] = [:]
  ) throws -> ConnectionFile {
    try ConnectionFile(transport: transport, kernelName: "test", environment: environment)
  }

  @Test("other users cannot read the file or its directory, with any umask")
  func modes() throws {
    let before = umask(0)
    defer { umask(before) }
    for mask in [0, 0o077] as [mode_t] {
      umask(mask)
      let file = try make(.ipc)
      #expect(mode(of: file.path) == 0o600)
      #expect(mode(of: file.directory) == 0o700)
    }
  }

  @Test(
    "its content is read back unchanged", arguments: [ConnectionInfo.Transport.ipc, .tcp])
  func content(transport: ConnectionInfo.Transport) throws {
    let file = try make(transport)
    let bytes = try readFile(file.path)
    let json = try JSONValue(parsing: bytes)
    #expect(try ConnectionInfo(bytes) == file.info)
    #expect(json["kernel_name"]?.string == "test")
    #expect(json["signature_scheme"]?.string == "hmac-sha256")
    #expect(file.info.key.utf8.count == 64)
    #expect(try make(transport).info.key != file.info.key)
  }

  @Test("the paths of its Unix sockets are short enough and inside its directory")
  func sockets() throws {
    try TemporaryDirectory.with { temporary in
      let long = temporary.path(String(repeating: "d", count: 90))
      try temporary.makeDirectory(String(repeating: "d", count: 90))
      let file = try make(.ipc, ["XDG_RUNTIME_DIR": long, "TMPDIR": temporary.path])
      #expect(file.directory.hasPrefix("/tmp/lyre-"))
      for channel in Channel.allCases {
        let endpoint = file.info.endpoint(for: channel)
        #expect(endpoint.hasPrefix("ipc://\(file.directory)/"))
        #expect(endpoint.utf8.count - 6 <= 107)
      }
    }
  }

  @Test(
    "the directory is created where no other user can replace it",
    arguments: [0o777, 0o757, 0o775] as [mode_t])
  func safeParent(mode: mode_t) throws {
    try TemporaryDirectory.with { temporary in
      #expect(chmod(temporary.path, mode) == 0)
      let environment = ["XDG_RUNTIME_DIR": temporary.path]
      let elsewhere = try make(.tcp, environment)
      #expect(!elsewhere.directory.hasPrefix(temporary.path))
      // As in /tmp, where all users may write, and remove only their own files.
      #expect(chmod(temporary.path, mode | 0o1000) == 0)
      let file = try make(.tcp, environment)
      #expect(file.directory.hasPrefix(temporary.path))
    }
  }

  @Test(
    "addresses of Unix sockets fit into the 31 bytes of xeus kernels")
  func shortAddresses() throws {
    try TemporaryDirectory.with { temporary in
      let environment = ["XDG_RUNTIME_DIR": temporary.path]
      let file = try make(.ipc, environment)
      for channel in Channel.allCases {
        #expect(file.info.endpoint(for: channel).utf8.count <= 31)
      }
      // TCP does not need a short path.
      #expect(try make(.tcp, environment).directory.hasPrefix(temporary.path + "/lyre-"))
    }
  }

  @Test(
    "an unusable directory is skipped",
    arguments: ["/no/such/directory", "relative", "", "/proc"])
  func fallback(directory: String) throws {
    let file = try make(.tcp, ["XDG_RUNTIME_DIR": directory, "TMPDIR": directory])
    #expect(file.directory.hasPrefix("/tmp/lyre-"))
  }

  @Test("its removal includes files that the kernel created")
  func removal() throws {
    let file = try make(.ipc)
    for name in ["k-1", "k-2", "log of the kernel"] {
      close(open("\(file.directory)/\(name)", O_CREAT | O_WRONLY, 0o600))
    }
    file.remove()
    #expect(access(file.directory, F_OK) != 0)
    file.remove()  // a second call has no effect
  }

  @Test("a released file is removed")
  func scope() throws {
    let directory = try make(.ipc).directory
    #expect(access(directory, F_OK) != 0)
  }

  @Test("ports are held until they are released, and are never given out twice")
  func ports() async throws {
    let files = try (0..<40).map { _ in try make(.tcp) }
    let ports = files.flatMap { $0.info.ports.values }
    #expect(Set(ports).count == 200)
    let first = try #require(files.first)
    for port in first.info.ports.values { #expect(!canBind(port)) }
    first.releasePorts()
    // A process that another test forks meanwhile also holds them, until it runs its program.
    for port in first.info.ports.values { #expect(await eventually { canBind(port) }) }
    // Released ports are not free: the kernel is about to bind them.
    let later = try (0..<40).map { _ in try make(.tcp) }.flatMap { $0.info.ports.values }
    #expect(Set(later).isDisjoint(with: first.info.ports.values))
  }

  private func canBind(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = in_port_t(port).bigEndian
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
