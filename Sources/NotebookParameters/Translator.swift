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
/// Values arrive in the kernel exactly, or an error says which cannot: integers of any size, texts
/// with whatever characters, lists and mappings in each other, `NaN` and the infinities. A number that
/// no double comes near is infinite or zero, as where JSON is read.
public struct Translator: Sendable {
  private let language: any Language

  /// What the language is called.
  public var languageName: String { language.name }

  /// Whether what is written are only comments, because the language has no variables.
  public var writesCommentsOnly: Bool { (language as? SQL)?.dialect == .comments }

  /// The translator for a kernel, found by the kernel's name and then, as papermill does, by its
  /// language.
  ///
  /// - Throws: ``ParameterError`` with the code `unknownLanguage`.
  public init(kernel: String?, language: String?) throws(ParameterError) {
    let found =
      kernel.flatMap { Translator.byKernel[$0.lowercased()] }
      ?? language.flatMap(Translator.find(language:))
    guard let found else {
      let kernelText = kernel.map { "kernel '\($0)'" } ?? "a notebook that names no kernel"
      let languageText = language.map { " and language '\($0)'" } ?? ""
      throw ParameterError(
        .unknownLanguage,
        "how \(kernelText)\(languageText) writes parameters is not known; these languages are: "
          + Translator.languageNames.joined(separator: ", "))
    }
    self.language = found
  }

  /// The languages that parameters can be written in.
  public static var languageNames: [String] {
    Set(byLanguage.values.map(\.name)).sorted()
  }

  /// A cell's text that gives their values to the parameters.
  ///
  /// - Parameters:
  ///   - parameters: names and values; of two with one name the last counts.
  ///   - comment: what the first line says.
  ///   - declaring: the text of the notebook's own cell of parameters, for languages in which a
  ///     second declaration is an error.
  /// - Throws: ``ParameterError`` for a name or a value that the language cannot have.
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
          .constant, "the notebook declares it with 'const'; with 'let' it can be set",
          parameter: name)
      }
      do throws(Unrepresentable) {
        lines.append(
          try language.assignment(
            name, member.value, isDeclared: Declarations.assigns(name, in: declaring)))
      } catch {
        throw ParameterError(
          .unrepresentableValue, "\(languageName) cannot hold \(error.what)",
          parameter: member.key.string)
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// What a cell of parameters declares, in its order; nil where nobody has told how to read the
  /// language.
  public func declarations(in source: String) -> [DeclaredParameter]? {
    language.declarations(in: source)
  }

  /// The name that a parameter's variable gets: in R without underscores at its start.
  func variableName(_ name: String) -> String { language.variable(name) }

  private func variable(_ name: JSONString) throws(ParameterError) -> String {
    let variable = language.variable(name.string)
    if name.hasLoneSurrogates || !language.names.isIdentifier(variable) {
      throw ParameterError(
        .invalidName, "not a name that a variable can have in \(languageName)",
        parameter: name.string)
    }
    if language.names.isReserved(variable) {
      throw ParameterError(
        .invalidName, "\(languageName) keeps this name for itself", parameter: name.string)
    }
    return variable
  }

  private static func find(language name: String) -> (any Language)? {
    let name = name.lowercased()
    // xeus-cling's kernels call themselves C++11, C++14, C++17.
    return byLanguage[name] ?? (name.hasPrefix("c++") ? Cpp() : nil)
  }

  /// Kernels whose language does not tell, or that papermill finds by their names.
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
