import COpenSSL
import Synchronization

/// Signs and verifies messages: HMAC over their four JSON parts, in lower-case hexadecimal.
///
/// Buffers are not signed, as the protocol specifies. One signer may serve an encoder and a decoder
/// on different threads.
public final class MessageSigner: Sendable {
  /// OpenSSL's context, which every use changes; it contains the key.
  ///
  /// Unchecked, because it alone has the pointer.
  private struct Context: ~Copyable, @unchecked Sendable {
    let pointer: OpaquePointer

    deinit { EVP_MAC_CTX_free(pointer) }
  }

  private let context: Mutex<Context>

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
    // A zero byte would end the name for OpenSSL only.
    guard scheme.hasPrefix("hmac-"), !scheme.utf8.contains(0),
      let method = EVP_MAC_fetch(nil, "HMAC", nil)
    else {
      throw UnknownScheme(scheme: scheme)
    }
    defer { EVP_MAC_free(method) }
    guard let pointer = EVP_MAC_CTX_new(method) else { throw UnknownScheme(scheme: scheme) }
    let context = Context(pointer: pointer)
    let digest = MessageSigner.opensslName(String(scheme.dropFirst("hmac-".count)))
    var name = Array(digest.utf8CString)
    let isReady = name.withUnsafeMutableBufferPointer { name in
      // The parameters keep the pointer: a Swift string, passed as it is, would be gone after the call.
      OSSL_MAC_PARAM_DIGEST.withCString { member in
        let parameters = [
          OSSL_PARAM_construct_utf8_string(member, name.baseAddress, 0),
          OSSL_PARAM_construct_end(),
        ]
        return EVP_MAC_init(pointer, key, key.count, parameters) == 1
      }
    }
    // OpenSSL has a hash with an empty result: nothing would be signed.
    guard isReady, EVP_MAC_CTX_get_mac_size(pointer) >= 16 else {
      throw UnknownScheme(scheme: scheme)
    }
    self.context = Mutex(context)
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
      then: { own in
        guard let ours = own.baseAddress, let theirs = signature.baseAddress else { return false }
        return own.count == signature.count && CRYPTO_memcmp(ours, theirs, own.count) == 0
      })
  }

  /// Passes the hexadecimal signature of everything that `body` adds to `use`.
  @inline(__always)
  private func sign<R: Sendable>(
    _ body: ((UnsafeRawBufferPointer) -> Void) -> Void, then use: (UnsafeRawBufferPointer) -> R
  ) -> R {
    context.withLock { context in
      let pointer = context.pointer
      // The context keeps the key.
      var isDone = EVP_MAC_init(pointer, nil, 0, nil) == 1
      body { bytes in
        let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        isDone = EVP_MAC_update(pointer, start, bytes.count) == 1 && isDone
      }
      let most = Int(EVP_MAX_MD_SIZE)
      return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 3 * most) { buffer in
        var length = 0
        isDone = EVP_MAC_final(pointer, buffer.baseAddress, &length, most) == 1 && isDone
        // Fails only when memory is exhausted, because the context already accepted the key and the
        // hash.
        precondition(isDone, "OpenSSL could not compute an HMAC")
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

/// Random bytes for keys, from OpenSSL's generator.
package func randomBytes(count: Int) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: count)
  guard RAND_bytes(&bytes, Int32(clamping: count)) == 1 else {
    // Without randomness a key would be predictable, so the program cannot continue.
    fatalError("the system could not provide random bytes for keys")
  }
  return bytes
}
