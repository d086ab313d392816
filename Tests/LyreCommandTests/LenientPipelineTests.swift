import Glibc
import JSONCore
import KernelTesting
import RealKernels
import Testing

@Suite("Pipelines that Elyra accepts")
struct LenientPipelineTests {
  /// Writes a pipeline of one script with these texts in the place of others.
  private func write(_ lyre: Lyre, _ changes: (old: String, new: String)...) throws {
    try lyre.script("a.sh", "echo \"[$A]\"")
    try lyre.pipeline([.init(file: "a.sh")])
    var text = try lyre.text(of: "p.pipeline")
    for change in changes {
      #expect(text.contains(change.old), "\(text)")
      text = text.replacing(change.old, with: change.new, maxReplacements: 1)
    }
    try lyre.directory.write(text, to: "p.pipeline")
  }

  @Test("a null in a list of an old file is a warning, and the pipeline runs")
  func null() async throws {
    try await Lyre.with { lyre in
      try write(
        lyre, (#""version": 8"#, #""version": 7"#),
        (#""env_vars": []"#, #""env_vars": [null, "A=b"]"#))
      #expect(
        try await lyre.run(["pipeline", "validate", "p.pipeline"])
          == .init(
            0,
            output: """
              warning: app_data.version: the pipeline has version 7; Lyre reads it, Elyra's \
              commands refuse it
                  `lyre pipeline migrate` upgrades it to version 8
              warning: a.sh: env_vars: item 1 is null and not used
                  `lyre pipeline migrate` removes it
              p.pipeline: valid

              """))
      let run = try await lyre.run(["pipeline", "run", "p.pipeline"])
      #expect(run.code == 0 && run.output == "a.sh | [b]\n", "\(run)")
      #expect(
        try await lyre.run(["pipeline", "migrate", "p.pipeline"])
          == .init(0, errors: "p.pipeline: version 7 → 8\n"))
      #expect(
        try await lyre.run(["pipeline", "validate", "p.pipeline"])
          == .init(0, output: "p.pipeline: valid\n"))
    }
  }

  @Test("a null in a file of version 8 is removed by migrate, which says so")
  func nullOfVersion8() async throws {
    try await Lyre.with { lyre in
      try write(lyre, (#""outputs": []"#, #""outputs": [null]"#))
      #expect(
        try await lyre.run(["pipeline", "migrate", "--check", "p.pipeline"])
          == .init(1, errors: "p.pipeline: not in the form of version 8\n"))
      #expect(
        try await lyre.run(["pipeline", "migrate", "p.pipeline"])
          == .init(0, errors: "p.pipeline: repaired; it already had version 8\n"))
      #expect(
        try await lyre.run(["pipeline", "migrate", "p.pipeline"])
          == .init(0, errors: "p.pipeline: already has version 8\n"))
    }
  }

  @Test("a version with a fraction is old, as for Elyra", arguments: ["7.5", "\"7.5\""])
  func fraction(version: String) async throws {
    try await Lyre.with { lyre in
      try write(lyre, (#""version": 8"#, "\"version\": \(version)"))
      #expect(
        try await lyre.run(["pipeline", "validate", "p.pipeline"])
          == .init(
            0,
            output: """
              warning: app_data.version: the pipeline has version 7.5; Lyre reads it, Elyra's \
              commands refuse it
                  `lyre pipeline migrate` upgrades it to version 8
              p.pipeline: valid

              """))
      let described = try await lyre.run(["pipeline", "describe", "p.pipeline"])
      #expect(described.code == 0)
      #expect(described.output.contains("Pipeline format version: 7.5\n"), "\(described)")
      #expect(
        try await lyre.run(["pipeline", "migrate", "--check", "p.pipeline"])
          == .init(1, errors: "p.pipeline: version 7.5, not 8\n"))
      #expect(
        try await lyre.run(["pipeline", "migrate", "p.pipeline"])
          == .init(0, errors: "p.pipeline: version 7.5 → 8\n"))
      #expect(
        try await lyre.run(["pipeline", "validate", "p.pipeline"])
          == .init(0, output: "p.pipeline: valid\n"))
    }
  }

  @Test(
    "a version that is no number, or a later one, stops every command",
    arguments: [
      ("8.5", "version 8.5 was written by a newer Elyra; this version of Lyre reads 0 to 8"),
      ("1e999", "the version is not a number: 1e999"),
      ("-0.5", "the version is not a number: -0.5"),
      ("\"x\"", "the version is not a number: \"x\""),
    ])
  func notAVersion(version: String, message: String) async throws {
    try await Lyre.with { lyre in
      try write(lyre, (#""version": 8"#, "\"version\": \(version)"))
      #expect(
        try await lyre.run(["pipeline", "describe", "p.pipeline"])
          == .init(
            2, errors: "error: p.pipeline: pipelines[0].app_data.version: \(message)\n"))
    }
  }

  @Test("the runtime type Generic is that of a pipeline without one")
  func generic() async throws {
    try await Lyre.with { lyre in
      try write(lyre, (#""version": 8"#, #""version": 8, "runtime_type": "Generic""#))
      #expect(
        try await lyre.run(["pipeline", "validate", "p.pipeline"])
          == .init(0, output: "p.pipeline: valid\n"))
      let described = try await lyre.run(["pipeline", "describe", "p.pipeline"])
      #expect(
        described.output.contains(
          """
          Pipeline type: None specified
          Pipeline format version: 8
          Pipeline runtime: Generic

          """), "\(described)")
      let run = try await lyre.run(["pipeline", "run", "p.pipeline", "-q"])
      #expect(run.code == 0, "\(run)")
    }
  }

  @Test("parameters that are no list are an error with a remedy; null is none")
  func parameters() async throws {
    try await Lyre.with { lyre in
      let old = #""properties": {"#
      try write(lyre, (old, #"\#(old) "pipeline_parameters": {},"#))
      #expect(
        try await lyre.run(["pipeline", "validate", "p.pipeline"])
          == .init(
            2,
            output: """
              error: pipeline_parameters: expected a list, found an object
                  write [{"name": "NAME", "default_value": {"type": "String", "value": "…"}}]
              p.pipeline: not valid: 1 error

              """))
      try write(lyre, (old, #"\#(old) "pipeline_parameters": null,"#))
      #expect(
        try await lyre.run(["pipeline", "validate", "p.pipeline"])
          == .init(0, output: "p.pipeline: valid\n"))
    }
  }

  @Test("new names the files that are not there")
  func missingFiles() async throws {
    try await Lyre.with { lyre in
      try lyre.script("a.sh", "true")
      try lyre.directory.makeDirectory("d.py")
      try #require(symlink("gone.py", "\(lyre.directory.path)/link.py") == 0)
      #expect(
        try await lyre.run([
          "pipeline", "new", "p.pipeline", "a.sh", "no.py", "no.ipynb", "d.py", "link.py",
        ])
          == .init(
            0,
            errors: """
              warning: no.py: there is no such file; the pipeline cannot run without it
              warning: no.ipynb: there is no such file; the pipeline cannot run without it
              warning: d.py: this is a directory, not a notebook or script
              warning: link.py: this is a link to 'gone.py', which is not there; the pipeline \
              cannot run without it

              """))
      let validated = try await lyre.run(["pipeline", "validate", "p.pipeline"])
      #expect(
        validated.output.contains(
          "error: link.py: filename: 'link.py' is a link to 'gone.py', which is not there\n"),
        "\(validated)")
    }
  }

  @Test("a component that Python has written is told by its name and its catalog")
  func pythonComponent() async throws {
    try await Lyre.with { lyre in
      let source = "{'catalog_type': 'local-file-catalog', 'component_ref': {'path': 'x/op.py'}}"
      try write(
        lyre, (#""op": "execute-script-node""#, #""op": "local-file-catalog:1:Op""#),
        (#""lyre": {}"#, #""component_source": "\#(source)""#))
      #expect(
        try await lyre.run(["pipeline", "export", "p.pipeline", "-o", "-"])
          == .init(
            2,
            errors: """
              error: p.pipeline: node 'a.sh' runs an operator of Apache Airflow, 'x/op.py' of the catalog \
              'local-file-catalog', which Kubeflow Pipelines cannot run; export the pipeline to \
              airflow

              """))
    }
  }
}
