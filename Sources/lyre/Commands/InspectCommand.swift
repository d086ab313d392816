import ArgumentParser
import JSONCore
import NotebookDocument

/// The command `lyre inspect`.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show a notebook's parameters, kernel, cells and outputs.",
    discussion: """
      EXAMPLES
        lyre inspect analysis.ipynb
        lyre inspect analysis.ipynb --json

      Parameters are the assignments in the cell tagged 'parameters', with types, defaults and \
      comments. Lyre reads them in Python and R without starting a kernel.
      """)

  @Argument(help: "The notebook; `-` is standard input.", completion: Completions.notebooks)
  var notebook: String
  @Flag(help: "Write JSON.") var json = false

  func run() throws {
    let document: NotebookDocument
    do throws(NotebookError) {
      document = try NotebookInput.document(notebook)
    } catch {
      let reason = InputHint.notebook(notebook, error)
      Printer.shared.log("error: \(NotebookInput.name(notebook)): \(reason)")
      throw ExitRequest(code: .unusableInput)
    }
    if json {
      Printer.shared.print(json: .object(summary(document)))
    } else {
      Printer.shared.print(lines(document).joined(separator: "\n"))
    }
  }

  private func summary(_ document: NotebookDocument) -> JSONObject {
    let kernel = document.metadata("kernelspec")
    return [
      "path": .init(notebook),
      "nbformat": .init(document.formatVersion.major),
      "nbformat_minor": .init(document.formatVersion.minor),
      "kernel": kernel?["name"] ?? .null,
      "language": document.metadata("language_info", "name") ?? kernel?["language"] ?? .null,
      "parameters": ParameterListing(document).json,
      "cells": .array(
        document.cells.map { cell in
          let outputs = document.outputs(at: cell.index)
          return [
            "index": .init(cell.index), "id": cell.id.map { .init($0) } ?? .null,
            "type": .init(kindName(cell.kind)), "source": .init(cell.source),
            "tags": .array(cell.tags.map { .init($0) }),
            "execution_count": cell.executionCount.map { .init($0) } ?? .null,
            "outputs": .array(outputs.map { .init(outputName($0)) }),
          ]
        }),
    ]
  }

  private func lines(_ document: NotebookDocument) -> [VisibleText] {
    let kernel = document.metadata("kernelspec", "name")?.string ?? "none named"
    let language =
      document.metadata("language_info", "name")?.string
      ?? document.metadata("kernelspec", "language")?.string
    var lines: [VisibleText] = [
      "format   \(format(document))",
      "kernel   \(kernel)\(language.map { " (\($0))" } ?? "")",
      "cells    \(document.cellCount)", "",
    ]
    lines += ParameterListing(document).lines
    for cell in document.cells {
      let count =
        cell.kind == .code
        ? "In [\(cell.executionCount.map(String.init) ?? " ")]" : kindName(cell.kind)
      let first = cell.source.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
      let outputs = document.outputs(at: cell.index).map(outputName)
      var line: VisibleText = "\(pad("\(cell.index + 1)", 4)) \(pad(count, 9)) "
      line += "\(Terminal.fitted(first, to: 60))"
      if !cell.tags.isEmpty { line += "  [\(cell.tags.joined(separator: ", "))]" }
      if !outputs.isEmpty { line += "  → \(outputs.joined(separator: ", "))" }
      lines.append(line)
    }
    return lines
  }

  private func format(_ document: NotebookDocument) -> String {
    let version = document.upgradedFrom ?? document.formatVersion
    return "nbformat \(version.major).\(version.minor)"
      + (document.upgradedFrom == nil ? "" : ", shown as 4.5")
  }

  private func pad(_ text: String, _ width: Int) -> VisibleText {
    VisibleText(text).padded(to: width)
  }

  private func kindName(_ kind: NotebookCell.Kind) -> String {
    switch kind {
    case .code: "code"
    case .markdown: "markdown"
    case .raw: "raw"
    case .other(let name): name
    }
  }

  /// The kind of an output in a word or two.
  private func outputName(_ output: JSONValue) -> String {
    switch output["output_type"]?.string {
    case "stream": return output["name"]?.string ?? "stream"
    case "error": return "error \(output["ename"]?.string ?? "")"
    case let type?:
      let types = output["data"]?.object?.map(\.key.string) ?? []
      return types.isEmpty ? type : types.joined(separator: "+")
    case nil: return "unknown"
    }
  }
}
