import Glibc
import JSONCore
import KernelTesting
import Testing

/// The scripted kernel runs a line `print = "x"` as its command `print`, so that its output shows
/// the injected values.
@Suite("lyre run with parameters")
struct ParameterTests {
  /// A command whose scripted kernel reports Python as its language, and a notebook for it.
  private func with(
    _ sources: [String] = ["# print = 1", "print body"], tags: [Int: String] = [0: "parameters"],
    language: String = "python", _ body: (Lyre) async throws -> Void
  ) async throws {
    try await Lyre.with(members: ["language": language]) { lyre in
      try lyre.notebook(sources, tags: tags)
      try await body(lyre)
    }
  }

  @Test("injects them after the cell tagged parameters, and replaces them in the next run")
  func inPlace() async throws {
    try await with(["# print = 1", "print body"]) { lyre in
      let first = try await lyre.run([
        "run", "-q", "--no-record-timing", "nb.ipynb", "-p", "print", "a",
      ])
      #expect(first == .init(0, output: "= \"a\"\nbody\n"))
      let cells = try lyre.cells()
      #expect(cells.count == 3)
      let id = try #require(cells[1]["id"]?.string)
      #expect(
        cells[1] == [
          "cell_type": "code", "execution_count": 2, "id": .init(id),
          "metadata": ["tags": ["injected-parameters"]],
          "outputs": [["name": "stdout", "output_type": "stream", "text": ["= \"a\"\n"]]],
          "source": ["# Parameters\n", "print = \"a\"\n"],
        ])
      let second = try await lyre.run([
        "run", "-q", "--no-record-timing", "nb.ipynb", "-p", "print", "b",
      ])
      #expect(second == .init(0, output: "= \"b\"\nbody\n"))
      #expect(try lyre.cells().count == 3)
      #expect(try lyre.cells()[1]["id"]?.string == id)
      #expect(try await lyre.run(["check", "nb.ipynb"]) == .init(0))
      let third = try await lyre.run(["run", "-q", "nb.ipynb"])
      #expect(third == .init(0, output: "= \"b\"\nbody\n"), "without parameters the cell stays")
    }
  }

  @Test(
    "uses them in papermill's order: -b, -f, -y, -p, -r",
    arguments: [
      (["-b", "cHJpbnQ6IGI2NA=="], "\"b64\""),
      (["-b", "cHJpbnQ6IGI2NA==", "-f", "p.yaml"], "\"yaml file\""),
      (["-f", "p.yaml", "-f", "p.json"], "1.50"),
      (["-y", "print: [1, yes, 2019-01-01]", "-f", "p.json"], "[1, True, \"2019-01-01\"]"),
      (["-p", "print", "7", "-y", "print: x"], "7"),
      (["-r", "print", "7", "-p", "print", "8"], "\"7\""),
      (["-p", "print", "-5"], "-5"),
      (["-p", "print", ""], "\"\""),
      (["-p", "print", #"{"a": [1, null]}"#], #"{"a": [1, None]}"#),
      (["--parameters", "print", "a b"], "\"a b\""),
      (["--parameters_raw", "print", "True"], "\"True\""),
      (["--parameters_yaml", "print: 0x1F"], "31"), (["--parameters_file=p.json"], "1.50"),
      (["--parameters_base64=cHJpbnQ6IGI2NA"], "\"b64\""), (["-f", "-"], "\"from a pipe\""),
    ])
  func precedence(_ options: [String], _ value: String) async throws {
    try await with { lyre in
      try lyre.directory.write("print: yaml file\n", to: "p.yaml")
      try lyre.directory.write("{\"print\": 1.50}", to: "p.json")
      let outcome = try await lyre.run(
        ["run", "-q", "--no-save"] + options + ["nb.ipynb"], input: Array("print: from a pipe".utf8)
      )
      #expect(outcome == .init(0, output: "= \(value)\nbody\n"))
    }
  }

  @Test("warns of one that the notebook does not declare, with the most similar name")
  func unknown() async throws {
    try await with(["print = 1", "print body"]) { lyre in
      let outcome = try await lyre.run(
        [
          "run", "nb.ipynb", "--no-save", "-p", "prnit", "1", "-p", "print", "2", "--progress",
          "none",
        ])
      #expect(
        outcome.errors.hasPrefix(
          "warning: nb.ipynb: unknown parameter 'prnit'; did you mean 'print'?\n"))
      let strict = try await lyre.run(
        ["run", "nb.ipynb", "--strict-parameters", "-p", "prnit", "1", "-p", "other", "2"])
      #expect(
        strict
          == .init(
            2,
            errors: "error: nb.ipynb: unknown parameter 'prnit'; did you mean 'print'?; unknown "
              + "parameter 'other'\n"))
      let known = try await lyre.run(
        ["run", "-q", "nb.ipynb", "--strict-parameters", "-p", "print", "2"])
      #expect(known == .init(0, output: "= 1\n= 2\nbody\n"))
    }
  }

  @Test(
    "injects them first if no cell is tagged, with a warning; with --strict-parameters that is an error"
  )
  func untagged() async throws {
    try await with(["print body"], tags: [:]) { lyre in
      let message =
        "nb.ipynb: no cell is tagged 'parameters', so the notebook declares no parameters"
      let strict = try await lyre.run([
        "run", "nb.ipynb", "--strict-parameters", "-p", "print", "1",
      ])
      #expect(strict == .init(2, errors: "error: \(message); Lyre sets them in a new first cell\n"))
      let outcome = try await lyre.run([
        "run", "nb.ipynb", "-p", "print", "1", "--progress", "none",
      ])
      #expect(outcome.code == 0)
      #expect(outcome.output == "= 1\nbody\n")
      #expect(outcome.errors.hasPrefix("warning: \(message); Lyre sets them in a new first cell\n"))
      #expect(try lyre.cells()[0]["metadata"]?["tags"] == ["injected-parameters"])
    }
  }

  @Test("gives them to every notebook, and forms each result's name from them")
  func several() async throws {
    try await with { lyre in
      try lyre.notebook(["# print = 1", "print other"], to: "b.ipynb", tags: [0: "parameters"])
      let outcome = try await lyre.run(
        [
          "run", "-q", "nb.ipynb", "b.ipynb", "-p", "print", "x", "-o",
          "{name}-{print}-{{1}}.ipynb",
        ])
      #expect(outcome == .init(0, output: "= \"x\"\nbody\n= \"x\"\nother\n"))
      #expect(try lyre.cells("nb-x-{1}.ipynb").count == 3)
      #expect(try lyre.cells("b-x-{1}.ipynb").count == 3)
      #expect(try lyre.cells("nb.ipynb").count == 2)
    }
  }

  @Test("uses the language of the installed kernel with --prepare-only too")
  func preparing() async throws {
    try await with { lyre in
      let outcome = try await lyre.run([
        "run", "-q", "--prepare-only", "nb.ipynb", "-p", "print", "x",
      ])
      #expect(outcome == .init(0))
      #expect(try lyre.cells()[1]["source"] == ["# Parameters\n", "print = \"x\"\n"])
      #expect(lyre.kernel.starts.isEmpty)
    }
  }

  @Test("formats parameters in the name of the result as Python's format does")
  func formats() async throws {
    // Created with Python: each parameter, the format after the colon, and the result of format().
    let cases: [(value: String, words: String, text: String)] = [
      ("7", "03d", "007"), ("7", "_<3", "7__"), ("7", "_^4", "_7__"), ("-7", "04d", "-007"),
      ("7", "+", "+7"), ("1234567", ",", "1,234,567"), ("0.5", ".2f", "0.50"),
      ("0.123456", ".1%", "12.3%"), ("12345.678", "_.1f", "12_345.7"), ("2", ".1f", "2.0"),
      ("1.5", ".3e", "1.500e+00"), ("255", "x", "ff"), ("255", "X", "FF"), ("5", "b", "101"),
      (#""ab""#, "_>5", "___ab"), (#""ab""#, "*^5", "*ab**"), (#""abcdef""#, ".3", "abc"),
      (#""ab""#, "05", "ab000"),
      ("-1.5", "07.2f", "-001.50"), ("12", "05.1f", "012.0"), ("2.0", ".3", "2.0"),
      ("1.25", ".2", "1.2"),
    ]
    try await with { lyre in
      let members = cases.enumerated().map { "\"p\($0)\": \($1.value)" }
      let path = cases.enumerated().map { "{print[p\($0)]:\($1.words)}" }.joined(separator: ";")
      let outcome = try await lyre.run(
        ["run", "-q", "nb.ipynb", "-o", path]
          + ["-p", "print", "{\(members.joined(separator: ", "))}"])
      #expect(outcome.code == 0, "\(outcome)")
      let name = cases.map(\.text).joined(separator: ";")
      #expect(access(lyre.directory.path(name), R_OK) == 0, "\(name)")
    }
  }

  @Test("uses the date and parts of parameters in the name of the result")
  func template() async throws {
    try await with { lyre in
      let outcome = try await lyre.run(
        [
          "run", "-q", "nb.ipynb", "-y", "print: {a b: [1, 2.50]}",
          "-o", "{run_date}_{print[a b][1]}_{name}_{parameters[print][a b][0]}.ipynb",
        ])
      #expect(outcome.code == 0, "\(outcome)")
      var matches = glob_t()
      defer { globfree(&matches) }
      let digits = repeatElement("[0-9]", count: 4).joined() + "-[01][0-9]-[0-3][0-9]"
      #expect(glob(lyre.directory.path("\(digits)_2.50_nb_1.ipynb"), 0, nil, &matches) == 0)
    }
  }

  @Test("runs the parameters cell with any selection, and keeps the numbers of cells")
  func selection() async throws {
    try await with(["# print = 1", "print one", "print two"], tags: [0: "parameters", 2: "t"]) {
      lyre in
      for options in [["--cells", "3"], ["--only-tag", "t"]] {
        let outcome = try await lyre.run(
          ["run", "-q", "--no-save", "nb.ipynb", "-p", "print", "p"] + options)
        #expect(outcome == .init(0, output: "= \"p\"\ntwo\n"))
      }
    }
  }

  @Test("warns if the language has no variables")
  func comments() async throws {
    try await with(["# x", "print body"], language: "sql") { lyre in
      let outcome = try await lyre.run(
        ["run", "nb.ipynb", "--no-save", "-p", "x", "1", "--progress", "none"])
      #expect(
        outcome.errors.hasPrefix(
          "warning: nb.ipynb: SQL has no variables; Lyre writes the parameters as comments\n"),
        "\(outcome)")
    }
  }

  @Test(
    "rejects invalid usage with exit code 2, and starts nothing",
    arguments: [
      (["-p", "x"], "-p: expected a name and a value, as in -p x 1"),
      (["-r"], "-r: expected a name and a value, as in -r x 1"),
      (["-y", "a: [1"], "-y: line 2, column 1: did not find expected ',' or ']'"),
      (["-y", "[1]"], "-y: expected names with values, as in 'x: 1', found an array"),
      (["-y", "x"], "-y: expected names with values, as in 'x: 1', found a string"),
      (["-b", "a"], "-b: this is not base64"), (["-b", "é"], "-b: this is not base64"),
      (["-f", "none.yaml"], "-f none.yaml: there is no such file"),
      (["-f", "/dev/zero"], "-f /dev/zero: the input is larger than the maximum of 256 MiB"),
      (["-f", "huge"], "-f huge: the input is larger than the maximum of 256 MiB"),
      (["-f", "."], "-f .: the file cannot be read: Is a directory"),
      (["-f", "bad.json"], "-f bad.json: line 1, column 7: expected a value, found '}'"),
      (["-f", "latin"], "-f latin: this is not text in UTF-8"),
      (
        ["-f", "-", "--stdin", "inherit"], "-f -: standard input is already used for something else"
      ),
      (["-f", "-", "-f", "-"], "-f -: standard input is already used for something else"),
      (
        ["-p", "x", "1", "-o", "{y}.ipynb"],
        "--output: there is no parameter for '{y}'; there are {name}, {run_date}, {x}"
      ),
      (
        ["-p", "x", "1", "-o", "{x.ipynb"],
        "--output: '{' without '}'; write '{{' for a brace"
      ),
      (
        ["-p", "x", "1", "-o", "x}.ipynb"],
        "--output: '}' without '{'; write '}}' for a brace"
      ),
      (
        ["-p", "x", "[]", "-o", "{x}.ipynb"], "--output: the value of '{x}' is a list or a mapping"
      ),
      (
        ["-p", "x", "1.5", "-o", "{x:03d}"],
        "--output: '{x:03d}': '03d' cannot format a number"
      ),
      (
        ["-p", "x", "a", "-o", "{x:,}"], "--output: '{x:,}': ',' cannot format a string"
      ),
      (["-p", "x", "[]", "-o", "{x:3}"], "--output: the value of '{x:3}' is a list or a mapping"),
      (["-p", "x", "1", "-o", "{x:99999}"], "--output: '{x:99999}': '99999' cannot format"),
      (
        ["-p", "x", "1", "-o", "no/{x}.ipynb"],
        "--output: there is no directory 'no'; --output-dir makes one"
      ),
    ])
  func usage(_ options: [String], _ message: String) async throws {
    try await with { lyre in
      try lyre.directory.write("{\"a\": }", to: "bad.json")
      try lyre.directory.write([0x61, 0x3A, 0x20, 0xE9], to: "latin")
      // A sparse file, which takes no disk space.
      try #require(truncate(try lyre.directory.write("", to: "huge"), 1 << 29) == 0)
      let outcome = try await lyre.run(["run", "nb.ipynb"] + options)
      #expect(outcome.code == 2)
      #expect(outcome.errors.hasPrefix("Error: \(message)"), "\(outcome)")
      #expect(lyre.kernel.starts.isEmpty)
    }
  }

  @Test(
    "rejects impossible names, values and languages with exit code 2, and starts nothing",
    arguments: [
      (
        "python", ["-p", "not-a-name", "1"],
        "parameter 'not-a-name': not a valid variable name in Python"
      ),
      ("python", ["-p", "class", "1"], "parameter 'class': this name is reserved in Python"),
      (
        "R", ["-p", "x", "9007199254740993"],
        "parameter 'x': R cannot represent the integer 9007199254740993 exactly"
      ),
      (
        "script", ["-p", "x", "1"],
        "Lyre cannot write parameters for kernel 'scripted' and language 'script'"
      ),
    ])
  func refused(_ language: String, _ options: [String], _ message: String) async throws {
    try await with(["x = 1"], language: language) { lyre in
      let before = try lyre.directory.read("nb.ipynb")
      let outcome = try await lyre.run(["run", "nb.ipynb"] + options)
      #expect(outcome.code == 2)
      #expect(outcome.errors.contains("error: nb.ipynb: \(message)"), "\(outcome)")
      #expect(try lyre.directory.read("nb.ipynb") == before)
      #expect(lyre.kernel.starts.isEmpty)
    }
  }

  @Test("papermill's second path is not run: the error explains -o")
  func secondPath() async throws {
    try await with { lyre in
      let outcome = try await lyre.run(["run", "nb.ipynb", "out.ipynb", "-p", "x", "1"])
      #expect(outcome.code == 2)
      #expect(
        outcome.errors.hasPrefix(
          "Error: there is no notebook 'out.ipynb'. To write the result there: "
            + "lyre run nb.ipynb -o out.ipynb\n"), "\(outcome)")
      #expect(lyre.kernel.starts.isEmpty)
    }
  }

  @Test("papermill's second path is not run if it is a result of the first either")
  func secondPathAgain() async throws {
    try await with { lyre in
      let before = try lyre.directory.read("nb.ipynb")
      let options = ["-q", "-o", "out.ipynb", "--papermill-metadata"]
      #expect(try await lyre.run(["run", "nb.ipynb"] + options).code == 0)
      let outcome = try await lyre.run(["run", "nb.ipynb", "out.ipynb"])
      #expect(outcome.code == 2)
      #expect(
        outcome.errors.hasPrefix(
          "Error: 'out.ipynb' is a result of 'nb.ipynb'. To write the result there: "
            + "lyre run nb.ipynb -o out.ipynb. To run both in place, run each by itself.\n"),
        "\(outcome)")
      #expect(try lyre.directory.read("nb.ipynb") == before)
      #expect(lyre.kernel.starts.count == 1)
    }
  }

  @Test("inspect lists declared parameters, as papermill does")
  func inspect() async throws {
    try await with(
      [
        "a: float = 2.25 # Variable a\nmsg = None\nb = ['Hello', 'World', 'and all'] # type: List[str] Nice list"
      ]
    ) { lyre in
      let unknown = try await lyre.run(["inspect", "nb.ipynb"])
      #expect(
        unknown.output.contains(
          "cells    1\n\nparameters in cell 1; Lyre cannot list them in this language\n\n1    In"))
      try lyre.notebook(
        [
          "a: float = 2.25 # Variable a\nmsg = None\nb = ['Hello', 'World', 'and all'] # type: List[str] Nice list"
        ],
        tags: [0: "parameters"], language: "python")
      let known = try await lyre.run(["inspect", "nb.ipynb"])
      #expect(
        known
          == .init(
            0,
            output: """
              format   nbformat 4.5
              kernel   scripted (python)
              cells    1

              parameters
                a: float (default 2.25)         Variable a
                msg: Unknown type (default None)
                b: List[str] (default ['Hello', 'World', 'and all'])
                                                Nice list

              1    In [ ]    a: float = 2.25 # Variable a  [parameters]

              """))
      let json = try await lyre.run(["inspect", "--json", "nb.ipynb"])
      #expect(
        try JSONValue(parsing: Array(json.output.utf8))["parameters"] == [
          ["name": "a", "inferred_type_name": "float", "default": "2.25", "help": "Variable a"],
          ["name": "msg", "inferred_type_name": nil, "default": "None", "help": ""],
          [
            "name": "b", "inferred_type_name": "List[str]",
            "default": "['Hello', 'World', 'and all']", "help": "Nice list",
          ],
        ])
    }
  }
}
