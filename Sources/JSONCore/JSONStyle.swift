/// How a JSON text is written.
public struct JSONStyle: Sendable, Hashable {
  /// One level of indentation; nil writes everything on one line.
  public var indent: String?

  /// What ends a line.
  public var newline: String

  /// What stands between elements on one line; with an indent a comma alone is written.
  public var itemSeparator: String

  /// What stands between a name and its value.
  public var keySeparator: String

  /// Whether members are written in the order of their names, code point by code point.
  public var sortsKeys: Bool

  /// Whether characters outside ASCII are written as escapes.
  public var escapesNonASCII: Bool

  /// A style with its parts.
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

  /// No white space at all.
  public static let compact = JSONStyle()

  /// What nbformat and Jupyter Server write: one space a level, sorted names.
  public static let jupyter = JSONStyle(indent: " ", keySeparator: ": ", sortsKeys: true)

  /// Two spaces a level, in the order given: for people, and Jupyter's connection files.
  public static let pretty = JSONStyle(indent: "  ", keySeparator: ": ")
}
