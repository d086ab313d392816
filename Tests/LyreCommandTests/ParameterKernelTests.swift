import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

/// Values that are hard to write in a language, and code that reads them back.
enum HardValues {
  /// Texts with a special meaning in some language.
  static let texts: [(name: String, text: String)] = [
    ("s1", #"it's "double" `back` \ \\ \" \n \u0041 \x41 \101"#),
    ("s2", "$x ${x} $(echo no) #{1+1} #$0 %d %s %% {0} @{x} !history !! ~ * ? & |"),
    ("s3", "a\nb\r\nc\rd\te\u{7}\u{1B}[0m\u{7F}\u{1}\u{B}\u{C}"),
    (
      "s4",
      "é 中文 😀 👨‍👩‍👧 \u{2028}\u{2029}\u{202E}\u{A0}\u{FEFF}\u{200B} \u{F0000} e\u{301} “q” ‘r’"
    ),
    ("s5", "*/ // -- # ''' \"\"\" \nEOF\nEOT\n'@\n)\"; --'/* (* *) <# #> %} ]]> =end"),
    ("s6", ""), ("s7", "  "), ("s8", String(repeating: "x", count: 9000) + "'\n\n\n\"y"),
  ]

  /// Numbers, lists and mappings.
  static let others = #"""
    {"t": true, "f": false, "n": null, "d": 0.1, "i": -7, "nan1": NaN, "pinf": Infinity, "ninf": -Infinity,
     "l": [1, "a", [true, null], []], "m": {"k k": [1], "q": {"z": "$5"}}, "e": [], "o": {}}
    """#

  /// The parameters' file, with values that only some languages support.
  static func file(_ more: JSONObject = [:]) throws -> [UInt8] {
    var parameters: JSONObject = [:]
    for (name, text) in texts { parameters[name] = .init(text) }
    for member in try JSONValue(parsing: Array(others.utf8)).object ?? [:] {
      parameters[member.key.string] = member.value
    }
    for member in more { parameters[member.key.string] = member.value }
    return JSONValue.object(parameters).serialized()
  }

  /// A line for each text: its name and its bytes.
  static let lines: [String] = texts.map { name, text in
    let bytes = text.utf8.map { byte in
      let digits = String(byte, radix: 16)
      return digits.utf8.count == 1 ? "0" + digits : digits
    }
    return "\(name) \(bytes.joined())"
  }
}

@Suite("Parameters in real kernels")
struct ParameterKernelTests {
  /// A kernel, code that declares defaults in it, and code that prints the received values.
  struct Probe: Sendable, CustomTestStringConvertible {
    var kernel: String
    var defaults: String
    var code: String
    /// Its output after a line for each text.
    var output: [String]
    /// Values that not every language supports.
    var more: JSONObject = [:]
    var testDescription: String { kernel }
  }

  private static let python = """
    for name in 's1 s2 s3 s4 s5 s6 s7 s8'.split(): print(name, globals()[name].encode().hex())
    print([t, f, n, d, i, nan1, pinf, ninf, l, m, e, o, big])
    print(half.encode('utf-8', 'surrogatepass').hex(), zero.encode().hex())
    """

  private static let r = """
    for (name in c('s1', 's2', 's3', 's4', 's5', 's6', 's7', 's8'))
      cat(name, ' ', paste(charToRaw(enc2utf8(get(name))), collapse = ''), '\\n', sep = '')
    cat(identical(list(t, f, n, d, i, nan1, pinf, ninf),
                  list(TRUE, FALSE, NULL, 0.1, -7, NaN, Inf, -Inf)),
        identical(l, list(1, 'a', list(TRUE, NULL), list())),
        identical(m, list('k k' = list(1), q = list(z = '$5'))), identical(e, list()),
        identical(names(blank), c('', 'b')), '\\n')
    """

  private static let bash = """
    for name in s1 s2 s3 s4 s5 s6 s7 s8; do
      echo "$name $(printf %s "${!name}" | od -An -v -tx1 | tr -d ' \\n')"
    done
    echo "$t $f [$n] $d $i $nan1 $pinf $ninf ${#l[@]} ${l[1]} ${l[2]} ${m[k k]} ${m[q]} ${#e[@]} ${#o[@]}"
    echo "${odd['a]b@*']} $big"
    """

  private static let octave = """
    names = {'s1', 's2', 's3', 's4', 's5', 's6', 's7', 's8'};
    for k = 1:8
      printf('%s %s\\n', names{k}, sprintf('%02x', double(eval(names{k}))));
    end
    disp(jsonencode({t, f, n, d, i, isnan(nan1), pinf == Inf, ninf == -Inf, l, m('k k'), m('q')('z'), e, o.Count}))
    printf('%d %s %d %d\\n', big, class(unsigned), numel(many), many{2000});
    disp(unsigned)
    """

  private static let typeScript = """
    for (const [name, text] of Object.entries({s1, s2, s3, s4, s5, s6, s7, s8}))
      console.log(name + ' ' + Array.from(new TextEncoder().encode(text), b => b.toString(16).padStart(2, '0')).join(''));
    console.log(JSON.stringify([t, f, n, d, i, l, m, e, o, proto, half]));
    console.log([nan1, pinf, ninf, big].join(' '));
    """

  private static let java = """
    String[] names = {"s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"};
    String[] texts = {s1, s2, s3, s4, s5, s6, s7, s8};
    for (int k = 0; k < 8; k++)
      System.out.println(names[k] + " " + java.util.HexFormat.of().formatHex(texts[k].getBytes("UTF-8")));
    System.out.println(java.util.Arrays.asList(t, f, n, d, i, nan1, pinf, ninf, l, m, e, o, big, huge));
    System.out.println(longText.length() + " " + (int) half.charAt(0) + " " + zero.length());
    """

  static let probes = [
    Probe(
      kernel: "python3", defaults: "s1 = 1", code: python,
      output: [
        "[True, False, None, 0.1, -7, nan, inf, -inf, [1, 'a', [True, None], []], "
          + "{'k k': [1], 'q': {'z': '$5'}}, [], {}, 123456789012345678901234567890]",
        "eda080 610062",
      ],
      more: [
        "big": huge, "half": .string(.init(slice: [0xED, 0xA0, 0x80])), "zero": "a\u{0}b",
      ]),
    Probe(
      kernel: "ir", defaults: "s1 <- 1", code: r, output: ["TRUE TRUE TRUE TRUE TRUE "],
      more: ["blank": ["": 1, "b": 2]]),
    Probe(
      kernel: "bash", defaults: "s1=1", code: bash,
      output: [
        #"true false [] 0.1 -7 nan inf -inf 4 a [true,null] [1] {"z":"$5"} 0 0"#,
        "yes 123456789012345678901234567890",
      ], more: ["odd": ["a]b@*": "yes"], "big": huge]),
    Probe(
      kernel: "octave", defaults: "s1 = 1;", code: octave,
      output: [
        #"[true,false,null,0.1,-7,true,true,true,[1,"a",[true,null],[]],[1],"$5",[],0]"#,
        "9007199254740993 uint64 2000 2000", "18446744073709551615",
      ],
      more: [
        "big": 9_007_199_254_740_993, "unsigned": .number(unsigned),
        "many": .array((1...2000).map { .init($0) }),
      ]),
    Probe(
      kernel: "deno", defaults: "let s1 = 'x';\nvar s2 = 'y';", code: typeScript,
      output: [
        #"[true,false,null,0.1,-7,[1,"a",[true,null],[]],{"k k":[1],"q":{"z":"$5"}},[],{},"#
          + #"{"__proto__":[1]},"\ud800"]"#, "NaN Infinity -Infinity 9007199254740993",
      ],
      more: [
        "big": 9_007_199_254_740_993, "proto": ["__proto__": [1]],
        "half": .string(.init(slice: [0xED, 0xA0, 0x80])),
      ]),
    Probe(
      kernel: "java", defaults: "int s1 = 1;", code: java,
      output: [
        "[true, false, null, 0.1, -7, NaN, Infinity, -Infinity, [1, a, [true, null], []], "
          + "{k k=[1], q={z=$5}}, [], {}, 3000000000, 123456789012345678901234567890]",
        "70000 55296 3",
      ],
      more: [
        "big": 3_000_000_000, "huge": huge, "zero": "a\u{0}b",
        "longText": .init(String(repeating: "中", count: 70_000)),
        "half": .string(.init(slice: [0xED, 0xA0, 0x80])),
      ]),
  ]

  private static let huge: JSONValue = .number(
    JSONNumber(text: "123456789012345678901234567890") ?? JSONNumber(0))
  private static let unsigned = JSONNumber(text: "18446744073709551615") ?? JSONNumber(0)

  @Test(
    "arrive unchanged",
    .enabled(if: RealKernels.has("python3"), Comment(rawValue: RealKernels.missing)),
    arguments: probes)
  func values(_ probe: Probe) async throws {
    try await TemporaryDirectory.with { directory in
      func cell(_ id: String, _ source: String, _ tags: [JSONValue]) -> JSONValue {
        [
          "cell_type": "code", "execution_count": nil, "id": .init(id),
          "metadata": ["tags": .array(tags)], "outputs": [], "source": [.init(source)],
        ]
      }
      let notebook: JSONValue = [
        "cells": [cell("a", probe.defaults, ["parameters"]), cell("b", probe.code, [])],
        "metadata": ["kernelspec": ["display_name": "", "name": .init(probe.kernel)]],
        "nbformat": 4, "nbformat_minor": 5,
      ]
      try directory.write(notebook.serialized(.jupyter), to: "nb.ipynb")
      try directory.write(try HardValues.file(probe.more), to: "p.json")
      let result = try await RunningCommand(
        try BuiltProduct.path("lyre"), ["run", "-q", "nb.ipynb", "-f", "p.json"],
        environment: RealKernels.environment, directory: directory.path, limit: .seconds(120)
      ).result()
      #expect(result.ending == .exited(0), "\(result.errorText)")
      #expect(
        result.outputText.split(whereSeparator: \.isNewline).map(String.init)
          == HardValues.lines + probe.output)
    }
  }

  private static let papermill =
    RealKernels.repositoryRoot + "/../shared/corpus/notebooks/papermill"

  @Test(
    "are injected into papermill's own notebooks at the same place as by papermill",
    .enabled(if: access(papermill, R_OK) == 0, "needs ../shared/corpus"),
    .enabled(if: RealKernels.has("python3"), Comment(rawValue: RealKernels.missing)),
    arguments: [("simple_execute", 1, "Hello\n"), ("no_parameters", 0, "")])
  func papermillNotebooks(_ name: String, _ place: Int, _ output: String) async throws {
    try await TemporaryDirectory.with { directory in
      try directory.write(try readFile("\(Self.papermill)/\(name).ipynb"), to: "in.ipynb")
      let result = try await RunningCommand(
        try BuiltProduct.path("lyre"),
        [
          "run", "-q", "in.ipynb", "-p", "msg", "Hello", "-o", "out-{msg}.ipynb",
          "--papermill-metadata",
        ],
        environment: RealKernels.environment, directory: directory.path
      ).result()
      #expect(result.ending == .exited(0), "\(result.errorText)")
      #expect(result.outputText.hasSuffix(output))
      let run = try JSONValue(parsing: directory.read("out-Hello.ipynb"))
      let cell = run["cells"]?[place]
      #expect(cell?["source"] == ["# Parameters\n", "msg = \"Hello\"\n"])
      #expect(cell?["metadata"]?["tags"] == ["injected-parameters"])
      #expect(run["metadata"]?["papermill"]?["parameters"] == ["msg": "Hello"])
    }
  }

  @Test(
    "of papermill's own notebook are listed",
    .enabled(if: access(papermill, R_OK) == 0, "needs ../shared/corpus"))
  func papermillListing() async throws {
    try await TemporaryDirectory.with { directory in
      let result = try await RunningCommand(
        try BuiltProduct.path("lyre"), ["inspect", "\(Self.papermill)/complex_parameters.ipynb"],
        environment: RealKernels.environment, directory: directory.path
      ).result()
      #expect(
        result.outputText.contains(
          """

          parameters
            msg: Unknown type (default None)
            a: float (default 2.25)         Variable a
            b: List[str] (default ['Hello','World'])
                                            Nice list
            c: NoneType (default None)
            d: Unknown type (default a == 3)

          """), "\(result.outputText)")
    }
  }
}
