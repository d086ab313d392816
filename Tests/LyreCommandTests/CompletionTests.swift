import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("Completions of shells")
struct CompletionTests {
  /// What a shell offers for the last word of a command line.
  private func complete(_ words: String..., in lyre: Lyre, shell: String = "bash") async throws
    -> [String]
  {
    let line = words.joined(separator: " ")
    let list = words.map { "'\($0.replacing("'", with: "'\\''"))'" }.joined(separator: " ")
    let outcome = try await lyre.shell(
      """
      mkdir -p bin; ln -sf "$LYRE" bin/lyre; PATH=$PWD/bin:$PATH
      lyre --generate-completion-script bash > completions.bash && . ./completions.bash
      COMP_WORDS=(\(list)); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      COMP_LINE=\("'\(line.replacing("'", with: "'\\''"))'"); COMP_POINT=${#COMP_LINE}
      _lyre lyre "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}" 2>&1
      printf '%s\\n' "${COMPREPLY[@]}"
      """)
    #expect(outcome.code == 0 && outcome.errors == "", "\(outcome)")
    return outcome.output.split(separator: "\n").map(String.init).sorted()
  }

  @Test("bash: commands, options and files")
  func words() async throws {
    try await Lyre.with { lyre in
      try lyre.notebook(["print 1"])
      try lyre.notebook(["print 1"], to: "a b.ipynb")
      try lyre.directory.write("", to: "nb.txt")
      try lyre.pipeline([.init(file: "nb.ipynb")])
      #expect(try await complete("lyre", "pip", in: lyre) == ["pipeline"])
      #expect(try await complete("lyre", "pipeline", "stat", in: lyre) == ["status"])
      #expect(
        try await complete("lyre", "run", "--dep", in: lyre) == ["--depends", "--depends-variable"])
      #expect(try await complete("lyre", "run", "n", in: lyre) == ["nb.ipynb"])
      #expect(try await complete("lyre", "run", "a", in: lyre) == ["a b.ipynb"])
      #expect(try await complete("lyre", "pipeline", "run", "p", in: lyre) == ["p.pipeline"])
      #expect(
        try await complete("lyre", "run", "nb.ipynb", "--progress", "p", in: lyre) == ["plain"])
    }
  }

  @Test("bash: kernels, and none without a message if kernelspecs are damaged")
  func kernels() async throws {
    try await Lyre.with { lyre in
      let names = try await complete("lyre", "run", "nb.ipynb", "--kernel", "scr", in: lyre)
      #expect(names == ["scripted"])
      #expect(try await complete("lyre", "kernels", "show", "scr", in: lyre) == ["scripted"])
      try lyre.directory.write("{", to: "kernels/scripted/kernel.json")
      #expect(try await complete("lyre", "run", "-k", "scr", in: lyre) == [])
    }
  }

  @Test("bash: nodes of the pipeline on the command line, also with blanks and quotes")
  func nodes() async throws {
    try await Lyre.with { lyre in
      for name in ["load.sh", "clean up.sh", "it's.sh", "$HOME.sh"] {
        try lyre.script(name, "exit 0")
      }
      try lyre.pipeline(
        [
          .init(file: "load.sh"), .init(file: "clean up.sh"), .init(file: "it's.sh"),
          .init(file: "$HOME.sh"),
        ],
        to: "my p.pipeline")
      for option in ["--only", "--from", "--until"] {
        let all = try await complete(
          "lyre", "pipeline", "run", "my\\ p.pipeline", option, "", in: lyre)
        #expect(all == ["$HOME.sh", "clean up.sh", "it's.sh", "load.sh"])
      }
      #expect(
        try await complete("lyre", "pipeline", "run", "'my p.pipeline'", "--only", "l", in: lyre)
          == ["load.sh"])
      for content in ["", "{", "[]", "{\"pipelines\": 1}"] {
        try lyre.directory.write(content, to: "my p.pipeline")
        #expect(
          try await complete("lyre", "pipeline", "run", "'my p.pipeline'", "--only", "", in: lyre)
            == [])
      }
      #expect(
        try await complete("lyre", "pipeline", "run", "none.pipeline", "--only", "", in: lyre) == []
      )
      #expect(mkfifo(lyre.directory.path("pipe.pipeline"), 0o600) == 0)
      #expect(
        try await complete("lyre", "pipeline", "run", "pipe.pipeline", "--only", "", in: lyre) == []
      )
    }
  }

  @Test("bash: runs, and the nodes of a run")
  func runs() async throws {
    try await Lyre.with { lyre in
      #expect(try await complete("lyre", "follow", "", in: lyre) == ["last"])
      try lyre.notebook(["print 1"])
      try lyre.script("load.sh", "exit 0")
      try lyre.pipeline([.init(file: "load.sh"), .init(file: "nb.ipynb")])
      #expect(try await lyre.run(["run", "nb.ipynb", "--state", "state"]).code == 0)
      #expect(try await lyre.run(["pipeline", "run", "p.pipeline", "--state", "state"]).code == 0)
      let listed = try await lyre.run(["history", "--json", "--state", "state"])
      let notebook = try #require(
        try JSONValue(parsing: Array(listed.output.utf8)).array?.last?["run"]?.string)
      let all = try await complete("lyre", "follow", "--state", "state", "", in: lyre)
      #expect(all == ["1", notebook, "last"].sorted())
      #expect(
        try await complete("lyre", "pipeline", "logs", "--state=state", "", in: lyre) == [
          "1", "last",
        ])
      for run in ["1", "last"] {
        let nodes = try await complete(
          "lyre", "pipeline", "logs", run, "--state", "state", "", in: lyre)
        #expect(nodes == ["load.sh", "nb.ipynb"])
      }
      #expect(
        try await complete("lyre", "pipeline", "logs", "7", "--state", "state", "", in: lyre) == [])
    }
  }

  @Test(
    "the scripts of all shells are valid where the shell is installed",
    arguments: ["bash", "zsh", "fish"])
  func scripts(shell: String) async throws {
    try await Lyre.with { lyre in
      let outcome = try await lyre.shell(
        """
        "$LYRE" --generate-completion-script \(shell) > script && [ -s script ] || exit 1
        command -v \(shell) > /dev/null || exit 0
        \(shell) -n script
        """)
      #expect(outcome == .init(0), "\(outcome)")
    }
  }
}
