public import JSONCore
public import NotebookDocument

/// Where parameters were injected into a notebook.
public struct ParameterInjection: Sendable, Hashable {
  /// The rule that determined the cell's place.
  public enum Position: Sendable, Hashable {
    /// It replaces the cell that was injected before.
    case replacingInjected
    /// It follows the cell tagged `parameters`.
    case afterParameters
    /// It is the first cell, because no cell is tagged `parameters`.
    case atTop
  }

  /// The rule that determined the cell's place.
  public var position: Position

  /// The cell's place, from 0.
  public var index: Int

  /// Whether a cell was added to the notebook.
  public var isNewCell: Bool { position != .replacingInjected }
}

/// The tags of cells with parameters, which are papermill's.
public enum ParameterTag {
  /// The cell with the defaults.
  public static let parameters = "parameters"
  /// The cell that is injected by a run with parameters.
  public static let injected = "injected-parameters"
}

extension NotebookDocument {
  /// Injects parameters into the notebook, as papermill does: into the first cell tagged
  /// `injected-parameters`; else into a new one after the first tagged `parameters`; else into a
  /// new one at the top.
  ///
  /// An existing cell keeps its id, its metadata and its place, so that a second run with the same
  /// parameters changes nothing.
  ///
  /// - Parameters:
  ///   - parameters: names and values; if empty, nothing is changed.
  ///   - translator: writes them in the notebook's language; nil finds it by ``metadata``.
  ///   - comment: the text of the cell's first line.
  /// - Returns: where they are; nil if there were none.
  /// - Throws: ``ParameterError`` for an unknown language, and for a name or a value that the
  ///   language does not support. The notebook is then unchanged.
  @discardableResult
  public mutating func inject(
    _ parameters: JSONObject, with translator: Translator? = nil, comment: String = "Parameters"
  ) throws(ParameterError) -> ParameterInjection? {
    guard !parameters.isEmpty else { return nil }
    let translator = if let translator { translator } else { try Translator(for: self) }
    let source = try translator.source(
      of: parameters, comment: comment, declaring: parametersCell?.source ?? "")
    let cells = self.cells
    if let cell = cells.first(where: { $0.tags.contains(ParameterTag.injected) }) {
      if cell.kind == .code {
        setSource(source, at: cell.index)
      } else {
        removeCell(at: cell.index)
        insertCell(NotebookDocument.injectedCell(source), at: cell.index)
      }
      _ = repairIDs()
      return ParameterInjection(position: .replacingInjected, index: cell.index)
    }
    let place = parametersCell.map { $0.index + 1 } ?? 0
    insertCell(NotebookDocument.injectedCell(source), at: place)
    _ = repairIDs()
    return ParameterInjection(position: place == 0 ? .atTop : .afterParameters, index: place)
  }

  /// The first cell tagged `parameters`; nil if there is none.
  public var parametersCell: NotebookCell? {
    cells.first { $0.tags.contains(ParameterTag.parameters) }
  }

  private static func injectedCell(_ source: String) -> JSONObject {
    [
      "cell_type": "code", "execution_count": nil,
      "metadata": ["tags": [.init(ParameterTag.injected)]], "outputs": [],
      "source": .init(source),
    ]
  }
}

extension Translator {
  /// Creates the translator for a notebook, from the kernel and the language that it names.
  ///
  /// - Throws: ``ParameterError`` with the code `unknownLanguage`.
  public init(for document: NotebookDocument) throws(ParameterError) {
    try self.init(
      kernel: document.metadata("kernelspec", "name")?.string,
      language: document.metadata("language_info", "name")?.string
        ?? document.metadata("kernelspec", "language")?.string)
  }
}
