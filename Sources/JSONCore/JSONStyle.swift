/// The style of a JSON text.
public struct JSONStyle: Sendable, Hashable {
  /// One level of indentation; nil writes everything on one line.
  public var indent: String?

  /// The line ending.
  public var newline: String

  /// The separator of elements on one line; with an indent only a comma is written.
  public var itemSeparator: String

  /// The separator of a name and its value.
  public var keySeparator: String

  /// Whether members are sorted by name in code point order.
  public var sortsKeys: Bool

  /// Whether non-ASCII characters are written as escapes.
  public var escapesNonASCII: Bool

  /// Creates a style.
  public init(
    indent: String? = nil, newline: String = "\n", itemSeparator: String = ",",
    keySeparator: String = ":", sortsKeys: Bool = false, escapesNonASCII: Bool = false
  ) {
    self.indent = indent
    self.newline = newline
    self.itemSeparator = itemSeparator
    self.keySeparator = keySeparator
    self.sortsKeys = sortsKeys
    self.escapesNonASCII = escapesNonASCII
  }

  /// Without white space.
  public static let compact = JSONStyle()

  /// The style of nbformat and Jupyter Server: one space per level, sorted names.
  public static let jupyter = JSONStyle(indent: " ", keySeparator: ": ", sortsKeys: true)

  /// Two spaces per level, in the given order: for users, and Jupyter's connection files.
  public static let pretty = JSONStyle(indent: "  ", keySeparator: ": ")
}
