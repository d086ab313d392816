public import JSONCore
public import NotebookDocument
import SystemSupport

/// A parameter that a notebook does not declare.
public struct UnknownParameter: Sendable, Hashable {
  /// Its name.
  public var name: String
  /// The declared parameter with the most similar name; nil if none is similar.
  public var nearest: String?
}

extension NotebookDocument {
  /// The parameters that the cell tagged `parameters` does not declare; all of them if there is no
  /// such cell.
  ///
  /// If the language cannot be parsed, a parameter counts as declared if the cell contains its name
  /// as a word.
  public func unknownParameters(_ parameters: JSONObject, for translator: Translator)
    -> [UnknownParameter]
  {
    let source = parametersCell?.source ?? ""
    let declared = translator.declarations(in: source)?.map(\.name)
    return parameters.withoutDuplicates.compactMap { member in
      let name = translator.variableName(member.key.string)
      let isKnown =
        if let declared {
          declared.contains(name) || Declarations.assigns(name, in: source)
        } else {
          Declarations.mentions(name, in: source)
        }
      if isKnown { return nil }
      return UnknownParameter(
        name: member.key.string,
        nearest: declared.flatMap { Spelling.nearest(to: name, among: $0) })
    }
  }
}
