import COpenSSL

/// An HMAC: a hash that only those can compute who have the key.
///
/// It is computed in steps, ``begin()``, ``add(_:)`` and ``finish(_:)``, any number of times with the
/// same key.
package struct KeyedHash: ~Copyable, @unchecked Sendable {
  // Unchecked, because the value alone has the pointer, and cannot be copied.
  private let context: OpaquePointer

  /// The most bytes that an HMAC has.
  package static let maximumSize = Int(EVP_MAX_MD_SIZE)

  /// Creates an HMAC.
  ///
  /// - Parameters:
  ///   - hash: the name of a hash function in OpenSSL's spelling, such as `SHA256`.
  ///   - key: the key.
  /// - Returns: nil if OpenSSL does not have the function, or it has less than 128 bits.
  package init?(_ hash: String, key: [UInt8]) {
    // A zero byte would end the name for OpenSSL only.
    guard !hash.utf8.contains(0), let method = EVP_MAC_fetch(nil, "HMAC", nil) else { return nil }
    defer { EVP_MAC_free(method) }
    guard let context = EVP_MAC_CTX_new(method) else { return nil }
    var name = Array(hash.utf8CString)
    // OpenSSL takes a missing key for the key that it had before.
    var key = key
    let length = key.count
    if key.isEmpty { key = [0] }
    let isReady = name.withUnsafeMutableBufferPointer { name in
      // The parameters keep the pointer: a Swift string, passed as it is, would be gone after the call.
      OSSL_MAC_PARAM_DIGEST.withCString { member in
        let parameters = [
          OSSL_PARAM_construct_utf8_string(member, name.baseAddress, 0),
          OSSL_PARAM_construct_end(),
        ]
        return EVP_MAC_init(context, key, length, parameters) == 1
      }
    }
    // OpenSSL has a hash with an empty result: nothing would be signed.
    guard isReady, EVP_MAC_CTX_get_mac_size(context) >= 16 else {
      EVP_MAC_CTX_free(context)
      return nil
    }
    self.context = context
  }

  deinit { EVP_MAC_CTX_free(context) }

  /// Begins anew, with the same key.
  package mutating func begin() {
    guard EVP_MAC_init(context, nil, 0, nil) == 1 else { KeyedHash.failed() }
  }

  /// Adds a piece.
  package mutating func add(_ bytes: UnsafeRawBufferPointer) {
    let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    guard EVP_MAC_update(context, start, bytes.count) == 1 else { KeyedHash.failed() }
  }

  /// Writes the HMAC.
  ///
  /// - Parameter buffer: where to write it, with room for ``maximumSize`` bytes.
  /// - Returns: how many bytes it has.
  package mutating func finish(_ buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
    var length = 0
    guard EVP_MAC_final(context, buffer.baseAddress, &length, buffer.count) == 1 else {
      KeyedHash.failed()
    }
    return length
  }

  /// The HMAC-SHA-256 of a content.
  package static func sha256(_ content: [UInt8], key: [UInt8]) -> [UInt8] {
    guard var hash = KeyedHash("SHA256", key: key) else { failed() }
    hash.begin()
    content.withUnsafeBytes { hash.add($0) }
    return [UInt8](unsafeUninitializedCapacity: maximumSize) { buffer, count in
      count = hash.finish(buffer)
    }
  }

  /// Ends the program: only exhausted memory leads here, because the context had accepted the key and
  /// the hash.
  private static func failed() -> Never { fatalError("OpenSSL could not compute an HMAC") }
}

/// Whether two secrets are equal, in a time that does not depend on where they differ.
package func areEqualInConstantTime(
  _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
) -> Bool {
  guard let a = left.baseAddress, let b = right.baseAddress else { return false }
  return left.count == right.count && CRYPTO_memcmp(a, b, left.count) == 0
}
