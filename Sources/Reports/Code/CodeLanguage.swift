/// What a programming language looks like, for colours.
struct CodeLanguage {
  var keywords: Set<String> = []
  /// Names with a fixed meaning: constants, types, frequent functions.
  var builtins: Set<String> = []
  var lineComments: [String] = ["#"]
  var blockComment: (open: String, close: String)?
  /// Quotes, the longest first, and whether a text between them has several lines.
  var quotes: [(mark: String, isMultiline: Bool)] = [("\"", true), ("'", true)]
  /// Whether a quote after a name or a bracket is a transposition.
  var hasTransposition = false
  /// Whether `@name` and, at the start of a line, `%name` and `!command` have a meaning of their own.
  var hasDecorators = false
  var hasMagics = false
  /// Whether `$name` is a variable.
  var hasVariables = false
  var ignoresCase = false

  /// A language by the name that notebooks, magics and Markdown give it; nil if it is not known.
  static func named(_ name: String) -> CodeLanguage? {
    let name = name.lowercased()
    return all[aliases[name] ?? name]
  }

  private static let aliases = [
    "python3": "python", "python2": "python", "ipython": "python", "ipython3": "python",
    "ipython2": "python", "py": "python", "pypy": "python", "sage": "python", "sagemath": "python",
    "xpython": "python", "pyspark": "python", "cython": "python", "sh": "bash", "shell": "bash",
    "zsh": "bash", "console": "bash", "script": "bash", "system": "bash", "fish": "bash",
    "js": "javascript", "typescript": "javascript", "ts": "javascript", "node": "javascript",
    "deno": "javascript", "jsx": "javascript", "tsx": "javascript", "postgresql": "sql",
    "sqlite": "sql", "mysql": "sql", "bigquery": "sql", "jl": "julia", "rlang": "r",
    "matlab": "octave", "c++": "c", "cpp": "c", "c++11": "c", "c++14": "c", "c++17": "c",
    "c++20": "c", "cuda": "c", "rs": "rust", "golang": "go", "kt": "java", "kotlin": "java",
    "scala": "java", "groovy": "java", "c#": "java", "csharp": "java", ".net (c#)": "java",
    "swift": "java", "dart": "java", "rb": "ruby", "pl": "perl", "hs": "haskell", "yml": "yaml",
    "jsonc": "json", "json5": "json", "xml": "html", "svg": "html", "latex": "tex", "toml": "yaml",
    "ini": "yaml", "dockerfile": "bash", "makefile": "bash", "css": "css",
    "text/x-python": "python",
  ]

  private static func words(_ text: String) -> Set<String> {
    Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
  }

  private static let slashes = CodeLanguage(
    lineComments: ["//"], blockComment: ("/*", "*/"), quotes: [("\"", false), ("'", false)])

  private static func like(
    _ base: CodeLanguage, _ keywords: String, _ builtins: String = "",
    _ change: (inout CodeLanguage) -> Void = { _ in }
  ) -> CodeLanguage {
    var language = base
    language.keywords = words(keywords)
    language.builtins = words(builtins)
    change(&language)
    return language
  }

  private static let all: [String: CodeLanguage] = [
    "python": like(
      CodeLanguage(),
      """
      and as assert async await break case class continue def del elif else except finally for from
      global if import in is lambda match nonlocal not or pass raise return try while with yield
      """,
      """
      True False None self cls print len range int float str list dict set tuple bool bytes object
      type isinstance enumerate zip map filter sorted reversed sum min max abs any all open super
      property staticmethod classmethod repr input iter next hasattr getattr setattr round format
      Exception ValueError TypeError KeyError IndexError RuntimeError StopIteration ImportError
      NotImplementedError ZeroDivisionError AttributeError OSError
      """
    ) {
      $0.quotes = [("\"\"\"", true), ("'''", true), ("\"", false), ("'", false)]
      $0.hasDecorators = true
      $0.hasMagics = true
    },
    "r": like(
      CodeLanguage(), "if else repeat while function for next break in return",
      """
      TRUE FALSE NULL NA NaN Inf NA_integer_ NA_real_ NA_character_ T F library require c list
      data.frame print paste paste0 cat length names
      """),
    "julia": like(
      CodeLanguage(blockComment: ("#=", "=#")),
      """
      abstract baremodule begin break catch const continue do else elseif end export finally for
      function global if import in isa let local macro module mutable primitive quote return struct
      try type using where while
      """,
      "true false nothing missing Inf NaN pi println print Int Int64 Float64 String Bool Vector"
    ) {
      $0.quotes = [("\"\"\"", true), ("\"", true), ("'", false)]
      $0.hasTransposition = true
      $0.hasDecorators = true
    },
    "bash": like(
      CodeLanguage(),
      """
      if then else elif fi for while until do done case esac in function select time return exit
      break continue local export readonly declare set unset shift trap source eval exec
      """, "echo cd ls cat grep sed awk printf test read pip conda git mkdir rm cp mv true false"
    ) { $0.hasVariables = true },
    "javascript": like(
      slashes,
      """
      abstract as async await break case catch class const continue debugger default delete do else
      enum export extends finally for from function if implements import in instanceof interface let
      new of private protected public readonly return static super switch this throw try type typeof
      var void while with yield
      """,
      """
      true false null undefined NaN Infinity console Math JSON Object Array Promise Map Set string
      number boolean any unknown never
      """
    ) {
      $0.quotes = [("`", true), ("\"", false), ("'", false)]
      $0.hasDecorators = true
    },
    "sql": like(
      slashes,
      """
      select from where and or not in is as on join left right inner outer full cross group by order
      having limit offset union all distinct insert into values update set delete create table view
      index drop alter add column primary key foreign references default if exists case when then
      else end between like ilike asc desc with recursive over partition window grant returning using
      """,
      """
      null true false count sum avg min max coalesce cast int integer bigint text varchar char
      numeric real double date time timestamp boolean
      """
    ) {
      $0.lineComments = ["--"]
      $0.quotes = [("'", true), ("\"", false)]
      $0.ignoresCase = true
      $0.hasMagics = true
    },
    "octave": like(
      CodeLanguage(),
      """
      break case catch continue do else elseif end endfor endfunction endif endswitch endwhile for
      function global if otherwise persistent return switch try until while unwind_protect
      end_try_catch classdef properties methods
      """, "true false pi Inf NaN eps disp printf fprintf zeros ones plot figure size length"
    ) {
      $0.lineComments = ["%", "#"]
      $0.quotes = [("\"", false), ("'", false)]
      $0.hasTransposition = true
    },
    "c": like(
      slashes,
      """
      alignas auto break case catch class const constexpr continue default delete do else enum
      explicit export extern final for friend goto if inline mutable namespace new noexcept operator
      override private protected public register return sizeof static struct switch template this
      throw try typedef typename union using virtual volatile while include define ifdef ifndef endif
      pragma __global__ __device__ __host__
      """,
      """
      bool char double float int long short signed unsigned void size_t true false nullptr NULL std
      string vector cout cin endl printf
      """),
    "java": like(
      slashes,
      """
      abstract actor as async await break case catch class const continue data def default defer do
      else enum extends extension final finally for foreach fun func guard if implements implicit
      import in init instanceof interface internal is lateinit lazy let match namespace native new
      object open operator out override package private protected protocol public record ref return
      sealed static struct super suspend switch synchronized this throw throws trait try type typealias
      typeof using val var void volatile when where while with yield
      """,
      """
      true false null nil self int long float double boolean bool char byte short string String Int
      Double List Map Some None System println print Console
      """
    ) {
      $0.quotes = [("\"\"\"", true), ("\"", false), ("'", false)]
      $0.hasDecorators = true
    },
    "rust": like(
      slashes,
      """
      as async await break const continue crate dyn else enum extern fn for if impl in let loop match
      mod move mut pub ref return static struct super trait type unsafe use where while
      """,
      """
      true false self Self Some None Ok Err String Vec Option Result Box i32 i64 u8 u32 u64 usize f32
      f64 bool str println
      """
    ) { $0.quotes = [("\"", true)] },
    "go": like(
      slashes,
      """
      break case chan const continue default defer else fallthrough for func go goto if import
      interface map package range return select struct switch type var
      """, "true false nil iota string int int64 float64 bool byte error len cap make append fmt"
    ) { $0.quotes = [("`", true), ("\"", false), ("'", false)] },
    "ruby": like(
      CodeLanguage(),
      """
      alias and begin break case class def defined do else elsif end ensure for if in module next not
      or redo rescue retry return self super then undef unless until when while yield require
      """, "true false nil puts print p attr_accessor"),
    "perl": like(
      CodeLanguage(),
      "my our local use no package sub if elsif else unless while until for foreach return last next",
      "print printf say undef defined shift push pop"
    ) { $0.hasVariables = true },
    "lua": like(
      CodeLanguage(lineComments: ["--"]),
      """
      and break do else elseif end for function goto if in local not or repeat return then until while
      """, "true false nil print pairs ipairs"),
    "haskell": like(
      CodeLanguage(lineComments: ["--"], blockComment: ("{-", "-}"), quotes: [("\"", false)]),
      "case class data deriving do else if import in infix instance let module newtype of then type where",
      "True False Nothing Just Int Integer Double String Bool IO Maybe"),
    "json": like(
      CodeLanguage(lineComments: ["//"], quotes: [("\"", false)]), "", "true false null"),
    "yaml": like(
      CodeLanguage(quotes: [("\"", false), ("'", false)]), "", "true false null yes no"),
    "css": like(
      CodeLanguage(lineComments: [], blockComment: ("/*", "*/")), "", "important inherit none auto"),
    "html": like(CodeLanguage(lineComments: [], blockComment: ("<!--", "-->")), ""),
    "tex": like(CodeLanguage(lineComments: ["%"], quotes: []), ""),
    "gnuplot": like(
      CodeLanguage(),
      "plot splot set unset replot fit if else do for while load call with using title",
      "sin cos exp log lines points"),
  ]
}
