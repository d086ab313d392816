import JSONCore
import KernelTesting
import NotebookDocument
import RealKernels
import Testing

@Suite("Notebooks of nbformat 1, 2 and 3 are validated without an upgrade")
struct OldFormatTests {
  private static let version3 = """
    {"metadata": {"name": "n", "signature": "s",
      "kernel_info": {"name": "k", "language": "l", "codemirror_mode": "m"}},
     "nbformat": 3, "nbformat_minor": 0, "orig_nbformat": 2, "orig_nbformat_minor": 0,
     "worksheets": [{"metadata": {"m": 1}, "cells": [
      {"cell_type": "code", "language": "python", "collapsed": true, "metadata": {"tags": ["a,b"]},
       "prompt_number": 1, "input": ["a\\n", "b"], "outputs": [
        {"output_type": "stream", "stream": "stdout", "text": ["a", "b"]},
        {"output_type": "pyerr", "ename": "E", "evalue": "v", "traceback": ["t"]},
        {"output_type": "display_data", "metadata": {}, "png": "x", "text": ["x"], "text/x+y": "z"},
        {"output_type": "pyout", "prompt_number": 1, "metadata": {}, "html": "x", "pdf": "y",
         "image/x-y": ["z"]}]},
      {"cell_type": "heading", "level": 2, "metadata": {"name": 1}, "source": "x"},
      {"cell_type": "html", "metadata": {"tags": ["t", "u"]}, "source": ["x"]},
      {"cell_type": "markdown", "metadata": {"name": "m"}, "source": "x"},
      {"cell_type": "raw", "metadata": {"format": "f", "name": "n"}, "source": ""}]}]}
    """

  private static let version2 = """
    {"metadata": {"name": "n", "authors": []}, "nbformat": 2, "worksheets": [{"name": "w", "cells": [
      {"cell_type": "code", "language": "python", "collapsed": true, "prompt_number": 1,
       "input": ["a", "b"], "outputs": [
        {"output_type": "stream", "stream": "stdout", "text": ["a", "b"]},
        {"output_type": "pyerr", "ename": "E", "evalue": "v", "traceback": ["t"]},
        {"output_type": "display_data", "png": "x", "text": ["x"], "svg": ["y"]},
        {"output_type": "pyout", "prompt_number": 1, "html": ["x"], "latex": "y"}]},
      {"cell_type": "html", "source": ["x"]}, {"cell_type": "markdown", "source": "x"}]}]}
    """

  private static let version1 = """
    {"cells": [{"cell_type": "code", "code": "a", "prompt_number": 1},
     {"cell_type": "text", "text": "b"}]}
    """

  private func answers(
    _ values: [JSONValue], _ wanted: String, version: Int
  ) throws -> [(document: NotebookDocument, answer: NbformatReference.Answer)] {
    try TemporaryDirectory.with { directory in
      var documents: [NotebookDocument] = []
      var paths: [String] = []
      for value in values {
        let bytes = value.serialized()
        // Unreadable files have their own tests.
        guard let document = try? NotebookDocument(bytes), document.upgradedFrom?.major == version
        else { continue }
        let path = "\(directory.path)/\(paths.count).ipynb"
        try NotebookFile(path).write(bytes)
        paths.append(path)
        documents.append(document)
      }
      return Array(zip(documents, try NbformatReference.answers(paths, wanted)))
    }
  }

  @Test(
    "with version 3's schema, for any change",
    .enabled(if: NbformatReference.isThere, Comment(rawValue: RealKernels.missing)))
  func version3() throws {
    let notebook = try JSONValue(parsing: Array(OldFormatTests.version3.utf8))
    let all = try answers([notebook] + notebook.variants, "is_valid", version: 3)
    #expect(all.first?.answer.isValid == true)
    var valid = 0
    for (document, answer) in all {
      // nbformat itself fails for unknown minor versions.
      guard let isValid = answer.isValid else { continue }
      valid += isValid ? 1 : 0
      #expect(
        document.faults.isEmpty == isValid,
        "\(document.faults): \(String(decoding: document.serialized(), as: UTF8.self))")
    }
    #expect(valid > 300 && all.count - valid > 500, "\(valid) of \(all.count) are valid")
  }

  @Test(
    "with nbformat's requirements for reading versions 1 and 2, for any change",
    .enabled(if: NbformatReference.isThere, Comment(rawValue: RealKernels.missing)),
    arguments: [(1, version1), (2, version2)])
  func withoutSchema(version: Int, text: String) throws {
    let notebook = try JSONValue(parsing: Array(text.utf8))
    let all = try answers([notebook] + notebook.variants, "becomes_valid", version: version)
    #expect(all.first?.answer.becomesValid == true)
    var valid = 0
    for (document, answer) in all {
      let isValid = answer.becomesValid ?? false
      valid += isValid ? 1 : 0
      #expect(
        document.faults.isEmpty == isValid,
        "\(document.faults): \(String(decoding: document.serialized(), as: UTF8.self))")
    }
    #expect(valid > 20 && all.count - valid > 10, "\(valid) of \(all.count) are valid")
  }

  @Test(
    "with version 3's schema, real notebooks changed at random",
    .enabled(
      if: NbformatReference.isThere && Corpus.isThere, Comment(rawValue: RealKernels.missing))
  )
  func real() throws {
    var random = RandomJSON(seed: 3)
    var values: [JSONValue] = []
    for path in Corpus.notebooks(in: "") {
      guard let value = try? JSONValue(parsing: NotebookFile(path).read()),
        value["nbformat"]?.int == 3, case .object(let object) = value
      else { continue }
      values.append(value)
      for _ in 0..<20 {
        var changed = object
        let part = random.chance(80) ? "worksheets" : "metadata"
        if let value = changed[part] { changed[part] = random.mutated(value) }
        values.append(.object(changed))
      }
    }
    let all = try answers(values, "is_valid", version: 3)
    var valid = 0
    for (document, answer) in all {
      guard let isValid = answer.isValid else { continue }
      valid += isValid ? 1 : 0
      #expect(document.faults.isEmpty == isValid, "\(document.faults)")
    }
    #expect(valid > all.count / 10 && all.count - valid > all.count / 20)
  }

  @Test(
    "with places in the file, even if it cannot be read",
    arguments: [
      (
        #"{"metadata": {}, "worksheets": 1, "nbformat": 3}"#,
        "worksheets: expected an array, found a number"
      ),
      (
        #"{"metadata": {}, "worksheets": [{"cells": [{"cell_type": "code", "input": 5}]}], "nbformat": 3}"#,
        "worksheets[0].cells[0].input: expected a string or a list of strings"
      ),
      (
        #"{"metadata": {}, "worksheets": [{"cells": []}, {"cells": [{"cell_type": "raw"}]}], "nbformat": 2}"#,
        "worksheets[1].cells[0]: 'source' is missing"
      ),
      (
        #"{"metadata": {}, "worksheets": [{"cells": [{"cell_type": "code", "outputs": {"a": 1}}]}], "nbformat": 3}"#,
        "worksheets[0].cells[0].outputs: expected an array, found an object"
      ),
      (
        #"{"metadata": {}, "worksheets": [{"cells": [{"cell_type": "raw", "metadata": [1], "source": ""}]}], "nbformat": 3}"#,
        "worksheets[0].cells[0].metadata: expected an object, found an array"
      ),
      (
        #"{"metadata": {}, "worksheets": [{"cells": [{"cell_type": "heading", "level": "2", "source": ""}]}], "nbformat": 3}"#,
        "worksheets[0].cells[0].level: expected an integer, found a string"
      ),
      (
        #"{"cells": [{"cell_type": "code", "code": {}}]}"#,
        "cells[0].code: expected a string or a list of strings"
      ),
    ])
  func places(text: String, message: String) {
    #expect {
      try NotebookDocument(Array(text.utf8))
    } throws: { error in
      "\(error)" == message
    }
  }
}
