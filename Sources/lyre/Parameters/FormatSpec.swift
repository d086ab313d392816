import Glibc
import JSONCore

/// A format for values in paths, in the syntax of Python's `format`, which papermill uses: fill and
/// alignment, sign, width, `,` or `_` between thousands, precision, and one of the types `s d b o x
/// X e E f F g G %`.
struct FormatSpec {
  private var fill: Character = " "
  private var alignment: Character?
  private var sign: Character = "-"
  private var width = 0
  private var separator: Character?
  private var precision: Int?
  private var type: Character?

  /// Parses a format; nil if it is not valid.
  init?(_ words: String) {
    var rest = Array(words)[...]
    func take(_ choices: String) -> Character? {
      guard let next = rest.first, choices.contains(next) else { return nil }
      return rest.popFirst()
    }
    func number() -> Int? {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      rest = rest.dropFirst(digits.count)
      // More digits would exceed any path's length.
      return digits.isEmpty ? 0 : digits.count > 3 ? nil : Int(String(digits))
    }
    if rest.count > 1, "<>=^".contains(rest[1]) {
      fill = rest[0]
      alignment = rest[1]
      rest = rest.dropFirst(2)
    } else {
      alignment = take("<>=^")
    }
    sign = take("+- ") ?? "-"
    if alignment == nil, rest.first == "0" {
      fill = "0"
      alignment = "="
    }
    guard let width = number() else { return nil }
    self.width = width
    separator = take(",_")
    if take(".") != nil {
      guard rest.first?.isNumber == true, let digits = number() else { return nil }
      precision = digits
    }
    type = take("sdboxXeEfFgG%")
    // Python also puts separators between filling zeros.
    guard rest.isEmpty, separator == nil || fill != "0" else { return nil }
  }

  /// A value as text; nil if the format does not support it.
  func text(of value: JSONValue) -> String? {
    switch value {
    case .string(let text): return self.text(text.string)
    case .bool(let value): return self.text(value ? "True" : "False")
    case .null: return text("None")
    case .number(let number): return text(number)
    case .array, .object: return nil
    }
  }

  private func text(_ text: String) -> String? {
    guard type == nil || type == "s", sign == "-", separator == nil else { return nil }
    // A zero before the width pads texts at their end.
    return padded("", precision.map { String(text.prefix($0)) } ?? text, "<")
  }

  private func text(_ number: JSONNumber) -> String? {
    let isNegative = number.text.hasPrefix("-")
    let mark = isNegative ? "-" : sign == "-" ? "" : String(sign)
    let magnitude = isNegative ? String(number.text.dropFirst()) : number.text
    guard let type = type ?? (number.isIntegerSpelling && precision == nil ? "d" : nil) else {
      guard precision != nil else { return padded(mark, grouped(magnitude), ">") }
      return real(number, "g").map { padded(mark, $0.allSatisfy(\.isNumber) ? $0 + ".0" : $0, ">") }
    }
    switch type {
    case "d", "b", "o", "x", "X":
      guard number.isIntegerSpelling, precision == nil else { return nil }
      if type == "d" { return padded(mark, grouped(magnitude), ">") }
      guard separator == nil, let value = UInt(magnitude) else { return nil }
      let radix = ["b": 2, "o": 8][String(type)] ?? 16
      return padded(mark, String(value, radix: radix, uppercase: type == "X"), ">")
    case "s": return nil
    default: return real(number, type).map { padded(mark, $0, ">") }
    }
  }

  /// The magnitude as a decimal number, by the C library, which agrees with Python.
  private func real(_ number: JSONNumber, _ type: Character) -> String? {
    let double = abs(number.double)
    guard double.isFinite else { return nil }
    let format = "%.\(precision ?? 6)\(type == "%" ? "f" : type)"
    var bytes = [CChar](repeating: 0, count: 2048)
    let length = withVaList([type == "%" ? double * 100 : double]) {
      vsnprintf(&bytes, bytes.count, format, $0)
    }
    guard length > 0, length < bytes.count else { return nil }
    let digits = String(
      decoding: bytes.prefix(Int(length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    return grouped(digits) + (type == "%" ? "%" : "")
  }

  /// The digits with the separator between thousands.
  private func grouped(_ digits: String) -> String {
    guard let separator else { return digits }
    let whole = digits.prefix { $0.isNumber }
    var result = ""
    for (place, digit) in whole.enumerated() {
      if place > 0, (whole.count - place).isMultiple(of: 3) { result.append(separator) }
      result.append(digit)
    }
    return result + digits.dropFirst(whole.count)
  }

  private func padded(_ mark: String, _ text: String, _ usual: Character) -> String {
    let missing = max(0, width - mark.count - text.count)
    let filling = String(repeating: fill, count: missing)
    var alignment = alignment ?? usual
    if alignment == "=", usual == "<" { alignment = usual }
    switch alignment {
    case "<": return mark + text + filling
    case "^":
      let left = missing / 2
      return String(filling.prefix(left)) + mark + text + String(filling.dropFirst(left))
    case "=": return mark + filling + text
    default: return filling + mark + text
    }
  }
}
