import JSONCore
import Testing

@testable import JupyterProtocol

@Suite("Signatures")
struct SigningTests {
  @Test("equal those of Python's hmac, for every hash")
  func vectors() throws {
    let vectors = try TestFiles.vectors("signatures")
    #expect(vectors.count > 200)
    for vector in vectors {
      let scheme = try #require(vector["scheme"]?.string)
      let key = try #require(vector["key"]?.string)
      let parts = try #require(vector["parts"]?.array).map { Array(($0.string ?? "").utf8) }
      let signer = try MessageSigner(scheme: scheme, key: Array(key.utf8))
      let expected = vector["signature"]?.string
      // Twice, because the key must survive in the context.
      for _ in 1...2 {
        let signature = String(decoding: signer.signature(of: parts[...]), as: UTF8.self)
        #expect(signature == expected, "\(scheme), key '\(key)'")
      }
    }
  }

  @Test(
    "with an unknown scheme are rejected, and the error names the scheme",
    arguments: [
      "", "hmac-", "hmac-nothing", "sha256", "HMAC-sha256", "hmac_sha256", "hmac-sha256\u{0}",
      "hmac-shake_128", "hmac-shake_256", "hmac-null",
    ])
  func unknownSchemes(scheme: String) {
    #expect {
      try MessageSigner(scheme: scheme, key: [1])
    } throws: { error in
      (error as? MessageSigner.UnknownScheme)?.description.contains("'\(scheme)'") == true
    }
  }

  @Test("are compared completely")
  func comparison() throws {
    let signer = try MessageSigner(scheme: "hmac-sha256", key: [1])
    let parts: [[UInt8]] = [[1, 2], [], [3], [4, 5, 6]]
    func isTaken(_ signature: [UInt8]) -> Bool {
      signature.withUnsafeBytes { signature in
        parts[0].withUnsafeBytes { first in
          parts[2].withUnsafeBytes { third in
            parts[3].withUnsafeBytes { fourth in
              let none = UnsafeRawBufferPointer(start: nil, count: 0)
              return signer.isSignature(signature, of: (first, none, third, fourth))
            }
          }
        }
      }
    }
    let signature = signer.signature(of: parts[...])
    #expect(isTaken(signature))
    #expect(!isTaken(Array(signature.dropLast())))
    #expect(!isTaken(signature + [0x30]))
    #expect(!isTaken([]))
    for place in signature.indices {
      var other = signature
      other[place] ^= 1
      #expect(!isTaken(other))
    }
  }

  @Test("of one signer are correct on several threads at once")
  func concurrency() async throws {
    let signer = try MessageSigner(scheme: "hmac-sha256", key: [1, 2, 3])
    let expected = (0..<64).map { signer.signature(of: [[UInt8($0)]]) }
    await withTaskGroup(of: Bool.self) { group in
      for number in 0..<64 {
        group.addTask {
          (0..<200).allSatisfy { _ in signer.signature(of: [[UInt8(number)]]) == expected[number] }
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }

  @Test("are remembered up to a limit, and the oldest are forgotten first")
  func memory() {
    func signature(_ number: Int) -> [UInt8] {
      let digits = Array(String(number, radix: 16).utf8)
      return [UInt8](repeating: UInt8(ascii: "0"), count: 32 - digits.count) + digits
        + [UInt8](repeating: UInt8(ascii: "f"), count: 32)
    }
    var memory = SignatureMemory()
    func isNew(_ number: Int) -> Bool { memory.insert(signature(number)) }
    let capacity = SignatureMemory.capacity
    #expect((0..<capacity).filter(isNew).count == capacity)
    #expect((0..<capacity).filter(isNew).isEmpty)
    // As many more are remembered; with the next one, the first are forgotten together.
    #expect((capacity..<(2 * capacity - 1)).filter(isNew).count == capacity - 1)
    #expect([0, capacity - 1, capacity].map(isNew) == [false, false, false])
    #expect(isNew(2 * capacity))
    #expect([0, capacity - 1, capacity, 2 * capacity].map(isNew) == [true, true, false, false])
  }
}
