import Hashing
import Synchronization

/// Signs and verifies messages: HMAC over their four JSON parts, in lower-case hexadecimal.
///
/// Buffers are not signed, as the protocol specifies. One signer may serve an encoder and a decoder
/// on different threads.
public final class MessageSigner: Sendable {
  /// The HMAC, which every use changes; it contains the key.
  private let hash: Mutex<KeyedHash>

  /// An error: OpenSSL does not support the signature scheme.
  public struct UnknownScheme: Error, Sendable, CustomStringConvertible {
    /// The requested scheme.
    public var scheme: String

    /// The problem, and the expected form.
    public var description: String {
      "unknown signature scheme '\(scheme)': expected hmac- and the name of a hash, such as "
        + "hmac-sha256"
    }
  }

  /// Creates a signer for a key.
  ///
  /// - Parameters:
  ///   - scheme: `hmac-` and the name of a hash that OpenSSL supports, in the spelling of Python's
  ///     hashlib.
  ///   - key: the key, not empty.
  /// - Throws: ``UnknownScheme``.
  public init(scheme: String, key: [UInt8]) throws(UnknownScheme) {
    let name = MessageSigner.opensslName(String(scheme.dropFirst("hmac-".count)))
    guard scheme.hasPrefix("hmac-"), let hash = KeyedHash(name, key: key) else {
      throw UnknownScheme(scheme: scheme)
    }
    self.hash = Mutex(hash)
  }

  /// The signature of a message's parts, in order.
  func signature(of parts: ArraySlice<[UInt8]>) -> [UInt8] {
    sign({ add in for part in parts { part.withUnsafeBytes(add) } }, then: { Array($0) })
  }

  /// Whether this is the signature of the parts, compared in constant time.
  func isSignature(
    _ signature: UnsafeRawBufferPointer,
    of parts: (
      UnsafeRawBufferPointer, UnsafeRawBufferPointer, UnsafeRawBufferPointer, UnsafeRawBufferPointer
    )
  ) -> Bool {
    sign(
      { add in
        add(parts.0)
        add(parts.1)
        add(parts.2)
        add(parts.3)
      },
      then: { areEqualInConstantTime($0, signature) })
  }

  /// Passes the hexadecimal signature of everything that `body` adds to `use`.
  @inline(__always)
  private func sign<R: Sendable>(
    _ body: ((UnsafeRawBufferPointer) -> Void) -> Void, then use: (UnsafeRawBufferPointer) -> R
  ) -> R {
    hash.withLock { hash in
      // The HMAC keeps the key.
      hash.begin()
      body { bytes in hash.add(bytes) }
      let most = KeyedHash.maximumSize
      return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 3 * most) { buffer in
        let length = hash.finish(UnsafeMutableBufferPointer(rebasing: buffer[..<most]))
        for index in 0..<length {
          buffer[most + index * 2] = MessageSigner.digit(buffer[index] >> 4)
          buffer[most + index * 2 + 1] = MessageSigner.digit(buffer[index] & 0xF)
        }
        return use(
          UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: buffer[most..<(most + length * 2)])))
      }
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  /// The OpenSSL name of a hash: `sha3_256` and `blake2b` in Python are SHA3-256 and BLAKE2B-512.
  private static func opensslName(_ name: String) -> String {
    switch name {
    case "blake2b": "BLAKE2B-512"
    case "blake2s": "BLAKE2S-256"
    default: String(name.map { $0 == "_" ? "-" : $0 })
    }
  }
}
