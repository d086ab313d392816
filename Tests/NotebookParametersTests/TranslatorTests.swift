import JSONCore
import NotebookParameters
import Testing

/// A value as JSON, including NaN and infinities, and its form in a language.
typealias Case = (json: String, text: String)

@Suite("Translators")
struct TranslatorTests {
  private func check(
    _ language: String, _ json: String, _ text: String, _ before: String, _ after: String
  )
    throws
  {
    let value = try JSONValue(parsing: Array(json.utf8))
    let source = try Translator(kernel: nil, language: language).source(of: ["x": value])
    let last = source.split(separator: "\n").last.map(String.init)
    #expect(last == before + text + after)
  }

  @Test(
    "Python",
    arguments: [
      ("null", "None"), ("true", "True"), ("false", "False"), ("12345", "12345"),
      ("-54321", "-54321"), ("1.2345", "1.2345"), ("-1.10", "-1.10"), ("1e5", "1e5"),
      ("NaN", "float('nan')"), ("Infinity", "float('inf')"), ("-Infinity", "float('-inf')"),
      ("1e400", "float('inf')"), ("-0", "0"), ("-0.0", "-0.0"),
      ("123456789012345678901234567890", "123456789012345678901234567890"),
      (#""foo""#, #""foo""#), (#""{\"foo\": \"bar\"}""#, #""{\"foo\": \"bar\"}""#),
      (#""a\\b\n\r\t\u0000\u001b""#, #""a\\b\n\r\t\x00\x1b""#),
      (#""ünï 😀 中""#, #""ünï 😀 中""#),
      (#""\u2028\u202e\u00a0\udc00""#, #""\u2028\u202e\u00a0\udc00""#),
      (#""\ue000\udb80\udc00""#, #""\ue000\U000f0000""#),
      (#""$x `y` %z #{w} */ ''' EOF""#, #""$x `y` %z #{w} */ ''' EOF""#),
      (#"{"foo": "bar"}"#, #"{"foo": "bar"}"#),
      (#"{"a b": [1, {"": null}]}"#, #"{"a b": [1, {"": None}]}"#),
      (#"["foo", "\"bar\""]"#, #"["foo", "\"bar\""]"#), ("[]", "[]"), ("{}", "{}"),
      (#"{"a": 1, "b": 2, "a": 3}"#, #"{"a": 3, "b": 2}"#),
    ])
  func python(_ json: String, _ text: String) throws {
    try check("python", json, text, "x = ", "")
  }

  @Test(
    "R",
    arguments: [
      ("null", "NULL"), ("true", "TRUE"), ("false", "FALSE"), ("5", "5"), ("1.5", "1.5"),
      ("NaN", "NaN"), ("Infinity", "Inf"), ("-Infinity", "-Inf"), ("1e400", "Inf"),
      ("9007199254740992", "9007199254740992"), ("1700000000000000000", "1700000000000000000"),
      (#""a\"b\\c\n""#, #""a\"b\\c\n""#), (#""é😀\u0001""#, #""\u{00e9}\U{0001f600}\u{0001}""#),
      (#"[1, "a", null]"#, #"list(1, "a", NULL)"#),
      (#"{"a b": [1], "c": {}}"#, #"list("a b" = list(1), "c" = list())"#),
      (#"{"": 1, "b": 2}"#, #"setNames(list(1, 2), c("", "b"))"#),
    ])
  func r(_ json: String, _ text: String) throws {
    try check("R", json, text, "x = ", "")
  }

  @Test(
    "Julia",
    arguments: [
      ("null", "nothing"), ("true", "true"), ("NaN", "NaN"), ("-Infinity", "-Inf"),
      ("170141183460469231731687303715884105728", "170141183460469231731687303715884105728"),
      (#""a$b\"\\\n\u0000é""#, #""a\$b\"\\\n\u0000é""#),
      ("[1, 2]", "[1, 2]"), ("[1, 2.5]", "Any[1, 2.5]"), ("[true, 1]", "Any[true, 1]"),
      ("[[1], [2.5]]", "Any[[1], [2.5]]"), ("[null]", "Any[nothing]"),
      (#"{"a": 1}"#, #"Dict("a" => 1)"#),
      (#"{"a": 1, "b": "c"}"#, #"Dict{String, Any}("a" => 1, "b" => "c")"#),
    ])
  func julia(_ json: String, _ text: String) throws {
    try check("julia", json, text, "x = ", "")
  }

  @Test(
    "Scala",
    arguments: [
      ("null", "None"), ("2147483647", "2147483647"), ("-2147483648", "-2147483648"),
      ("2147483648", "2147483648L"), ("9223372036854775808", #"BigInt("9223372036854775808")"#),
      ("1.0", "1.0"), ("NaN", "Double.NaN"), ("Infinity", "Double.PositiveInfinity"),
      (#""$x \"\\\n\u0000\u2028\ud83d😀""#, #""$x \"\\\n\u0000\u2028\ud83d😀""#),
      (#"["a", "b"]"#, #"Seq("a", "b")"#), ("[1, 2.5]", "Seq[Any](1, 2.5)"),
      (#"{"a": {"b": 1}}"#, #"Map("a" -> Map("b" -> 1))"#),
      (#"{"a": null}"#, #"Map[String, Any]("a" -> None)"#),
    ])
  func scala(_ json: String, _ text: String) throws {
    try check("scala", json, text, "val x = ", "")
  }

  @Test(
    "MATLAB",
    arguments: [
      ("null", "NaN"), ("true", "true"), ("1.5", "1.5"), ("-Infinity", "-Inf"),
      ("9007199254740993", "(int64(2097152) * int64(4294967296) + int64(1))"),
      ("-9007199254740993", "(int64(-2097152) * int64(4294967296) - int64(1))"),
      ("18446744073709551615", "(uint64(4294967295) * uint64(4294967296) + uint64(4294967295))"),
      (#""it's \"x\" \\n 100%""#, #""it's ""x"" \n 100%""#),
      (#""a\nb""#, #""a" + char(10) + "b""#), (#""\n""#, #""" + char(10)"#), (#""""#, #""""#),
      ("[1, [\"a\"]]", #"{1, {"a"}}"#), ("{}", "containers.Map()"),
      (#"{"it's": 1}"#, "containers.Map({'it''s'}, {1}, 'UniformValues', false)"),
      (#"{"a\nb": 1}"#, "containers.Map({['a' char(10) 'b']}, {1}, 'UniformValues', false)"),
    ])
  func matlab(_ json: String, _ text: String) throws {
    try check("matlab", json, text, "x = ", ";")
  }

  @Test(
    "Octave",
    arguments: [
      (#""it's \"x\" \\n\n\u0000é""#, #""it's \"x\" \\n\n\000é""#),
      (#""\u2028""#, #""\342\200\250""#),
      (#"{"a": [true, null]}"#, #"containers.Map({"a"}, {{true, NaN}}, 'UniformValues', false)"#),
    ])
  func octave(_ json: String, _ text: String) throws {
    try check("octave", json, text, "x = ", ";")
  }

  @Test(
    "C#",
    arguments: [
      ("true", "true"), ("2147483648", "2147483648L"),
      ("9223372036854775808", "9223372036854775808UL"),
      ("18446744073709551616", #"System.Numerics.BigInteger.Parse("18446744073709551616")"#),
      ("NaN", "double.NaN"), (#""{x} \"\\\u0007\u2028\ud800""#, #""{x} \"\\\u0007\u2028\ud800""#),
      ("[1, 2]", "new [] { 1, 2 }"), (#"[1, "a"]"#, #"new object[] { 1, "a" }"#),
      ("[]", "new object[] {  }"),
      (#"{"a": 1, "b": null}"#, #"new Dictionary<string,Object>{ { "a" , 1 }, { "b" , null } }"#),
    ])
  func csharp(_ json: String, _ text: String) throws {
    try check("C#", json, text, "var x = ", ";")
  }

  @Test(
    "F#",
    arguments: [
      ("null", "(None : obj option)"), ("1", "1"), ("3000000000", "3000000000L"),
      ("1e400", "infinity"),
      ("99999999999999999999", "99999999999999999999I"), (#""%d \"\\""#, #""%d \"\\""#),
      ("[1, 2]", "[ 1; 2 ]"), (#"[-1, "a"]"#, #"[ box (-1); box ("a") ]"#),
      (
        #"{"a": 1, "b": null}"#,
        #"[ ("a", 1 :> System.IComparable); ("b", (None : obj option) :> System.IComparable) ] |> Map.ofList"#
      ),
    ])
  func fsharp(_ json: String, _ text: String) throws {
    try check("F#", json, text, "let x = ", "")
  }

  @Test(
    "PowerShell",
    arguments: [
      ("null", "$Null"), ("true", "$True"), ("Infinity", "[double]::PositiveInfinity"),
      ("99999999999999999999", #"([bigint]"99999999999999999999")"#),
      (#""$x $(y) `z \"“”'\n\u001b""#, #""`$x `$(y) ``z `"`“`”'`n$([char]0x001b)""#),
      ("[1, [2]]", "@(1, @(2))"), ("[[1, 2]]", "@(,@(1, 2))"), ("[]", "@()"),
      (#"{"a": 1, "b": "c"}"#, #"@{"a" = 1; "b" = "c"}"#),
      (
        #"{"a": 1, "A": 2}"#,
        #"(& { $h = [System.Collections.Hashtable]::new(); $h["a"] = 1; $h["A"] = 2; $h })"#
      ),
    ])
  func powerShell(_ json: String, _ text: String) throws {
    try check("PowerShell", json, text, "$x = ", "")
  }

  @Test(
    "Bash",
    arguments: [
      ("null", "x="), ("true", "x=true"), ("1.50", "x=1.50"), ("-Infinity", "x=-inf"),
      (#""foo""#, "x=foo"), (#""foo bar""#, "x='foo bar'"), (#""it's""#, #"x='it'"'"'s'"#),
      (#""""#, "x=''"),
      (#""$(rm) `x` \"!""#, #"x='$(rm) `x` "!'"#),
      (#""a\n'!\\\u0007é""#, #"x=$'a\n\047\041\\\007é'"#),
      (#"[1, "a b", null, {"k": [1]}]"#, #"x=(1 'a b' '' '{"k":[1]}')"#),
      (#"{"a b": 1, "c": "d\n"}"#, #"declare -A x=(['a b']=1 [c]=$'d\n')"#),
    ])
  func bash(_ json: String, _ text: String) throws {
    try check("bash", json, text, "", "")
  }

  @Test(
    "sh",
    arguments: [
      (#"[1, "it's"]"#, #"'[1,"it'"'"'s"]'"#), (#"{"a": null}"#, #"'{"a":null}'"#), ("null", ""),
    ])
  func sh(_ json: String, _ text: String) throws {
    try check("sh", json, text, "x=", "")
  }

  @Test(
    "JavaScript",
    arguments: [
      ("null", "null"), ("9007199254740991", "9007199254740991"),
      ("9007199254740993", "9007199254740993n"),
      ("NaN", "NaN"), ("-Infinity", "-Infinity"),
      (#""${x} `'\"\\\u2028\u0000""#, #""${x} `'\"\\\u2028\u0000""#),
      (#"{"a b": [1], "__proto__": 2}"#, #"{"a b": [1], ["__proto__"]: 2}"#),
    ])
  func javaScript(_ json: String, _ text: String) throws {
    try check("javascript", json, text, "var x = ", ";")
    try check("typescript", json, text, "let x = ", ";")
  }

  @Test(
    "Ruby",
    arguments: [
      ("null", "nil"), ("1e400", "Float::INFINITY"),
      (##""a#{x} #$y \"\\\u0001é""##, ##""a\#{x} \#$y \"\\\u{1}é""##),
      (#"{"a": [true]}"#, #"{"a" => [true]}"#),
    ])
  func ruby(_ json: String, _ text: String) throws {
    try check("ruby", json, text, "x = ", "")
  }

  @Test(
    "Rust",
    arguments: [
      ("1", "1"), ("3000000000", "3000000000i64"),
      ("9223372036854775808", "9223372036854775808i128"),
      ("1.5", "1.5"), ("NaN", "f64::NAN"),
      (#""{} \"\\\u0000é""#, #"String::from("{} \"\\\u{0}é")"#),
      ("[1, 2.5]", "vec![1.0, 2.5]"), ("[1, 3000000000]", "vec![1i64, 3000000000i64]"),
      (#"{"a": 1}"#, #"std::collections::BTreeMap::from([(String::from("a"), 1)])"#),
      (
        #"[1, "a", null]"#,
        #"vec![Parameter::Integer((1).into()), Parameter::Text(String::from("a")), Parameter::Null]"#
      ),
      ("[]", "Vec::<Parameter>::new()"), ("[[1], []]", "vec![vec![1], Vec::<i32>::new()]"),
    ])
  func rust(_ json: String, _ text: String) throws {
    try check("rust", json, text, "let x = ", ";")
  }

  @Test(
    "Go",
    arguments: [
      ("1", "1"), ("18446744073709551615", "uint64(18446744073709551615)"),
      ("-Infinity", "math.Inf(-1)"),
      (#""%d \"\\\u0000😀""#, #""%d \"\\\u0000😀""#), ("[1, 2.5]", "[]float64{1.0, 2.5}"),
      ("[1, null]", "[]interface{}{1, nil}"), (#"{"a": [1]}"#, #"map[string][]int{"a": []int{1}}"#),
    ])
  func go(_ json: String, _ text: String) throws {
    try check("go", json, text, "var x = ", "")
  }

  @Test(
    "Java",
    arguments: [
      ("true", "true"), ("2147483648", "2147483648L"),
      ("9223372036854775808", #"new java.math.BigInteger("9223372036854775808")"#),
      (#""\\u0041 \"\n\u0000\u2028""#, #""\\u0041 \"\n\000\u2028""#),
      ("[1, 2]", "java.util.Arrays.asList(1, 2)"),
      ("[1, 2.5]", "java.util.Arrays.<Object>asList(1, 2.5)"),
      ("[null]", "java.util.Arrays.<Object>asList((Object) null)"),
      ("[]", "new java.util.ArrayList<Object>()"),
    ])
  func java(_ json: String, _ text: String) throws {
    try check("java", json, text, "var x = ", ";")
  }

  @Test(
    "Kotlin",
    arguments: [
      ("-2147483648", "Int.MIN_VALUE"), ("-9223372036854775808", "Long.MIN_VALUE"),
      ("2147483648", "2147483648L"),
      (#""${x} $y \"\\""#, #""\${x} \$y \"\\""#), ("[1, 2]", "listOf(1, 2)"),
      ("[1, null]", "listOf<Any?>(1, null)"),
      (#"{"a": 1, "b": "c"}"#, #"mapOf<String, Any?>("a" to 1, "b" to "c")"#),
      ("{}", "mapOf<String, Any?>()"),
    ])
  func kotlin(_ json: String, _ text: String) throws {
    try check("kotlin", json, text, "val x = ", "")
  }

  @Test(
    "C++",
    arguments: [
      ("null", "nullptr"), ("-9223372036854775808", "(-9223372036854775807LL - 1)"),
      ("18446744073709551615", "18446744073709551615ULL"),
      (#""??= %s \"\\""#, #"std::string("\?\?= %s \"\\")"#),
      (#""a\u0000é""#, #"std::string("a\000é", 4)"#),
      ("[1, 2.5]", "std::vector<double>{1.0, 2.5}"),
      (
        #"{"a": [1, "b"]}"#,
        #"std::map<std::string, std::vector<std::any>>{{std::string("a"), std::vector<std::any>{std::any(1), std::any(std::string("b"))}}}"#
      ),
    ])
  func cpp(_ json: String, _ text: String) throws {
    try check("C++17", json, text, "auto x = ", ";")
  }

  @Test("lines that an assignment requires precede it")
  func preludes() throws {
    func source(_ language: String, _ value: JSONValue) throws -> String {
      try Translator(kernel: nil, language: language).source(of: ["x": value])
    }
    #expect(
      try source("go", .init(Double.nan)) == "// Parameters\nimport \"math\"\nvar x = math.NaN()\n")
    #expect(
      try source("cpp", ["a"])
        == "// Parameters\n#include <any>\n#include <string>\n#include <vector>\n"
        + "auto x = std::vector<std::string>{std::string(\"a\")};\n")
    #expect(try source("rust", [1, "a"]).contains("pub enum Parameter {\n"))
    #expect(
      try source("java", ["a": nil])
        == "// Parameters\njava.util.Map<String, Object> x = new java.util.LinkedHashMap<String, Object>() {{ put(\"a\", null); }};\n"
    )
    #expect(try source("java", nil) == "// Parameters\nObject x = null;\n")
    #expect(try source("c#", nil) == "// Parameters\nobject x = null;\n")
    #expect(try source("f#", "a") == "(* Parameters *)\nlet x = \"a\"\n")
  }

  @Test("SQL has variables in some dialects, and comments in the others")
  func sql() throws {
    let parameters: JSONObject = ["x": "it's \\ a\nb", "y": [1, nil], "z": true]
    func source(_ language: String) throws -> String {
      try Translator(kernel: nil, language: language).source(of: parameters)
    }
    #expect(
      try source("sql") == #"""
        -- Parameters
        -- x = "it's \\ a\nb"
        -- y = [1,null]
        -- z = true

        """#)
    #expect(
      try source("mysql") == #"""
        -- Parameters
        SET @x = 'it''s \\ a\nb';
        SET @y = '[1,null]';
        SET @z = TRUE;

        """#)
    #expect(
      try source("duckdb") == """
        -- Parameters
        SET VARIABLE x = 'it''s \\ a
        b';
        SET VARIABLE y = '[1,null]';
        SET VARIABLE z = TRUE;

        """)
  }

  @Test("a name that the notebook declares is assigned where a second declaration is an error")
  func redeclaration() throws {
    func last(_ language: String, _ declaring: String) throws -> Substring? {
      try Translator(kernel: nil, language: language).source(of: ["x": 2], declaring: declaring)
        .split(separator: "\n").last
    }
    #expect(try last("javascript", "let x = 1;") == "x = 2;")
    #expect(try last("javascript", "let xx = 1; y = x == 2") == "var x = 2;")
    #expect(try last("c++", "int x = 1;") == "x = 2;")
    #expect(try last("c++", "") == "auto x = 2;")
  }

  @Test(
    "a text that is too long for a constant of a class file is split",
    arguments: [
      ("java", "String.join(\"\", \"", "\");"), ("scala", "Seq(\"", "\").mkString"),
      ("kotlin", "listOf(\"", "\").joinToString(\"\")"),
    ])
  func longTexts(_ language: String, _ start: String, _ end: String) throws {
    let value = JSONValue(String(repeating: "中", count: 25_000))
    let source = try Translator(kernel: nil, language: language).source(of: ["x": value])
    #expect(source.contains("x = " + start))
    #expect(source.hasSuffix(end + "\n"))
    #expect(source.filter { $0 == "中" }.count == 25_000)
    #expect(
      source.split(separator: "\"").filter { $0.hasPrefix("中") }.map(\.count) == [
        10_000, 10_000, 5_000,
      ])
  }

  @Test(
    "a value that the language cannot represent is an error",
    arguments: [
      ("R", "9007199254740993", "R cannot represent the integer 9007199254740993 exactly"),
      ("R", #""a\u0000""#, "R cannot represent text that contains a NUL character"),
      ("R", #""\ud800""#, "R cannot represent text that contains an unpaired surrogate"),
      ("bash", #"["\u0000"]"#, "Bash cannot represent text that contains a NUL character"),
      ("bash", #"{"": 1}"#, "Bash cannot represent a mapping with an empty name"),
      (
        "octave", "99999999999999999999999",
        "Octave cannot represent the integer 99999999999999999999999 exactly"
      ),
      ("go", "18446744073709551616", "Go cannot represent an integer with so many digits"),
      ("c++", "[18446744073709551616]", "C++ cannot represent an integer with so many digits"),
      ("rust", #""\udfff""#, "Rust cannot represent text that contains an unpaired surrogate"),
      ("ruby", #"{"\ud800": 1}"#, "Ruby cannot represent text that contains an unpaired surrogate"),
    ])
  func unrepresentable(_ language: String, _ json: String, _ message: String) throws {
    let value = try JSONValue(parsing: Array(json.utf8))
    let translator = try Translator(kernel: nil, language: language)
    #expect(
      throws: ParameterError(.unrepresentableValue, message, parameter: "x")
    ) { try translator.source(of: ["x": value]) }
  }

  @Test(
    "an invalid variable name is an error, and a valid one is not",
    arguments: [
      ("python", "my-param", true), ("python", "class", true), ("python", "1a", true),
      ("python", "", true),
      ("python", "a b", true), ("python", "größe", false), ("python", "_x1", false),
      ("python", "match", false),
      ("python", "x\n", true), ("python", "😀", true), ("R", "a.b", false), ("R", "__a", false),
      ("R", "_", true),
      ("R", "TRUE", true), ("R", "...", true), ("R", "..1", true), ("R", ".5", true),
      ("R", ".x", false), ("bash", "größe", true), ("bash", "UID", true), ("bash", "uid", false),
      ("java", "$x", false), ("java", "int", true), ("powershell", "PID", true),
      ("powershell", "1x", false),
      ("julia", "done!", false), ("matlab", "_x", true), ("ruby", "end", true),
      ("go", "func", true),
      ("rust", "fn", true), ("kotlin", "val", true), ("scala", "val", true), ("c#", "var", false),
      ("c++", "auto", true), ("f#", "let", true), ("typescript", "let", true), ("sql", "a;b", true),
    ])
  func names(_ language: String, _ name: String, _ isError: Bool) throws {
    let translator = try Translator(kernel: nil, language: language)
    do {
      _ = try translator.source(of: [JSONString(name): 1])
      #expect(!isError)
    } catch {
      #expect(isError)
      #expect(error.code == .invalidName)
      #expect(error.parameter == name)
    }
  }

  @Test(
    "a translator is found by the kernel's name, and then by its language",
    arguments: [
      ("python3", "python", "Python"), ("ir", "R", "R"), ("xcpp17", "C++17", "C++"),
      ("pysparkkernel", "python", "Python"), ("sparkkernel", "scala", "Scala"),
      (".net-csharp", "polyglot-notebook", "C#"), ("deno", "typescript", "TypeScript"),
      ("deno", nil, "TypeScript"), ("java", "java", "Java"), ("gonb", "go", "Go"),
      (nil, "Octave", "Octave"), ("my-python", "PYTHON", "Python"), ("x", "duckdb", "SQL"),
    ] as [(String?, String?, String)])
  func finding(_ kernel: String?, _ language: String?, _ name: String) throws {
    #expect(try Translator(kernel: kernel, language: language).languageName == name)
  }

  @Test("an unknown language is an error that names the known ones")
  func unknownLanguage() {
    do {
      _ = try Translator(kernel: "gnuplot", language: "gnuplot")
      Issue.record("found one")
    } catch {
      #expect(error.code == .unknownLanguage)
      #expect(
        error.message
          == "Lyre cannot write parameters for kernel 'gnuplot' and language 'gnuplot'; supported "
          + "languages: Bash, C#, C++, F#, Go, Java, JavaScript, Julia, Kotlin, MATLAB, Octave, "
          + "PowerShell, Python, R, Ruby, Rust, SQL, Scala, TypeScript, sh")
    }
  }
}
