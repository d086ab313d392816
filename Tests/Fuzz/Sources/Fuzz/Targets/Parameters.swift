import JSONCore
import NotebookDocument
import YAMLReading

@testable import NotebookParameters

extension FuzzTarget {
  /// Parameters in YAML, in JSON and on a command line, and after 0xFF the source of a cell that
  /// declares some.
  ///
  /// The first byte determines the language.
  static let parameters = FuzzTarget(name: "parameters") { input in
    var input = input
    let language = languages[input.byte() % languages.count]
    let parts = input.parts
    let text = String(decoding: parts[0], as: UTF8.self)
    let values = [
      try? JSONValue(parsingYAML: text), try? JSONValue(parameterJSON: parts[0]),
      JSONValue(parameterText: text),
    ].compactMap(\.self)
    for value in values {
      require((try? JSONValue(parsing: value.serialized())) == value, "a parameter is JSON")
    }
    let source = parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : text
    let translator = required("'\(language)' is a language") {
      try Translator(kernel: nil, language: language)
    }
    for declared in translator.declarations(in: source) ?? [] {
      require(!declared.defaultValue.contains("\n"), "a default stands on one line")
    }
    for value in values {
      let parameters: JSONObject = value.object ?? ["x": value]
      _ = try? translator.source(of: parameters, declaring: source)
    }
    if input.isChosen {
      let long = String(decoding: Input.repeated(Array(source.utf8), to: 64_000), as: UTF8.self)
      _ = translator.declarations(in: long)
      let yaml = String(decoding: Input.repeated(parts[0], to: 20_000), as: UTF8.self)
      _ = try? JSONValue(parsingYAML: yaml)
    }
  }

  private static let languages = [
    "python", "r", "julia", "scala", "matlab", "octave", "csharp", "fsharp", "powershell", "bash",
    "sh", "javascript", "typescript", "ruby", "rust", "go", "java", "kotlin", "cpp", "sql", "mysql",
    "duckdb",
  ]
}
