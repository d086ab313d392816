import JSONCore
import KernelTesting
import Testing

/// Every way to a kernel that the command offers: libzmq and its cryptography are linked into the static build.
@Suite("Sockets and encryption")
struct TransportTests {
  struct Way: Sendable {
    var transport: String
    var encryption: String
    var isOffered: Bool
  }

  private static let ways = ["ipc", "tcp"].flatMap { transport in
    [
      Way(transport: transport, encryption: "disabled", isOffered: true),
      Way(transport: transport, encryption: "auto", isOffered: true),
      Way(transport: transport, encryption: "required", isOffered: true),
      Way(transport: transport, encryption: "required", isOffered: false),
    ]
  }

  @Test("a kernel runs over each, unless it lacks the encryption that is required", arguments: ways)
  func runs(_ way: Way) async throws {
    try await Lyre.with { lyre in
      if way.isOffered { try offerEncryption(lyre.directory) }
      try lyre.notebook(["print hello"])
      let outcome = try await lyre.run([
        "run", "-q", "nb.ipynb", "--transport", way.transport, "--encryption", way.encryption,
      ])
      if way.encryption == "required", !way.isOffered {
        #expect(outcome.code == 5)
        #expect(outcome.errors.contains("does not offer encryption, which is required"))
      } else {
        #expect(outcome == .init(0, output: "hello\n"))
      }
    }
  }

  private func offerEncryption(_ directory: TemporaryDirectory) throws {
    let path = "kernels/scripted/kernel.json"
    var spec = try #require(try JSONValue(parsing: directory.read(path)).object)
    spec["metadata"] = ["supported_encryption": ["curve"]]
    try directory.write(JSONValue.object(spec).serialized(), to: path)
  }
}
