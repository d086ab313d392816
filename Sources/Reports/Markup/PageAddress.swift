/// Decides which addresses of foreign HTML a page may contain.
enum PageAddress {
  /// What refers to the address.
  enum Use { case link, image, sound }

  /// The address, if the page may contain it.
  ///
  /// - Parameter value: the attribute's value with its character references.
  static func safe(_ value: some Collection<UInt8>, for use: Use) -> String? {
    let address = CharacterReference.decoded(value)
    // Browsers ignore white space and control characters in schemes.
    var scheme: [UInt8] = []
    for byte in address.utf8 where byte > 0x20 && byte != 0x7F {
      if byte == UInt8(ascii: ":") { return allows(scheme, address, use) ? address : nil }
      // The rest of a relative address, or a reference that was not decoded.
      if byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#") {
        return address
      }
      if byte == UInt8(ascii: "&") { return nil }
      if scheme.count < 32 { scheme.append(byte.lowercased) }
    }
    return address
  }

  private static func allows(_ scheme: [UInt8], _ address: String, _ use: Use) -> Bool {
    switch String(decoding: scheme, as: UTF8.self) {
    case "http", "https": return true
    case "mailto", "tel", "ftp": return use == .link
    case "data":
      let start = address.prefix(40).lowercased()
      switch use {
      case .link: return false
      case .image: return start.hasPrefix("data:image/")
      case .sound: return start.hasPrefix("data:audio/") || start.hasPrefix("data:video/")
      }
    default: return false
    }
  }
}
