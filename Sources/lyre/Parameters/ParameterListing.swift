import JSONCore
import NotebookDocument
import NotebookParameters

/// A notebook's parameters, as `lyre inspect` shows them.
struct ParameterListing {
  private let cell: NotebookCell?
  /// Nil if the language cannot be parsed.
  private let declared: [DeclaredParameter]?

  init(_ document: NotebookDocument) {
    cell = document.parametersCell
    declared = cell.flatMap { cell in
      (try? Translator(for: document))?.declarations(in: cell.source)
    }
  }

  /// JSON with the names of papermill's `inspect_notebook`; null if the parameters are unknown.
  var json: JSONValue {
    guard let declared else { return .null }
    return .array(
      declared.map { parameter in
        [
          "name": .init(parameter.name),
          "inferred_type_name": parameter.type.map { .init($0) } ?? .null,
          "default": .init(parameter.defaultValue), "help": .init(parameter.help),
        ]
      })
  }

  /// The lines of the listing, with an empty one at the end; none if no cell declares parameters.
  var lines: [VisibleText] {
    guard let cell else { return [] }
    guard let declared else {
      return ["parameters in cell \(cell.index + 1); Lyre cannot list them in this language", ""]
    }
    if declared.isEmpty { return ["parameters: none in cell \(cell.index + 1)", ""] }
    return ["parameters"] + declared.flatMap(ParameterListing.lines) + [""]
  }

  /// In papermill's layout: the help starts in column 34, on a line of its own if there is no room.
  private static func lines(_ parameter: DeclaredParameter) -> [VisibleText] {
    let value = parameter.defaultValue.isEmpty ? "" : " (default \(parameter.defaultValue))"
    let text: VisibleText = "  \(parameter.name): \(parameter.type ?? "Unknown type")\(value)"
    if parameter.help.isEmpty { return [text] }
    let help = VisibleText(parameter.help)
    if text.columns > 32 { return [text, VisibleText("").padded(to: 34) + help] }
    return [text.padded(to: 34) + help]
  }
}
