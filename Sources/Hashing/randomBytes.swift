import COpenSSL

/// Random bytes for keys, from OpenSSL's generator.
package func randomBytes(count: Int) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: count)
  guard RAND_bytes(&bytes, Int32(clamping: count)) == 1 else {
    // Without randomness a key would be predictable, so the program cannot continue.
    fatalError("the system could not provide random bytes for keys")
  }
  return bytes
}
