import JSONCore
import KernelTesting
import RealKernels
import Testing

/// Control sequences from files, kernels and the command line never reach the terminal in Lyre's
/// own lines.
@Suite("Hostile text on the terminal")
struct TerminalSafetyTests {
  /// Writes the clipboard, sets the title, clears the screen; C1, DEL, reordering and invisible
  /// characters.
  static let hostile =
    "x\u{1B}]52;c;QQ==\u{07}\u{1B}]0;t\u{1B}\\\u{1B}[2J\u{1B}c\u{9B}2J\u{9D}0;t\u{9C}\u{7F}\u{08}\r"
    + "\u{0B}\u{202E}\u{2066}\u{200F}\u{200B}\u{FEFF}\u{2028}y"

  /// The hostile text as part of a file's name.
  private static let name = hostile.replacing("/", with: "")

  /// The characters in a text that control a terminal, or reorder or hide parts of it.
  private static func obeyed(_ text: String) -> [String] {
    text.unicodeScalars.filter { scalar in
      switch scalar.value {
      case 0x09, 0x0A: false
      case 0..<0x20, 0x7F..<0xA0, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
        true
      default: false
      }
    }.map { "U+" + String($0.value, radix: 16) }
  }

  /// The same with every text replaced or followed by a hostile one, and with unchanged member
  /// names.
  private static func poisoned(_ value: JSONValue) -> JSONValue {
    switch value {
    case .array(let items): .array(items.map(poisoned))
    case .object(let object):
      .object(JSONObject(object.members.map { .init(key: $0.key, value: poisoned($0.value)) }))
    default: value.string.map { .init($0 + hostile) } ?? value
    }
  }

  private static let notebook: JSONValue = [
    "cells": [
      [
        "cell_type": "code", "execution_count": 1, "id": "a",
        "metadata": ["tags": ["parameters", .init("t" + hostile)]],
        "outputs": [
          [
            "output_type": "error", "ename": .init("E" + hostile), "evalue": .init("v" + hostile),
            "traceback": [.init("t" + hostile)],
          ],
          ["output_type": "display_data", "metadata": [:], "data": [.init(hostile): "x"]],
        ], "source": .init("x = 1 # help " + hostile),
      ],
      [
        "cell_type": .init("odd" + hostile), "metadata": [:], "source": .init(hostile),
        .init(hostile): .init(hostile),
      ],
    ],
    "metadata": [
      "kernelspec": [
        "name": .init("k" + hostile), "display_name": .init(hostile), "language": "python",
      ], "language_info": ["name": .init("python" + hostile)], .init(hostile): .init(hostile),
    ], "nbformat": 4, "nbformat_minor": 5,
  ]

  private static let commands: [[String]] = [
    ["inspect", "n.ipynb"], ["inspect", "n.ipynb", "--json"], ["inspect", name + ".ipynb"],
    ["inspect", "missing" + name], ["check", "n.ipynb", name + ".ipynb", "broken.ipynb"],
    ["format", "--check", name + ".ipynb"], ["format", "broken.ipynb"],
    ["recover", name + ".ipynb", "missing" + name],
    ["run", "n.ipynb"], ["run", name + ".ipynb"], ["run", "n.ipynb", "--prepare-only", "-v"],
    ["run", "n.ipynb", "--cells", name], ["run", "n.ipynb", "--only-tag", name],
    ["run", "n.ipynb", "-o", "{" + name + "}.ipynb"], ["run", "n.ipynb", "-o", name + "/x.ipynb"],
    ["run", "n.ipynb", "-p", name, name, "--strict-parameters"], ["run", "n.ipynb", "-y", name],
    ["run", "n.ipynb", "-f", name], ["run", "n.ipynb", "-k", name],
    ["run", "n.ipynb", "--cwd", name], ["run", "n.ipynb", "--stdin", name],
    ["run", "n.ipynb", "--events", name + "/e"], ["run", "n.ipynb", "--existing", name],
    ["run", "n.ipynb", "--events", "-"], ["run", "n.ipynb", "--max-output", name],
    ["run", "n.ipynb", "--preload", name], ["run", "n.ipynb", "--transport", name],
    ["run", "n.ipynb", "--" + name], ["run", "n.ipynb", "--timeout", name], [name],
    ["kernels"], ["kernels", "--json"], ["kernels", "show", "evil"],
    ["kernels", "show", "evil", "--json"], ["kernels", "show", name],
    ["bench", name], ["bench", "--only", name], ["bench", "--snippets", name],
    ["bench", "--compare", "n.ipynb"], ["bench", "--plot", name],
    ["pipeline", "validate", "p.pipeline"], ["pipeline", "validate", "p.pipeline", "--json"],
    ["pipeline", "validate", name, "broken.ipynb"],
    ["pipeline", "describe", "p.pipeline"], ["pipeline", "describe", "p.pipeline", "--json"],
    ["pipeline", "describe", "p.pipeline", "--format", "mermaid"],
    ["pipeline", "describe", "p.pipeline", "--format", "dot"],
    ["pipeline", "describe", "p.pipeline", "--format", "svg"],
    ["pipeline", "run", "p.pipeline"], ["pipeline", "run", "p.pipeline", "--json", "-v"],
    ["pipeline", "run", "good.pipeline", "--events", "-"],
    ["pipeline", "run", "good.pipeline", "-v"],
    ["pipeline", "run", "good.pipeline", "--only", name],
    ["pipeline", "run", "good.pipeline", "--python", name],
    ["pipeline", "run", name + ".pipeline"],
    ["pipeline", "history", "--state", "s"], ["pipeline", "logs", name, name],
    ["pipeline", "new", name], ["pipeline", "new", name + ".pipeline", name],
    ["pipeline", "new", "x.pipeline", "--link", name],
    ["pipeline", "migrate", name + ".pipeline", "--check"], ["pipeline", name],
  ]

  private static func write(_ lyre: Lyre) throws {
    let bytes = notebook.serialized(.jupyter)
    try lyre.directory.write(bytes, to: "n.ipynb")
    try lyre.directory.write(bytes, to: name + ".ipynb")
    try lyre.directory.write(hostile, to: "broken.ipynb")
    try lyre.pipeline([.init(file: "a.py", dependencies: ["d"], environment: ["V": "w"])])
    let pipeline = try JSONValue(parsing: lyre.directory.read("p.pipeline"))
    try lyre.directory.write(poisoned(pipeline).serialized(.pretty), to: "p.pipeline")
    // A valid pipeline: its file has a hostile name, and fails.
    try lyre.script("s\(name).sh", "printf 'said\\n' >&2; exit 3")
    try lyre.pipeline([.init(file: "s\(name).sh")], to: "good.pipeline")
    try lyre.pipeline([.init(file: "s\(name).sh")], to: name + ".pipeline")
    let spec: JSONValue = [
      "argv": [.init("/nowhere" + hostile), "{connection_file}"], "display_name": .init(hostile),
      "language": .init(hostile), "env": [.init("V" + hostile): .init(hostile)],
    ]
    try lyre.directory.write(spec.serialized(.pretty), to: "kernels/evil/kernel.json")
    try lyre.directory.write(hostile, to: "kernels/broken/kernel.json")
  }

  @Test(
    "every command shows control characters as symbols, and sends none", arguments: [false, true])
  func everyCommand(withColor: Bool) async throws {
    try await Lyre.with { lyre in
      try TerminalSafetyTests.write(lyre)
      for command in TerminalSafetyTests.commands {
        let outcome = try await lyre.run(
          command, environment: withColor ? ["CLICOLOR_FORCE": "1"] : [:])
        // Lyre's own colours.
        let errors =
          withColor
          ? outcome.errors.replacing(/\u{1B}\[(0|1|2|31|32|33)m/, with: "") : outcome.errors
        #expect(TerminalSafetyTests.obeyed(errors) == [], "\(command): \(outcome)")
        #expect(TerminalSafetyTests.obeyed(outcome.output) == [], "\(command): \(outcome)")
      }
    }
  }

  @Test("the output of cells is passed on byte for byte")
  func cellsPrint() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook([#"stream stdout \e]0;title\e\\ \r\n"#])
      let outcome = try await lyre.run(["run", "-q", "nb.ipynb"])
      #expect(outcome == .init(0, output: "\u{1B}]0;title\u{1B}\\ \r\n"))
    }
  }

  @Test(
    "the colours of a traceback are kept if colours are used, and other control sequences are not")
  func traceback() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook([#"error E \e[32mgreen\e[0m \e]52;c;QQ==\e\\ \e[2J."#])
      let shown = "␛]52;c;QQ==␛\\ ␛[2J."
      let plain = try await lyre.run(["run", "nb.ipynb"])
      #expect(plain.errors.contains("\nE: green \(shown)\n"), "\(plain)")
      #expect(plain.errors.contains("failed: E: green \(shown)\n"), "\(plain)")
      let colored = try await lyre.run(["run", "nb.ipynb"], environment: ["CLICOLOR_FORCE": "1"])
      #expect(
        colored.errors.contains(
          "\u{1B}[31mE\u{1B}[0m: \u{1B}[32mgreen\u{1B}[0m \(shown)\u{1B}[0m\n"), "\(colored)")
    }
  }

  @Test("a kernel's last output and the target of a comm are shown as symbols")
  func lastWords() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["comm-open c t\u{1B}]0;x {}\nstderr last\\e[2J words\nexit 3"])
      let outcome = try await lyre.run(["run", "-v", "nb.ipynb"])
      #expect(outcome.code == 4, "\(outcome)")
      let own = outcome.errors.split(separator: "The kernel's last output:").last ?? ""
      #expect(own.contains("last␛[2J words"), "\(outcome)")
    }
  }

  @Test("columns stay aligned beside wide and hostile names")
  func columns() async throws {
    try await Lyre.with { lyre in
      for name in ["kurz", "日本語"] {
        _ = try ScriptedKernelSpec(in: lyre.directory, name: "k")
        try lyre.directory.write(
          try lyre.directory.read("kernels/k/kernel.json"), to: "kernels/\(name)/kernel.json")
      }
      let outcome = try await lyre.run(["kernels"])
      let path = lyre.directory.path
      #expect(outcome.output.contains("kurz      \(path)/kernels/kurz"), "\(outcome)")
    }
  }
}
