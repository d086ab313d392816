public import JSONCore

/// Writes parameters in the language of a kernel.
///
/// ```swift
/// let python = try Translator(kernel: "python3", language: "python")
/// try python.source(of: ["alpha": 0.5, "name": "München"])
/// // # Parameters
/// // alpha = 0.5
/// // name = "München"
/// ```
///
/// Values arrive in the kernel exactly, or an error names the value that cannot: integers of any
/// size, texts with any characters, nested lists and mappings, `NaN` and the infinities. A number
/// outside the range of doubles becomes infinite or zero, as when JSON is read.
public struct Translator: Sendable {
  private let language: any Language

  /// The name of the language.
  public var languageName: String { language.name }

  /// Whether values are written only as comments, because the language has no variables.
  public var writesCommentsOnly: Bool { (language as? SQL)?.dialect == .comments }

  /// Creates the translator for a kernel, by the kernel's name and then, like papermill, by its
  /// language.
  ///
  /// - Throws: ``ParameterError`` with the code `unknownLanguage`.
  public init(kernel: String?, language: String?) throws(ParameterError) {
    let found =
      kernel.flatMap { Translator.byKernel[$0.lowercased()] }
      ?? language.flatMap(Translator.find(language:))
    guard let found else {
      let kernelText = kernel.map { "kernel '\($0)'" } ?? "a notebook without a kernel"
      let languageText = language.map { " and language '\($0)'" } ?? ""
      throw ParameterError(
        .unknownLanguage,
        "Lyre cannot write parameters for \(kernelText)\(languageText); supported languages: "
          + Translator.languageNames.joined(separator: ", "))
    }
    self.language = found
  }

  /// The supported languages.
  public static var languageNames: [String] {
    Set(byLanguage.values.map(\.name)).sorted()
  }

  /// The text of a cell that assigns values to the parameters.
  ///
  /// - Parameters:
  ///   - parameters: names and values; among duplicate names the last one is used.
  ///   - comment: the text of the first line.
  ///   - declaring: the text of the notebook's own parameters cell, for languages in which a second
  ///     declaration is an error.
  /// - Throws: ``ParameterError`` for a name or a value that the language does not support.
  public func source(
    of parameters: JSONObject, comment: String = "Parameters", declaring: String = ""
  ) throws(ParameterError) -> String {
    let members = parameters.withoutDuplicates
    var lines = [language.comment(comment)]
    lines += language.prelude(members.map(\.value))
    for member in members {
      let name = try variable(member.key)
      if language is JavaScript, Declarations.isConstant(name, in: declaring) {
        throw ParameterError(
          .constant, "the notebook declares it with 'const'; use 'let', so that Lyre can set it",
          parameter: name)
      }
      do throws(Unrepresentable) {
        lines.append(
          try language.assignment(
            name, member.value, isDeclared: Declarations.assigns(name, in: declaring)))
      } catch {
        throw ParameterError(
          .unrepresentableValue, "\(languageName) cannot represent \(error.what)",
          parameter: member.key.string)
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// The parameters that a cell declares, in its order; nil if the language cannot be parsed.
  public func declarations(in source: String) -> [DeclaredParameter]? {
    language.declarations(in: source)
  }

  /// The variable for a parameter: in R without leading underscores.
  func variableName(_ name: String) -> String { language.variable(name) }

  private func variable(_ name: JSONString) throws(ParameterError) -> String {
    let variable = language.variable(name.string)
    if name.hasLoneSurrogates || !language.names.isIdentifier(variable) {
      throw ParameterError(
        .invalidName, "not a valid variable name in \(languageName)",
        parameter: name.string)
    }
    if language.names.isReserved(variable) {
      throw ParameterError(
        .invalidName, "this name is reserved in \(languageName)", parameter: name.string)
    }
    return variable
  }

  private static func find(language name: String) -> (any Language)? {
    let name = name.lowercased()
    // xeus-cling's kernels name their languages C++11, C++14, C++17.
    return byLanguage[name] ?? (name.hasPrefix("c++") ? Cpp() : nil)
  }

  /// Kernels whose language is ambiguous, or that papermill finds by name.
  private static let byKernel: [String: any Language] = [
    "pysparkkernel": Python(), "sparkkernel": Scala(), "sparkrkernel": R(),
    ".net-csharp": CSharp(), ".net-fsharp": FSharp(), ".net-powershell": PowerShell(),
    "deno": JavaScript(isTypeScript: true), "mariadb_kernel": SQL(dialect: .userVariables),
    "python": Python(), "r": R(), "scala": Scala(), "julia": Julia(), "matlab": Matlab(),
    "bash": Shell(),
  ]

  private static let byLanguage: [String: any Language] = [
    "python": Python(), "python2": Python(), "python3": Python(), "ipython": Python(),
    "sage": Python(), "sagemath": Python(),
    "r": R(), "julia": Julia(), "scala": Scala(),
    "matlab": Matlab(), "octave": Matlab(isOctave: true),
    "c#": CSharp(), "csharp": CSharp(), "f#": FSharp(), "fsharp": FSharp(),
    "powershell": PowerShell(), "pwsh": PowerShell(),
    "bash": Shell(), "zsh": Shell(), "ksh": Shell(), "sh": Shell(hasArrays: false),
    "shell": Shell(hasArrays: false),
    "javascript": JavaScript(), "js": JavaScript(), "node": JavaScript(),
    "typescript": JavaScript(isTypeScript: true), "ts": JavaScript(isTypeScript: true),
    "ruby": Ruby(), "rust": Rust(), "go": Go(), "golang": Go(),
    "java": Java(), "kotlin": Kotlin(), "cpp": Cpp(),
    "sql": SQL(), "postgresql": SQL(), "sqlite": SQL(), "sqlite3": SQL(), "t-sql": SQL(),
    "mysql": SQL(dialect: .userVariables), "mariadb": SQL(dialect: .userVariables),
    "duckdb": SQL(dialect: .setVariable),
  ]
}
