import COpenSSL

/// Signs and verifies messages: HMAC over their four JSON parts, in lower-case hexadecimal.
///
/// Buffers are not signed: so the protocol has it. Not for use by several threads at once.
public final class MessageSigner: @unchecked Sendable {
  // Unchecked: the OpenSSL context is changed by every call, and each owner keeps its signer
  // behind a lock or to itself, as documented.
  private let context: OpaquePointer

  /// A signature scheme that OpenSSL does not have.
  public struct UnknownScheme: Error, Sendable, CustomStringConvertible {
    /// The scheme as it was asked for.
    public var scheme: String

    /// What is wrong, and what would be right.
    public var description: String {
      "unknown signature scheme '\(scheme)': expected hmac- and the name of a hash, such as "
        + "hmac-sha256"
    }
  }

  /// A signer for a key.
  ///
  /// - Parameters:
  ///   - scheme: `hmac-` and the name of a hash that OpenSSL has, spelled as Python's hashlib does.
  ///   - key: the key, not empty.
  /// - Throws: ``UnknownScheme``.
  public init(scheme: String, key: [UInt8]) throws(UnknownScheme) {
    guard scheme.hasPrefix("hmac-"), let method = EVP_MAC_fetch(nil, "HMAC", nil) else {
      throw UnknownScheme(scheme: scheme)
    }
    defer { EVP_MAC_free(method) }
    guard let context = EVP_MAC_CTX_new(method) else { throw UnknownScheme(scheme: scheme) }
    let digest = MessageSigner.opensslName(String(scheme.dropFirst("hmac-".count)))
    var name = Array(digest.utf8CString)
    let isReady = name.withUnsafeMutableBufferPointer { name in
      let parameters = [
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.baseAddress, 0),
        OSSL_PARAM_construct_end(),
      ]
      return EVP_MAC_init(context, key, key.count, parameters) == 1
    }
    guard isReady else {
      EVP_MAC_CTX_free(context)
      throw UnknownScheme(scheme: scheme)
    }
    self.context = context
  }

  deinit { EVP_MAC_CTX_free(context) }

  /// The signature of a message's parts, in their order.
  func signature(of parts: [some WireFrame]) -> [UInt8] {
    // The key stays from the first time.
    EVP_MAC_init(context, nil, 0, nil)
    for part in parts {
      part.withUnsafeBytes { bytes in
        _ = EVP_MAC_update(
          context, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
      }
    }
    var length = 0
    let signature = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { digest in
      EVP_MAC_final(context, digest.baseAddress, &length, digest.count)
      var hex: [UInt8] = []
      hex.reserveCapacity(length * 2)
      for byte in digest.prefix(length) {
        hex.append(MessageSigner.digit(byte >> 4))
        hex.append(MessageSigner.digit(byte & 0xF))
      }
      return hex
    }
    return signature
  }

  /// Whether two signatures are the same, in a time that does not tell where they differ.
  static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  /// Python's hashlib spells `sha3_256` and `blake2b` what OpenSSL calls SHA3-256 and BLAKE2B-512.
  private static func opensslName(_ name: String) -> String {
    switch name {
    case "blake2b": "BLAKE2B-512"
    case "blake2s": "BLAKE2S-256"
    default: String(name.map { $0 == "_" ? "-" : $0 })
    }
  }
}

/// Random bytes for keys, from OpenSSL's generator.
public func randomBytes(count: Int) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: count)
  guard RAND_bytes(&bytes, Int32(clamping: count)) == 1 else {
    // Without randomness a key would be guessable: nothing can go on.
    fatalError("the system has no randomness for keys")
  }
  return bytes
}
