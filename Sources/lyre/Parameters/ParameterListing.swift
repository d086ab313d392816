import JSONCore
import NotebookDocument
import NotebookParameters

/// What `lyre inspect` shows of a notebook's parameters.
struct ParameterListing {
  private let cell: NotebookCell?
  /// Nil where nobody has told how to read the language.
  private let declared: [DeclaredParameter]?

  init(_ document: NotebookDocument) {
    cell = document.parametersCell
    declared = cell.flatMap { cell in
      (try? Translator(for: document))?.declarations(in: cell.source)
    }
  }

  /// With the names that papermill's `inspect_notebook` gives them; null where nothing is known.
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

  /// The lines of the listing, with an empty one at the end; none where no cell declares parameters.
  var lines: [VisibleText] {
    guard let cell else { return [] }
    guard let declared else {
      return ["parameters in cell \(cell.index + 1); this language is not read", ""]
    }
    if declared.isEmpty { return ["parameters: none in cell \(cell.index + 1)", ""] }
    return ["parameters"] + declared.flatMap(ParameterListing.lines) + [""]
  }

  /// As papermill lists them: the help from column 34 on, on a line of its own where there is no
  /// room beside.
  private static func lines(_ parameter: DeclaredParameter) -> [VisibleText] {
    let value = parameter.defaultValue.isEmpty ? "" : " (default \(parameter.defaultValue))"
    let text: VisibleText = "  \(parameter.name): \(parameter.type ?? "Unknown type")\(value)"
    if parameter.help.isEmpty { return [text] }
    let help = VisibleText(parameter.help)
    if text.columns > 32 { return [text, VisibleText("").padded(to: 34) + help] }
    return [text.padded(to: 34) + help]
  }
}
