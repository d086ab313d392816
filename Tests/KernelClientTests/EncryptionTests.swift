import JSONCore
import KernelClient
import KernelTesting
import Testing

@Suite("Encrypted connections", .timeLimit(.minutes(2)))
struct EncryptionTests {
  /// Starts a kernel whose kernelspec states the supported encryption.
  private func withKernelOffering(
    _ offer: JSONValue?, _ transport: KernelConfiguration.Transport,
    _ encryption: KernelConfiguration.Encryption = .auto, _ body: (Kernel) async throws -> Void
  ) async throws {
    try await TemporaryDirectory.with { directory in
      let scripted = try ScriptedKernelSpec(in: directory)
      var spec = scripted.spec
      if let offer { spec.metadata["supported_encryption"] = offer }
      let configuration = KernelConfiguration(transport: transport, encryption: encryption)
      let result = await Result.catching {
        try await withKernel(spec, configuration: configuration, body)
      }
      #expect(await scripted.leftovers() == [])
      try result.get()
    }
  }

  @Test(
    "TCP is encrypted when the kernelspec offers it",
    arguments: [["curve"], "Curve"] as [JSONValue])
  func offered(_ offer: JSONValue) async throws {
    try await withKernelOffering(offer, .tcp) { kernel in
      #expect(kernel.connection.curve != nil)
      #expect(try await kernel.run("print hidden").outputs == ["stdout: hidden\n"])
      // A client with the signing key but without this key receives nothing.
      var open = kernel.connection
      open.curve = nil
      let error = await #expect(throws: KernelError.self) {
        try await withExistingKernel(
          open, configuration: KernelConfiguration(startupTimeout: .milliseconds(700))
        ) { _ in }
      }
      #expect(error?.code == .startTimedOut)
      let guest = try await withExistingKernel(kernel.connection) { guest in
        try await guest.run("print guest").outputs
      }
      #expect(guest == ["stdout: guest\n"])
    }
  }

  @Test(
    "Unix sockets, kernels without encryption and disabled encryption are not encrypted",
    arguments: [
      (["curve"], .ipc, .auto), (nil, .tcp, .auto), ([], .tcp, .auto), (["x"], .tcp, .auto),
      (["curve"], .tcp, .disabled),
    ] as [(JSONValue?, KernelConfiguration.Transport, KernelConfiguration.Encryption)])
  func plain(
    _ offer: JSONValue?, _ transport: KernelConfiguration.Transport,
    _ encryption: KernelConfiguration.Encryption
  ) async throws {
    try await withKernelOffering(offer, transport, encryption) { kernel in
      #expect(kernel.connection.curve == nil)
    }
  }

  @Test("a kernel that does not offer encryption is not started if encryption is required")
  func required() async throws {
    let error = await #expect(throws: KernelError.self) {
      try await withKernelOffering(nil, .tcp, .required) { _ in }
    }
    #expect(error?.message.contains("does not offer encryption") == true)
    try await withKernelOffering(["curve"], .ipc, .required) { kernel async throws in
      #expect(kernel.connection.curve != nil)
      #expect(try await kernel.run("print x").outputs == ["stdout: x\n"])
    }
  }
}

extension Result where Failure == any Error {
  /// The value or the error of a body.
  static func catching(_ body: () async throws -> Success) async -> Self {
    do { return .success(try await body()) } catch { return .failure(error) }
  }
}
