import JupyterProtocol

/// Identifies a content, as in the header `ETag`.
func contentTag(_ bytes: [UInt8]) -> String {
  var hash = ContentHash()
  hash.add(bytes)
  return String(hash.hexadecimal().prefix(32))
}
