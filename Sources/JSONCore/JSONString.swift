/// The text of a JSON string or of a member's name.
///
/// Unlike Unicode strings, JSON strings can contain half of a surrogate pair. Such a string is
/// preserved. Equality and order are by code point, as in Python and in nbformat's sorted keys;
/// Swift's own `String` treats two spellings of `é` as equal.
public struct JSONString: Sendable {
  /// The storage of the text.
  enum Storage: Sendable {
    /// Well-formed Unicode: all but a few strings.
    case text(String)
    /// Generalised UTF-8 (WTF-8), where a lone surrogate takes three bytes.
    case surrogates([UInt8])
  }

  private(set) var storage: Storage

  /// Creates a well-formed text.
  public init(_ string: String) {
    storage = .text(string)
  }

  /// Creates a text with at least one lone surrogate, from generalised UTF-8.
  init(generalizedUTF8 bytes: [UInt8]) {
    storage = .surrogates(bytes)
  }

  /// The text, with U+FFFD for a lone surrogate.
  public var string: String {
    switch storage {
    case .text(let string): string
    case .surrogates(let bytes): String(decoding: bytes, as: UTF8.self)
    }
  }

  /// Whether the text contains half of a surrogate pair, so that ``string`` is not exact.
  public var hasLoneSurrogates: Bool {
    if case .surrogates = storage { true } else { false }
  }

  /// Passes the text's bytes, with lone surrogates in three bytes each, to `body` without a copy.
  public func withUTF8<R>(_ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
    switch storage {
    case .text(var string): try string.withUTF8(body)
    case .surrogates(let bytes): try bytes.withUnsafeBufferPointer(body)
    }
  }
}

extension JSONString: Hashable, Comparable {
  /// Whether both contain the same code points.
  public static func == (left: JSONString, right: JSONString) -> Bool {
    switch (left.storage, right.storage) {
    case (.text(var left), .text(var right)):
      left.utf8.count == right.utf8.count
        && left.withUTF8 { left in
          right.withUTF8 { right in
            JSONText.areEqual(UnsafeRawBufferPointer(left), UnsafeRawBufferPointer(right))
          }
        }
    case (.surrogates(let left), .surrogates(let right)): left == right
    default: false
    }
  }

  /// Whether the left one comes first in code point order.
  public static func < (left: JSONString, right: JSONString) -> Bool {
    left.withUTF8 { left in right.withUTF8 { right in left.lexicographicallyPrecedes(right) } }
  }

  /// Hashes the code points.
  public func hash(into hasher: inout Hasher) {
    withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

extension JSONString: ExpressibleByStringLiteral, CustomStringConvertible {
  /// Creates a text.
  public init(stringLiteral value: String) { self.init(value) }

  /// The text, with U+FFFD for a lone surrogate.
  public var description: String { string }
}

extension JSONString {
  /// The text after a prefix; nil if it does not begin with that.
  public func removingPrefix(_ prefix: JSONString) -> JSONString? {
    withUTF8 { bytes in
      prefix.withUTF8 { start in
        guard start.count <= bytes.count,
          JSONText.areEqual(
            UnsafeRawBufferPointer(start),
            UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[..<start.count]))
        else { return nil }
        return JSONString(slice: bytes[start.count...])
      }
    }
  }

  /// Appends another text without copying the existing one.
  public mutating func append(_ other: JSONString) {
    guard case .text(var text) = storage, case .text(let more) = other.storage else {
      self = withUTF8 { first in other.withUTF8 { JSONString(slice: Array(first) + Array($0)) } }
      return
    }
    storage = .text("")
    text += more
    storage = .text(text)
  }

  /// Creates a text from a part of a string's bytes: UTF-8, or generalised UTF-8 with lone
  /// surrogates.
  public init(slice bytes: some Collection<UInt8>) {
    if let string = String(validating: bytes, as: UTF8.self) {
      self.init(string)
    } else {
      self.init(generalizedUTF8: Array(bytes))
    }
  }
}
