import JSONCore
import NotebookComparison
import NotebookDocument
import Testing

@Suite("Marks of cells")
struct CellMarkTests {
  private func marks(_ source: String, _ tags: [String] = []) throws -> CellMarks {
    let notebook: JSONValue = [
      "cells": [
        [
          "cell_type": "code", "execution_count": nil, "outputs": [], "source": .init(source),
          "metadata": ["tags": .array(tags.map { .init($0) })],
        ]
      ], "metadata": [:], "nbformat": 4, "nbformat_minor": 4,
    ]
    return CellMarks(try NotebookDocument(notebook.serialized()).cell(at: 0))
  }

  @Test(
    "are nbval's comments and tags",
    arguments: [
      ("# NBVAL_IGNORE_OUTPUT\nx", [], false), ("  ##  NBVAL_IGNORE_OUTPUT", [], false),
      ("x\n#PYTEST_VALIDATE_IGNORE_OUTPUT", [], false), ("#NBVAL_CHECK_OUTPUT", [], true),
      ("// NBVAL_CHECK_OUTPUT", [], true), ("-- NBVAL_CHECK_OUTPUT\r\nselect 1", [], true),
      ("%% NBVAL_CHECK_OUTPUT", [], true), ("", ["nbval-check-output"], true),
      ("", ["nbval-ignore-output"], false), ("", ["pytest-validate-ignore-output"], false),
      ("# NBVAL_CHECK_OUTPUT", ["nbval-ignore-output"], true),
      ("# see NBVAL_CHECK_OUTPUT", [], nil), ("NBVAL_CHECK_OUTPUT", [], nil),
      ("x = 1 # NBVAL_CHECK_OUTPUT", [], nil), ("# nbval_check_output", [], nil),
    ] as [(String, [String], Bool?)])
  func check(_ source: String, _ tags: [String], _ compares: Bool?) throws {
    #expect(try marks(source, tags).comparesOutputs == compares)
    #expect(try marks(source, tags).conflicts == [])
  }

  @Test("allow errors and skip cells")
  func others() throws {
    #expect(try marks("# NBVAL_RAISES_EXCEPTION").allowsErrors)
    #expect(try marks("", ["nbval-raises-exception"]).allowsErrors)
    #expect(try marks("", ["raises-exception"]).allowsErrors)
    #expect(try marks("# NBVAL_SKIP").isSkipped)
    #expect(try marks("", ["nbval-skip"]).isSkipped)
    #expect(try marks("x_y = 1", ["other"]) == marks("", []))
  }

  @Test("that contradict each other are reported; the last one applies")
  func conflicts() throws {
    let marks = try marks("# NBVAL_IGNORE_OUTPUT\n# NBVAL_CHECK_OUTPUT")
    #expect(marks.comparesOutputs == true)
    #expect(marks.conflicts.count == 1)
  }
}
