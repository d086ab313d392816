public import JSONCore
import Yams

extension JSONValue {
  /// Parses YAML 1.1 as PyYAML and papermill read it, with dates as texts.
  ///
  /// Unquoted words are values as there: `yes`, `no`, `on`, `off` are Booleans, `~` and an empty
  /// value are null. Numbers keep their spelling, and a number that JSON cannot represent is a
  /// text: `007`, `1_0`, `12:30`, `1e400`. Anchors, aliases and merge keys are supported. A
  /// duplicate name is an error, and so is a text whose aliases expand to more than a hundred
  /// thousand values.
  ///
  /// - Returns: the value; nil if the text is empty.
  /// - Throws: ``YAMLError`` with the place.
  public init?(parsingYAML text: String) throws(YAMLError) {
    try YAMLGuard.check(text)
    let root: Node?
    do {
      root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
    } catch {
      throw YAMLError(error)
    }
    guard let root else { return nil }
    var reader = YAMLNodeReader(limit: max(100_000, text.utf8.count))
    self = try reader.value(root, depth: 0)
  }
}

extension YAMLError {
  /// Converts an error of the parser.
  fileprivate init(_ error: any Error) {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      self.init(problem, line: mark.line, column: mark.column)
    case .duplicatedKeysInMapping(let names, let context):
      self.init(
        "the name '\(names.first ?? "")' is defined twice", line: context.mark.line,
        column: context.mark.column)
    case .reader(let problem, _, _, _): self.init(problem)
    default: self.init("\(error)")
    }
  }
}
