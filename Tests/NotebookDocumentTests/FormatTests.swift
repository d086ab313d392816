import JSONCore
import KernelTesting
import NotebookDocument
import RealKernels
import Testing

@Suite(
  "The canonical form and validity, compared with nbformat",
  .enabled(if: NbformatReference.isThere, Comment(rawValue: RealKernels.missing)))
struct FormatTests {
  /// The notebook with the id of every cell `masked`, in canonical layout.
  private func masked(_ bytes: [UInt8]) throws -> [UInt8] {
    var notebook = try #require(try JSONValue(parsing: bytes).object)
    notebook["cells"] = .array(
      (notebook["cells"]?.array ?? []).map { cell in
        guard var object = cell.object, object["id"] != nil else { return cell }
        object["id"] = "masked"
        return .object(object)
      })
    return JSONValue.object(notebook).serialized(.jupyter) + [0x0A]
  }

  @Test("equal nbformat's for every real notebook", .enabled(if: Corpus.isThere))
  func corpus() throws {
    let paths = Corpus.notebooks(in: "")
    var written = 0
    var upgraded = 0
    for (path, answer) in zip(paths, try NbformatReference.answers(paths)) {
      guard let document = try? NotebookDocument(NotebookFile(path).read()) else { continue }
      if let expected = answer.written, document.upgradedFrom == nil {
        // nbformat creates random ids for cells without one and for duplicates.
        let hasOwnIDs = document.faults.contains {
          $0.message == "'id' is missing" || $0.place.hasSuffix(".id") && $0.isRepairable
        }
        let result = document.formatted()
        let isSame = try hasOwnIDs ? masked(result) == masked(expected) : result == expected
        #expect(isSame, "written \(path)")
        written += 1
      }
      // An unknown future version stays unchanged; nbformat replaces it by 4.5.
      if let expected = answer.upgraded, document.formatVersion.minor <= 5 {
        let isSame = try masked(document.formatted(upgrading: true)) == masked(expected)
        #expect(isSame, "upgraded \(path)")
        upgraded += 1
      }
      // Versions 1 and 2 have no schema, so nbformat never considers them valid.
      if let isValid = answer.isValid, document.upgradedFrom?.major ?? 4 > 2 {
        #expect(document.faults.isEmpty == isValid, "\(path): \(document.faults)")
      }
    }
    #expect(written > 250 && upgraded > 280)
  }

  @Test("equal nbformat's for rare content")
  func synthetic() throws {
    let numbers =
      "[1e-07, 1E5, 1.0, -0, -0.0, 1.10, 1e22, 1e16, 123456789012345678901234567890, NaN, Infinity, "
      + "-Infinity, 1e400, 0.1, 5e-324, 1.7976931348623157e308, 100, 1e-5, 0.0001, 2.5E-3]"
    let text =
      #""a\u000bb\u000cc\u001cd\u001de\u001ef\u0085g\u2028h\u2029i\r\nj\rk\n\nl\u007f\"\\\/\b\t\u0001""#
    let texts = [
      text, "[\(text), \(text)]", "[\"a\\\\n\", \"b\"]", "\"\"", "[]", "[\"\"]",
      "[\"a\", \"b\\n\", \"\"]",
      "\"é😀\\ud83d\\ude00\"",
    ]
    try TemporaryDirectory.with { directory in
      var paths: [String] = []
      for (number, text) in texts.enumerated() {
        let path = "\(directory.path)/\(number).ipynb"
        let notebook = """
          {"nbformat_minor": 4, "nbformat": 4, "x": \(numbers), "x": {"b": 1, "a": \(numbers)},
           "metadata": {"orig_nbformat": 3, "signature": "s", "é": 1, "z": 2, "\\ud83d\\ude00": 3, "\\uffff": 4},
           "cells": [
            {"cell_type": "markdown", "metadata": {"trusted": true, "n": \(numbers)}, "source": \(text),
             "attachments": {"a.png": {"image/png": \(text), "text/plain": \(text), "image/svg+xml": \(text)}}},
            {"cell_type": "raw", "metadata": {}, "source": \(text)},
            {"cell_type": "code", "metadata": {}, "source": \(text), "execution_count": null, "outputs": [
             {"output_type": "stream", "name": "stdout", "text": \(text)},
             {"output_type": "error", "ename": "E", "evalue": "e", "traceback": ["a\\nb"]},
             {"output_type": "display_data", "metadata": {}, "data": {
              "text/plain": \(text), "text/x+json": \(text), "application/json": \(text),
              "application/a+json": [\(numbers), ["a\\nb"]], "application/javascript": \(text),
              "image/svg+xml": \(text), "image/png": \(text), "application/pdf": \(text)}}]}]}
          """
        try NotebookFile(path).write(Array(notebook.utf8))
        paths.append(path)
      }
      for (path, answer) in zip(paths, try NbformatReference.answers(paths)) {
        let document = try NotebookDocument(try NotebookFile(path).read())
        let result = document.formatted()
        #expect(
          String(decoding: result, as: UTF8.self)
            == String(decoding: try #require(answer.written), as: UTF8.self))
        #expect(try NotebookDocument(result).formatted() == result)
      }
    }
  }

  private static let whole = """
    {"cells": [
     {"cell_type": "code", "id": "a", "execution_count": 1, "source": ["a"],
      "metadata": {"collapsed": true, "scrolled": "auto", "name": "n", "tags": ["t", "u"],
       "jupyter": {"source_hidden": true}, "execution": {"iopub.status.idle": "x", "y": "z"}},
      "outputs": [
       {"output_type": "stream", "name": "stdout", "text": ["a", "b"]},
       {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]},
       {"output_type": "display_data", "metadata": {"m": 1}, "data": {"text/plain": ["x"], "application/json": 1}},
       {"output_type": "execute_result", "execution_count": null, "metadata": {}, "data": {"application/x+json": []}}]},
     {"cell_type": "markdown", "id": "b", "metadata": {"name": "m"}, "source": "x",
      "attachments": {"f": {"image/png": "y"}}},
     {"cell_type": "raw", "id": "c", "metadata": {"format": "f", "jupyter": {}}, "source": ""}],
     "metadata": {"kernelspec": {"name": "k", "display_name": "K", "z": 1}, "authors": [], "title": "t",
      "language_info": {"name": "l", "codemirror_mode": {}, "file_extension": "e", "mimetype": "m", "pygments_lexer": "p"},
      "orig_nbformat": 3},
     "nbformat": 4, "nbformat_minor": MINOR}
    """

  @Test("agree on validity, for any change", arguments: [0, 1, 2, 3, 4, 5, 6])
  func validity(_ minor: Int) throws {
    let text = FormatTests.whole.replacing("MINOR", with: "\(minor)")
    var notebook = try JSONValue(parsing: Array(text.utf8))
    if minor < 5, var object = notebook.object {
      object["cells"] = .array(
        (object["cells"]?.array ?? []).map { cell in
          var cell = cell.object ?? [:]
          cell["id"] = nil
          return .object(cell)
        })
      notebook = .object(object)
    }
    try TemporaryDirectory.with { directory in
      var documents: [NotebookDocument] = []
      var paths: [String] = []
      for variant in [notebook] + notebook.variants {
        let bytes = variant.serialized()
        // Unreadable files have their own tests.
        guard let document = try? NotebookDocument(bytes), document.upgradedFrom == nil,
          document.formatVersion.minor == minor
        else { continue }
        let path = "\(directory.path)/\(paths.count).ipynb"
        try NotebookFile(path).write(bytes)
        paths.append(path)
        documents.append(document)
      }
      var valid = 0
      for (document, answer) in zip(documents, try NbformatReference.answers(paths, "is_valid")) {
        guard let isValid = answer.isValid else { continue }
        valid += isValid ? 1 : 0
        #expect(
          document.faults.isEmpty == isValid,
          "\(document.faults): \(String(decoding: document.serialized(), as: UTF8.self))")
      }
      #expect(valid > 100 && documents.count - valid > 300)
    }
  }
}
