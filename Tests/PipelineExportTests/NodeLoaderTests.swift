import KernelTesting
import PipelineExport
import RealKernels
import Testing

@Suite("Loader of lyre")
struct NodeLoaderTests {
  /// Runs the loader with a program that prints its arguments in place of lyre.
  private func load(
    _ directory: borrowing TemporaryDirectory, url: String?, hash: String,
    path: String = "/usr/bin:/bin"
  ) async throws -> RunningCommand.Result {
    var settings = ExportSettings(bucket: "b", version: "1")
    if let url { settings.program = .download(url, sha256: hash) }
    let arguments = NodeLoader(settings).arguments(
      description: "{\"a b\": 1}", run: "run 1", parameters: ["--parameter", "x=$(y) 'z'"])
    let command = try RunningCommand(
      "/bin/sh", ["-c"] + arguments,
      environment: ["PATH": path, "TMPDIR": directory.path, "HOME": directory.path],
      directory: directory.path)
    return await command.result()
  }

  private let program = """
    #!/bin/sh
    [ "$1" = --version ] && exit
    for word in "$@"; do echo "<$word>"; done; echo "$ELYRA_RUN_NAME"

    """

  private let expected = """
    <node>
    <--json>
    <{"a b": 1}>
    <--parameter>
    <x=$(y) 'z'>
    <--set>
    <RUN=run 1>
    run 1

    """

  @Test("the lyre of the image is used, with or without a place for another")
  func inImage() async throws {
    try await TemporaryDirectory.with { directory in
      try directory.write(program, to: "bin/lyre", mode: 0o755)
      for url in [String?.none, "http://127.0.0.1:9/lyre", "s3://b/lyre"] {
        let result = try await load(
          directory, url: url, hash: "00", path: "\(directory.path)/bin:/usr/bin:/bin")
        #expect(result.ending == .exited(0) && result.outputText == expected, "\(result.errorText)")
      }
    }
  }

  @Test("without lyre in the image and without a place, the error says what to do")
  func missing() async throws {
    try await TemporaryDirectory.with { directory in
      let result = try await load(directory, url: nil, hash: "")
      #expect(result.ending == .exited(127))
      #expect(result.errorText.contains("error: lyre is not in this image"))
    }
  }

  @Test("lyre is downloaded, checked and started; another content is refused")
  func download() async throws {
    try await TemporaryDirectory.with { directory in
      try directory.write(program, to: "served/lyre", mode: 0o644)
      let sum = try RunningCommand(
        "/usr/bin/sha256sum", ["\(directory.path)/served/lyre"], environment: [:],
        directory: directory.path)
      let hash = String(await sum.result().outputText.prefix(64))
      let url = "file://\(directory.path)/served/lyre"
      let result = try await load(directory, url: url, hash: hash)
      #expect(result.ending == .exited(0) && result.outputText == expected, "\(result.errorText)")
      let other = try await load(directory, url: url, hash: String(repeating: "0", count: 64))
      #expect(other.ending == .exited(127))
      #expect(other.errorText.contains("has the SHA-256 \(hash) instead of 000"))
      let gone = try await load(directory, url: url + "x", hash: hash)
      #expect(gone.ending == .exited(127))
      #expect(gone.errorText.contains("lyre could not be downloaded from \(url)x"))
    }
  }

  @Test("signed URLs reach lyre in variables; that of the program is in no message")
  func access() async throws {
    try await TemporaryDirectory.with { directory in
      let program =
        "#!/bin/sh\n[ \"$1\" = --version ] && exit\necho \"$1 $2 $LYRE_ACCESS $LYRE_EXECUTOR_INPUT\"\n"
      try directory.write(program, to: "served", mode: 0o644)
      let sum = try RunningCommand(
        "/usr/bin/sha256sum", ["\(directory.path)/served"], environment: [:],
        directory: directory.path)
      let hash = String(await sum.result().outputText.prefix(64))
      func load(_ url: String, _ hash: String) async throws -> RunningCommand.Result {
        var settings = ExportSettings(bucket: "b", version: "1")
        settings.credentials = .grant
        settings.program = .download("s3://b/lyre", sha256: hash)
        let arguments = NodeLoader(settings).arguments(
          description: "{}", run: "r",
          access: .init(grant: "g?1", program: url, executorInput: "{e}"))
        let command = try RunningCommand(
          "/bin/sh", ["-c"] + arguments,
          environment: ["PATH": "/usr/bin:/bin", "TMPDIR": directory.path],
          directory: directory.path)
        return await command.result()
      }
      let good = try await load("file://\(directory.path)/served", hash)
      #expect(good.ending == .exited(0) && good.outputText == "node --json g?1 {e}\n", "\(good)")
      for (url, hash) in [
        ("http://127.0.0.1:9/none?X-Amz-1", hash), ("file://\(directory.path)/served", "00"),
      ] {
        let bad = try await load(url, hash)
        #expect(bad.ending == .exited(127) && bad.errorText.contains("from s3://b/lyre"), "\(bad)")
        #expect(!bad.errorText.contains("X-Amz"))
      }
    }
  }

  @Test("the script has nothing that Argo or Kubernetes would replace")
  func plain() {
    var settings = ExportSettings(bucket: "b", version: "1")
    for credentials in [ExportSettings.Credentials.environment, .grant] {
      settings.credentials = credentials
      for program in [
        ExportSettings.Program.image, .download("http://x", sha256: ""),
        .download("s3://x", sha256: ""),
      ] {
        settings.program = program
        let script = NodeLoader(settings).script
        for part in ["{{", "$(", "$$"] { #expect(!script.contains(part)) }
      }
    }
  }
}
