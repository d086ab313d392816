import JSONCore
import NotebookDocument
import Testing

@Suite("Editing a notebook")
struct EditingTests {
  @Test("a repaired notebook needs no repair")
  func repairedTwice() throws {
    var notebook = try NotebookDocument(
      Array(
        #"{"cells": [{"cell_type": "code", "source": ""}], "nbformat": 4, "nbformat_minor": 2}"#
          .utf8))
    #expect(notebook.repair().members == [0])
    #expect(notebook.repair().isEmpty)
  }

  private let small = """
    {
     "cells": [
      {
       "cell_type": "code",
       "execution_count": null,
       "metadata": {},
       "outputs": [],
       "source": [
        "print(1)"
       ]
      }
     ],
     "metadata": {
      "kernelspec": {
       "name": "python3"
      }
     },
     "nbformat": 4,
     "nbformat_minor": 5
    }

    """

  private func edited(_ text: String, _ edit: (inout NotebookDocument) -> Void) throws -> String {
    var document = try NotebookDocument(Array(text.utf8))
    edit(&document)
    return String(decoding: document.serialized(), as: UTF8.self)
  }

  @Test("writes new outputs as nbformat does, and nothing else")
  func newOutputs() throws {
    let result = try edited(small) { document in
      document.setOutputs(
        [
          ["output_type": "stream", "name": "stdout", "text": "a\nb\u{2028}c"],
          [
            "output_type": "display_data", "metadata": [:],
            "data": ["text/plain": "x\ny", "image/png": "AA\nBB", "application/json": ["b": 1e5]],
          ],
        ], at: 0)
      document.setExecutionCount(3, at: 0)
    }
    let expected = small.replacing(
      "   \"execution_count\": null", with: "   \"execution_count\": 3"
    ).replacing(
      "   \"outputs\": [],",
      with: """
           "outputs": [
            {
             "name": "stdout",
             "output_type": "stream",
             "text": [
              "a\\n",
              "b\u{2028}",
              "c"
             ]
            },
            {
             "data": {
              "application/json": {
               "b": 100000.0
              },
              "image/png": "AA\\nBB",
              "text/plain": [
               "x\\n",
               "y"
              ]
             },
             "metadata": {},
             "output_type": "display_data"
            }
           ],
        """)
    #expect(result == expected)
  }

  @Test("keeps the bytes of unchanged outputs")
  func equalOutputs() throws {
    let text = """
      {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [
        {"source": "x", "cell_type": "code", "metadata": {}, "execution_count": 1,
         "outputs": [ {"text": ["a\\u00e9\\n", "b"], "output_type":"stream", "name" : "stdout"} ]}]}
      """
    let result = try edited(text) { document in
      document.setOutputs(
        [["name": "stdout", "output_type": "stream", "text": "aé\nb"]], at: 0)
      document.setExecutionCount(1, at: 0)
    }
    #expect(result == text)
  }

  @Test("adds metadata at its place among sorted names, and at the end among others")
  func metadata() throws {
    let result = try edited(small) { document in
      document.setMetadata(["language_info"], to: ["name": "python"])
      document.setMetadata(["aaa"], to: 1)
      document.setMetadata(["kernelspec", "display_name"], to: "Python")
      document.setCellMetadata(["execution"], to: ["b": "2", "a": "1"], at: 0)
    }
    var expected = try #require(try JSONValue(parsing: Array(small.utf8)).object)
    expected["metadata"] = [
      "aaa": 1, "kernelspec": ["display_name": "Python", "name": "python3"],
      "language_info": ["name": "python"],
    ]
    var cell = try #require(expected["cells"]?[0]?.object)
    cell["metadata"] = ["execution": ["a": "1", "b": "2"]]
    expected["cells"] = [.object(cell)]
    #expect(Array(result.utf8) == JSONValue.object(expected).serialized(.jupyter) + [0x0A])
    let unsorted =
      "{\"nbformat\":4,\"nbformat_minor\":4,\"metadata\":{\"z\":1,\"b\":2},\"cells\":[]}"
    let appended = try edited(unsorted) { $0.setMetadata(["a"], to: 3) }
    #expect(
      appended
        == "{\"nbformat\":4,\"nbformat_minor\":4,\"metadata\":{\"z\":1,\"b\":2,\"a\":3},\"cells\":[]}"
    )
  }

  @Test("removes a member together with its comma", arguments: ["a", "b", "c"])
  func removal(_ name: String) throws {
    let text =
      "{\"cells\": [], \"metadata\": {\"a\": 1, \"b\": 2, \"c\": 3}, \"nbformat\": 4, \"nbformat_minor\": 4}"
    let result = try edited(text) { $0.setMetadata([name], to: nil) }
    let value = try JSONValue(parsing: Array(result.utf8))
    #expect(value["metadata"]?.object?.map(\.key.string) == ["a", "b", "c"].filter { $0 != name })
  }

  @Test(
    "adds and removes several members of one object at once",
    arguments: [[], ["a"], ["b"], ["c"], ["a", "b"], ["b", "c"], ["a", "c"], ["a", "b", "c"]],
    [[], ["0"], ["aa"], ["d"], ["0", "bb", "d", "e"]])
  func severalMembers(_ removed: [String], _ added: [String]) throws {
    for layout in [JSONStyle.jupyter, JSONStyle(itemSeparator: ", ", keySeparator: ": ")] {
      let value: JSONValue = [
        "cells": [], "metadata": ["a": 1, "b": ["x": 2], "c": 3], "nbformat": 4,
        "nbformat_minor": 4,
      ]
      let text = String(decoding: value.serialized(layout), as: UTF8.self)
      let result = try edited(text) { document in
        for name in removed { document.setMetadata([name], to: nil) }
        for name in added { document.setMetadata([name], to: .init(name)) }
      }
      var expected = value.object ?? [:]
      var metadata = expected["metadata"]?.object ?? [:]
      for name in removed { metadata[name] = nil }
      for name in added { metadata[name] = .init(name) }
      expected["metadata"] = .object(metadata.sorted)
      #expect(Array(result.utf8) == JSONValue.object(expected).serialized(layout))
    }
  }

  @Test("reads set values at any depth, and discards those that a later change replaces")
  func readsChanges() throws {
    let text =
      "{\"cells\": [], \"metadata\": {\"a\": {\"b\": {\"c\": 1}}}, \"nbformat\": 4, \"nbformat_minor\": 4}"
    var document = try NotebookDocument(Array(text.utf8))
    document.setMetadata(["a", "b", "c"], to: 2)
    #expect(document.metadata == ["a": ["b": ["c": 2]]])
    document.setMetadata(["a", "b", "d"], to: 3)
    #expect(document.metadata("a", "b", "d") == 3)
    let changed = try NotebookDocument(document.serialized())
    #expect(changed.metadata == document.metadata)
    document.setMetadata(["a"], to: ["b": ["c": 1]])
    #expect(document.metadata == ["a": ["b": ["c": 1]]])
    #expect(String(decoding: document.serialized(), as: UTF8.self) == text)
  }

  @Test("removes every duplicate of a member, and adds missing members of cells")
  func duplicatesAndMissing() throws {
    let text =
      "{\"cells\":[{\"cell_type\":\"code\",\"source\":\"\"}],\"metadata\":{\"a\":1,\"a\":2,\"b\":3},\"nbformat\":4,\"nbformat_minor\":4}"
    let result = try edited(text) { document in
      document.setMetadata(["a"], to: nil)
      document.setExecutionCount(1, at: 0)
      document.setOutputs([], at: 0)
      document.setCellMetadata(["x"], to: true, at: 0)
    }
    #expect(
      result
        == "{\"cells\":[{\"cell_type\":\"code\",\"execution_count\":1,\"metadata\":{\"x\":true},\"outputs\":[],\"source\":\"\"}],\"metadata\":{\"b\":3},\"nbformat\":4,\"nbformat_minor\":4}"
    )
  }

  @Test(
    "writes in the style of the file",
    arguments: [
      ("    ", "\n"), ("\t", "\n"), ("  ", "\r\n"), ("", "\n"),
    ])
  func style(_ indent: String, _ newline: String) throws {
    let style = JSONStyle(indent: indent, newline: newline, keySeparator: ": ", sortsKeys: true)
    var value = try JSONValue(parsing: Array(small.utf8))
    let before = value.serialized(style)
    var document = try NotebookDocument(before)
    document.setOutputs([["name": "stdout", "output_type": "stream", "text": "hi\n"]], at: 0)
    let output: JSONValue = ["name": "stdout", "output_type": "stream", "text": ["hi\n"]]
    var object = value.object ?? [:]
    var cell = object["cells"]?[0]?.object ?? [:]
    cell["outputs"] = [output]
    object["cells"] = [.object(cell)]
    value = .object(object)
    #expect(document.serialized() == value.serialized(style))
  }

  @Test("escapes non-ASCII characters if the file does")
  func escapes() throws {
    let text =
      "{\"cells\": [{\"cell_type\": \"code\", \"execution_count\": null, \"metadata\": {}, "
      + "\"outputs\": [], \"source\": [\"\\u00e9\"]}], \"metadata\": {}, \"nbformat\": 4, \"nbformat_minor\": 4}"
    let result = try edited(text) {
      $0.setOutputs([["name": "stdout", "output_type": "stream", "text": "é"]], at: 0)
    }
    #expect(
      result
        == text.replacing(
          "\"outputs\": []",
          with:
            "\"outputs\": [{\"name\": \"stdout\", \"output_type\": \"stream\", \"text\": [\"\\u00e9\"]}]"
        ))
  }

  @Test("adds cells before, between and after others, and removes them")
  func cells() throws {
    let cell: JSONObject = [
      "cell_type": "markdown", "id": "new", "metadata": [:], "source": "a\nb",
    ]
    for place in 0...1 {
      let result = try edited(small) { $0.insertCell(cell, at: place) }
      let value = try JSONValue(parsing: Array(result.utf8))
      #expect(value.serialized(.jupyter) + [0x0A] == Array(result.utf8))
      #expect(value["cells"]?[place]?["source"] == ["a\n", "b"])
      #expect(value["cells"]?.array?.count == 2)
      var document = try NotebookDocument(Array(result.utf8))
      document.removeCell(at: place)
      #expect(String(decoding: document.serialized(), as: UTF8.self) == small)
    }
  }
}

@Suite("Files that are not notebooks")
struct RefusalTests {
  @Test(
    "are rejected with the place and the reason",
    arguments: [
      ("", "the file is empty; a notebook is a JSON object"),
      (" \n", "the file is empty; a notebook is a JSON object"),
      (
        "hello",
        "not a notebook, because it is not JSON: line 1, column 1: expected a value, found 'h'"
      ),
      ("[1]", "not a notebook: expected a JSON object, found an array"),
      ("{}", "not a notebook: there is no nbformat"),
      ("{\"nbformat\": \"x\"}", "nbformat: expected an integer, found a string"),
      (
        "{\"nbformat\": 9}",
        "nbformat: nbformat 9 is not known; this version of Lyre reads nbformat 1 to 4"
      ),
      ("{\"nbformat\": 4}", "there is no nbformat_minor"),
      ("{\"nbformat\": 4, \"nbformat_minor\": 5}", "not a notebook: there are no cells"),
      (
        "{\"nbformat\": 4, \"nbformat_minor\": 5, \"cells\": {}}",
        "cells: expected an array, found an object"
      ),
      (
        "{\"nbformat\": 4, \"nbformat_minor\": 5, \"cells\": [1]}",
        "cells[0]: expected an object, found a number"
      ),
      (
        "{\"nbformat\": 4, \"nbformat_minor\": 5, \"cells\": [{\"cell_type\": \"code\"}]}",
        "cells[0].source: expected a string or a list of strings"
      ),
      (
        "{\"nbformat\": 4, \"nbformat_minor\": 5, \"cells\": [{\"cell_type\": \"code\", \"source\": \"\", \"outputs\": [3]}]}",
        "cells[0].outputs[0]: expected an object, found a number"
      ),
    ])
  func refused(_ text: String, _ message: String) {
    let error = #expect(throws: NotebookError.self) { try NotebookDocument(Array(text.utf8)) }
    #expect(error?.description == message)
  }
}
