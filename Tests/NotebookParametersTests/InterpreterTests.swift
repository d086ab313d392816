import Glibc
import JSONCore
import KernelTesting
import NotebookParameters
import RealKernels
import Testing

/// Languages without a kernel in the test environment: the language's own interpreter or compiler
/// runs the generated code, if it is installed.
@Suite("Parameters in real interpreters")
struct InterpreterTests {
  private static let texts = [
    #"it's "double" `back` \ \\ \" \n \u0041 \x41 \101 ??= ${x} $y #{1+1} #$0 %d %s {0} @{x} !"#,
    "a\nb\r\nc\rd\te\u{7}\u{1B}[0m\u{7F}\u{1}\u{B}\u{C}7",
    "é 中文 😀 👨‍👩‍👧 \u{2028}\u{202E}\u{A0}\u{FEFF}\u{F0000} e\u{301} “q” ‘r’",
    "*/ // -- # ''' \"\"\" \nEOF\nEOT\n'@\n)\"; --'/* (* *) <# #> %} ]]> =end", "",
  ]

  /// How a cell's text becomes a program in a language, and how to run it.
  struct Probe: Sendable, CustomTestStringConvertible {
    var language: String
    var program: String
    /// The file's name.
    var file: String
    /// The shell command that builds and runs it.
    var command: String
    /// The file, with CELL for the cell's text; lines that begin with `import` or `#include`
    /// replace IMPORTS.
    var source: String
    /// Its output after the bytes of the texts.
    var output: String
    var testDescription: String { language }

    /// Whether the machine has the program.
    var isThere: Bool {
      (RealKernels.environment["PATH"] ?? "").split(separator: ":")
        .contains { access("\($0)/\(program)", X_OK) == 0 }
    }
  }

  private static let probes = [
    Probe(
      language: "javascript", program: "node", file: "p.js", command: "node p.js",
      source: """
        CELL
        for (const s of [s0, s1, s2, s3, s4]) console.log(Buffer.from(s).toString('hex'));
        console.log(t, f, n, d, i, big, nan1, pinf, ninf, JSON.stringify([l, m, k, e, o]));
        """,
      output: #"true false null 0.1 -7 3000000000 NaN Infinity -Infinity "#
        + #"[[1,"a",[true,null],[]],{"k k":[1],"q":{"z":"$5"}},[1,2.5],[],{}]"#),
    Probe(
      language: "ruby", program: "ruby", file: "p.rb", command: "ruby -W0 p.rb",
      source: """
        CELL
        [s0, s1, s2, s3, s4].each { |s| puts s.unpack1('H*') }
        puts [t, f, n, d, i, big, nan1.nan?, pinf == Float::INFINITY, ninf == -Float::INFINITY, l, m, k, e, o].inspect
        """,
      output:
        #"[true, false, nil, 0.1, -7, 3000000000, true, true, true, [1, "a", [true, nil], []], "#
        + #"{"k k"=>[1], "q"=>{"z"=>"$5"}}, [1, 2.5], [], {}]"#),
    Probe(
      language: "rust", program: "rustc", file: "p.rs",
      command: "rustc -A warnings -o p p.rs && ./p",
      source: """
        fn main() {
        CELL
        for s in [&s0, &s1, &s2, &s3, &s4] {
            println!("{}", s.bytes().map(|b| format!("{:02x}", b)).collect::<String>());
        }
        println!("{} {} {:?} {} {} {} {} {} {} {:?} {:?} {:?} {:?} {:?}",
          t, f, n, d, i, big, nan1, pinf, ninf, l, m, k, e, o);
        }
        """,
      output:
        #"true false None 0.1 -7 3000000000 NaN inf -inf [Integer(1), Text("a"), List([Bool(true), Null]), List([])] "#
        + #"{"k k": List([Integer(1)]), "q": Map({"z": Text("$5")})} [1.0, 2.5] [] {}"#),
    Probe(
      language: "c++", program: "g++", file: "p.cpp",
      command: "g++ -std=c++17 -Wall -Wno-trigraphs -o p p.cpp && ./p",
      source: """
        #include <cmath>
        #include <cstdio>
        IMPORTS
        int main() {
        CELL
        for (const auto& s : {s0, s1, s2, s3, s4}) {
          for (unsigned char c : s) std::printf("%02x", c);
          std::printf("\\n");
        }
        std::printf("%d %d %d %g %d %lld %d %g %g ", t, f, n == nullptr, d, i, big, std::isnan(nan1), pinf, ninf);
        std::printf("%d %s %d ", std::any_cast<int>(l[0]), std::any_cast<std::string>(l[1]).c_str(),
          std::any_cast<std::vector<std::any>>(l[2])[1].has_value());
        std::printf("%d %s ", std::any_cast<std::vector<int>>(m["k k"])[0],
          std::any_cast<std::map<std::string, std::string>>(m["q"])["z"].c_str());
        std::printf("%g %g %zu %zu\\n", k[0], k[1], e.size(), o.size());
        }
        """,
      output: "1 0 1 0.1 -7 3000000000 1 inf -inf 1 a 0 1 $5 1 2.5 0 0"),
    Probe(
      language: "go", program: "go", file: "p.go",
      command: "HOME=$PWD GOFLAGS=-mod=mod go run p.go",
      source: """
        package main
        import "fmt"
        IMPORTS
        CELL
        func main() {
          for _, s := range []string{s0, s1, s2, s3, s4} { fmt.Printf("%x\\n", s) }
          fmt.Println(t, f, n, d, i, big, nan1, pinf, ninf, l, m, k, e, o)
        }
        """,
      output: "true false <nil> 0.1 -7 3000000000 NaN +Inf -Inf [1 a [true <nil>] []] "
        + "map[k k:[1] q:map[z:$5]] [1 2.5] [] map[]"),
    Probe(
      language: "c#", program: "mcs", file: "p.cs",
      command: "mcs -nologo -warn:0 p.cs && mono p.exe",
      source: """
        using System; using System.Collections.Generic;
        class P { static void Main() {
        CELL
        foreach (var s in new [] { s0, s1, s2, s3, s4 })
          Console.WriteLine(BitConverter.ToString(System.Text.Encoding.UTF8.GetBytes(s)).Replace("-", "").ToLower());
        Console.WriteLine(string.Join(" ", t, f, n == null, d, i, big, nan1, pinf, ninf, l[0], l[1],
          ((object[]) l[2])[1] == null, ((int[]) m["k k"])[0], ((Dictionary<string, Object>) m["q"])["z"],
          k[0], k[1], e.Length, o.Count));
        } }
        """,
      output: "True False True 0.1 -7 3000000000 NaN Infinity -Infinity 1 a True 1 $5 1 2.5 0 0"),
    Probe(
      language: "scala", program: "scala", file: "p.scala", command: "scala -nocompdaemon p.scala",
      source: """
        CELL
        for (s <- Seq(s0, s1, s2, s3, s4)) println(s.getBytes("UTF-8").map("%02x".format(_)).mkString)
        println(Seq[Any](t, f, n, d, i, big, nan1, pinf, ninf, l, m, k, e, o).mkString(" "))
        """,
      output:
        "true false None 0.1 -7 3000000000 NaN Infinity -Infinity List(1, a, List(true, None), List()) "
        + "Map(k k -> List(1), q -> Map(z -> $5)) List(1, 2.5) List() Map()"),
    Probe(
      language: "sh", program: "sh", file: "p.sh", command: "sh p.sh",
      source: """
        CELL
        for s in s0 s1 s2 s3 s4; do eval "printf %s \\"\\$$s\\"" | od -An -v -tx1 | tr -d ' \\n'; echo; done
        printf '%s ' "$t" "$f" "$n" "$d" "$i" "$big" "$nan1" "$pinf" "$ninf" "$l" "$m" "$k" "$e" "$o"; echo
        """,
      output: "true false  0.1 -7 3000000000 nan inf -inf [1,\"a\",[true,null],[]] "
        + "{\"k k\":[1],\"q\":{\"z\":\"$5\"}} [1,2.5] [] {} "),
  ]

  @Test("arrive unchanged", arguments: probes.filter(\.isThere))
  private func values(_ probe: Probe) async throws {
    var parameters = try #require(
      try JSONValue(
        parsing: Array(
          #"""
          {"t": true, "f": false, "n": null, "d": 0.1, "i": -7, "big": 3000000000, "nan1": NaN,
           "pinf": Infinity, "ninf": -Infinity, "l": [1, "a", [true, null], []],
           "m": {"k k": [1], "q": {"z": "$5"}}, "k": [1, 2.5], "e": [], "o": {}}
          """#.utf8)
      ).object)
    for (number, text) in Self.texts.enumerated() { parameters["s\(number)"] = .init(text) }
    let cell = try Translator(kernel: nil, language: probe.language).source(of: parameters)
    let lines = cell.split(separator: "\n", omittingEmptySubsequences: false)
    let isImport: (Substring) -> Bool = { line in
      probe.source.contains("IMPORTS") && (line.hasPrefix("import ") || line.hasPrefix("#include"))
    }
    let source = probe.source
      .replacing("IMPORTS", with: lines.filter(isImport).joined(separator: "\n"))
      .replacing("CELL", with: lines.filter { !isImport($0) }.joined(separator: "\n"))
    try await TemporaryDirectory.with { directory in
      try directory.write(source, to: probe.file)
      let result = try await RunningCommand(
        "/bin/sh", ["-c", probe.command], environment: RealKernels.environment,
        directory: directory.path
      ).result()
      #expect(result.ending == .exited(0), "\(result.errorText)")
      let bytes = Self.texts.map { text in
        text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      }
      let written = result.outputText.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(written.dropLast().map(String.init) == bytes + [probe.output])
    }
  }
}
