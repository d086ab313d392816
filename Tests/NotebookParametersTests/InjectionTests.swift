import JSONCore
import NotebookDocument
import NotebookParameters
import Testing

@Suite("Parameters in a notebook")
struct InjectionTests {
  /// A Python notebook whose cells have these tags, and the letters from a on as ids.
  private func notebook(_ tags: [String?], minor: Int = 5) throws -> NotebookDocument {
    let cells = tags.enumerated().map { place, tag -> JSONValue in
      var cell: JSONObject = [
        "cell_type": "code", "execution_count": nil,
        "metadata": .object(tag.map { ["tags": [.init($0)]] } ?? [:]), "outputs": [],
        "source": ["x = 1\n", "y = 2"],
      ]
      if minor >= 5 { cell["id"] = .init(String(UnicodeScalar(UInt8(97 + place)))) }
      return .object(cell.sorted)
    }
    let value: JSONValue = [
      "cells": .array(cells),
      "metadata": ["kernelspec": ["display_name": "P", "language": "python", "name": "python3"]],
      "nbformat": 4, "nbformat_minor": .init(minor),
    ]
    return try NotebookDocument(value.serialized(.jupyter) + [0x0A])
  }

  @Test(
    "are injected at the same place as by papermill",
    arguments: [
      ([nil, "parameters", nil], .afterParameters, 2, 4),
      (["parameters", "parameters"], .afterParameters, 1, 3),
      ([nil, nil], .atTop, 0, 3), ([], .atTop, 0, 1),
      (["parameters", "injected-parameters", nil], .replacingInjected, 1, 3),
      (["injected-parameters", "injected-parameters"], .replacingInjected, 0, 2),
      ([nil, "injected-parameters", "parameters"], .replacingInjected, 1, 3),
    ] as [([String?], ParameterInjection.Position, Int, Int)])
  func position(
    _ tags: [String?], _ position: ParameterInjection.Position, _ index: Int, _ count: Int
  ) throws {
    var document = try notebook(tags)
    let injection = try document.inject(["a": 1])
    #expect(injection?.position == position)
    #expect(injection?.index == index)
    #expect(document.cellCount == count)
    let read = try NotebookDocument(document.serialized())
    #expect(read.cell(at: index).source == "# Parameters\na = 1\n")
    #expect(read.cell(at: index).tags == ["injected-parameters"])
    #expect(Set(read.cells.map(\.id)).count == count)
    #expect(read.faults.isEmpty)
  }

  @Test("change no other byte, and no byte at all when they are injected again")
  func bytes() throws {
    var document = try notebook(["parameters", nil])
    let before = String(decoding: document.serialized(), as: UTF8.self)
    try document.inject(["a": 1, "b": "é"])
    let after = String(decoding: document.serialized(), as: UTF8.self)
    let cell = """
        {
         "cell_type": "code",
         "execution_count": null,
         "id": "ID",
         "metadata": {
          "tags": [
           "injected-parameters"
          ]
         },
         "outputs": [],
         "source": [
          "# Parameters\\n",
          "a = 1\\n",
          "b = \\"é\\"\\n"
         ]
        },

      """
    let id = try #require(try NotebookDocument(Array(after.utf8)).cell(at: 1).id)
    #expect(after.replacing(cell.replacing("ID", with: id).dropFirst(0), with: "") == before)
    var again = try NotebookDocument(Array(after.utf8))
    try again.inject(["a": 1, "b": "é"])
    #expect(again.serialized() == Array(after.utf8))
  }

  @Test("need no id before nbformat 4.5")
  func oldFormat() throws {
    var document = try notebook(["parameters"], minor: 4)
    try document.inject(["a": 1])
    #expect(document.cell(at: 1).id == nil)
    #expect(try NotebookDocument(document.serialized()).faults.isEmpty)
  }

  @Test("change nothing if there are none, and leave an old cell in place")
  func none() throws {
    var document = try notebook(["injected-parameters"])
    let before = document.serialized()
    #expect(try document.inject([:]) == nil)
    #expect(document.serialized() == before)
  }

  @Test("leave the notebook unchanged if they cannot be injected")
  func refused() throws {
    var document = try notebook(["parameters"])
    let before = document.serialized()
    #expect(throws: ParameterError.self) { try document.inject(["good": 1, "not-good": 2]) }
    #expect(document.serialized() == before)
  }

  @Test("are reported if the notebook does not declare them, with the most similar ones")
  func unknown() throws {
    let document = try notebook(["parameters"])
    let python = try Translator(for: document)
    #expect(document.unknownParameters(["x": 1, "y": 2], for: python) == [])
    let unknown = document.unknownParameters(["x": 1, "xx": 2, "long_name": 3], for: python)
    #expect(unknown.map(\.name) == ["xx", "long_name"])
    #expect(unknown.map(\.nearest) == [nil, nil])
    let julia = try Translator(kernel: nil, language: "julia")
    #expect(document.unknownParameters(["x": 1, "z": 2], for: julia).map(\.name) == ["z"])
    let none = try notebook([nil])
    #expect(none.unknownParameters(["x": 1], for: python).map(\.name) == ["x"])
  }

  @Test(
    "are matched with the declared name of the most similar spelling",
    arguments: [
      ("alhpa", "alpha"), ("Learning_rate", "learning_rate"), ("learningrate", "learning_rate"),
      ("epoch", "epochs"), ("beta", nil), ("", nil),
    ])
  func nearest(_ name: String, _ expected: String?) throws {
    var document = try notebook(["parameters"])
    document.setSource("alpha = 1\nlearning_rate = 2\nepochs = 3", at: 0)
    let unknown = document.unknownParameters(
      [JSONString(name): 1], for: try Translator(for: document))
    #expect(unknown.map(\.nearest) == [expected])
  }

  @Test("in JavaScript, a constant cannot be set, and the error suggests another declaration")
  func constant() throws {
    let typeScript = try Translator(kernel: "deno", language: nil)
    #expect(
      throws: ParameterError(
        .constant, "the notebook declares it with 'const'; use 'let', so that Lyre can set it",
        parameter: "x"
      )
    ) { try typeScript.source(of: ["x": 1], declaring: "let y = 1;\nconst x = 2;") }
    #expect(
      try typeScript.source(of: ["y": 1], declaring: "let y = 1; const x = y;")
        == "// Parameters\ny = 1;\n")
  }

  @Test(
    "on a command line are as in papermill, and numbers that JSON cannot represent are texts",
    arguments: [
      ("True", "true"), ("False", "false"), ("None", "null"), ("true", #""true""#),
      ("null", #""null""#),
      ("13", "13"), ("-1", "-1"), ("+7", "7"), ("13.3", "13.3"), ("1.10", "1.10"), (".5", "0.5"),
      ("5.", "5.0"),
      ("1e5", "1e5"), ("1E-5", "1E-5"), ("nan", "NaN"), ("NaN", "NaN"), ("inf", "Infinity"),
      ("-inf", "-Infinity"),
      ("+Infinity", "Infinity"), ("foo", #""foo""#), ("", #""""#), ("007", #""007""#),
      ("-007", #""-007""#),
      ("1_0", #""1_0""#), ("1e400", #""1e400""#), ("1e-400", #""1e-400""#), (" 5 ", "5"),
      ("\t5\n", "5"), ("\u{2003}-1.5", "-1.5"), (" inf ", "Infinity"), ("  ", #""  ""#),
      (" 007", #"" 007""#),
      ("5 ", "5"),
      ("٣", #""٣""#), ("0x10", #""0x10""#), ("1,5", #""1,5""#), ("0", "0"), ("-0", "-0"),
      ("0e5", "0e5"),
      ("12345678901234567890123", "12345678901234567890123"), ("2019-01-01", #""2019-01-01""#),
      ("1.2.3", #""1.2.3""#),
      ("[1, \"a\", null]", #"[1,"a",null]"#), (#"{"b": 1, "a": [1.50]}"#, #"{"b":1,"a":[1.50]}"#),
      ("[]", "[]"),
      (
        "[1e400, {\"a\": -0.1e-400}, NaN, -Infinity, 1E5, 0.0]",
        #"["1e400",{"a":"-0.1e-400"},NaN,-Infinity,1E5,0.0]"#
      ),
      ("[1", #""[1""#), ("{a: 1}", #""{a: 1}""#), ("\"x\"", #""\"x\"""#), ("[x]", #""[x]""#),
    ])
  func words(_ text: String, _ json: String) {
    #expect(JSONValue(parameterText: text).description == json)
  }
}
