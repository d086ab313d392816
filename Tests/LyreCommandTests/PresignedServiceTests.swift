import Glibc
import JSONCore
import KernelTesting
import ObjectStorage
import RealKernels
import Testing

@Suite(
  "lyre pipeline submit --presigned, to a server whose runs are real", .serialized,
  .timeLimit(.minutes(5)),
  .enabled(if: Services.has("seaweedfs"), "needs SeaweedFS"),
  .enabled(if: RealKernels.has("python3"), Comment(rawValue: RealKernels.missing)))
struct PresignedServiceTests {
  /// A notebook, a script behind it, and another one behind both, which exchange files and folders.
  private func make(_ lyre: Lyre, image: String = "any/image:1") throws {
    try lyre.pythonNotebook(
      [
        """
        import os
        os.makedirs('parts/deep', exist_ok=True)
        for name in ['a.csv', 'b.csv']: open('parts/' + name, 'w').write(name)
        open('parts/deep/c.txt', 'w').write('c')
        open('notes.md', 'w').write('made')
        """, "print('LYRE_ACCESS' in os.environ, 'LYRE_EXECUTOR_INPUT' in os.environ)",
      ], to: "load.ipynb")
    try lyre.script(
      "count.sh",
      "cat parts/a.csv parts/b.csv parts/deep/c.txt > all.txt; cat all.txt; echo\n"
        // Only with the shell, which is all that the image has.
        + "has() {\n  found=no\n  while IFS= read -r line || [ -n \"$line\" ]; do\n"
        + "    case $line in *\"$1\"*) found=yes;; esac\n  done\n  echo $found\n}\n"
        + "has node < /proc/$PPID/cmdline\n"
        + "has X-Amz < /proc/$PPID/cmdline\nhas access.json < /proc/$PPID/cmdline\n"
        + "has X-Amz < /proc/$PPID/environ\nexport -p | has LYRE_ACCESS\n"
    )
    try lyre.script("end.sh", "cat all.txt notes.md; echo")
    try lyre.pipeline([
      .init(file: "load.ipynb", outputs: ["parts", "*.md"], image: image),
      .init(file: "count.sh", parents: ["load.ipynb"], outputs: ["all.txt"], image: image),
      .init(file: "end.sh", parents: ["count.sh"], image: image),
    ])
  }

  @Test("a run without credentials has the files, events and results of any other")
  func whole() async throws {
    try await SubmittedPipeline.with(hasCredentials: false) { try await whole($0) }
  }

  @Test(
    "the same with real containers",
    .enabled(if: Elsewhere.has("docker"), Comment(rawValue: Elsewhere.missing)))
  func containers() async throws {
    try await SubmittedPipeline.with(starter: containers) {
      try await whole($0, image: Elsewhere.python)
    }
  }

  private func containers(_ lyre: Lyre) throws -> KubeflowStub.Starter {
    try SubmittedPipeline.containers(lyre)
  }

  private func whole(_ submitted: SubmittedPipeline, image: String = "any/image:1") async throws {
    let lyre = submitted.lyre
    try make(lyre, image: image)
    let outcome = try await submitted.submit([
      "--presigned-for", "1h", "--follow", "-v", "--events", "e.ndjson",
    ])
    #expect(outcome.code == 0, "\(outcome)")
    #expect(
      outcome.output
        == "load.ipynb | False False\ncount.sh | a.csvb.csvc\ncount.sh | yes\n"
        + String(repeating: "count.sh | no\n", count: 4) + "end.sh | a.csvb.csvcmade\n")
    #expect(outcome.errors.contains("  presigned URLs: until 20"), "\(outcome)")
    let kinds = submitted.kinds("e.ndjson")
    #expect(kinds.filter { $0 == "node_finished" }.count == 3)
    #expect(kinds.filter { $0 == "cell_finished" }.count == 2)
    let listed = try await submitted.run(["results", "last"])
    let names = listed.output.split(separator: "\n").compactMap { $0.split(separator: " ").first }
    #expect(
      names == [
        "all.txt", "count.log", "end.log", "load.html", "load.ipynb", "notes.md", "parts/a.csv",
        "parts/b.csv", "parts/deep/c.txt",
      ], "\(listed)")
    let into = try await submitted.run(["results", "1", "--into-notebooks"])
    #expect(into.code == 0 && into.output.hasSuffix("load.ipynb\n"), "\(into)")
    try await isSecret(submitted, outcome)
  }

  /// Checks that no signature is anywhere but in the run's parameter and in the list that it leads to.
  private func isSecret(_ submitted: SubmittedPipeline, _ outcome: Lyre.Outcome) async throws {
    let run = try #require(submitted.stub.runs.first)
    let url = try #require(run.parameters["lyre_access"]?.string)
    #expect(url.contains("/.lyre/access.json?X-Amz-Algorithm=AWS4-HMAC-SHA256"))
    #expect(!"\(run.spec)".contains("X-Amz") && !"\(run.spec)".contains("AWS_SECRET"))
    let signature = String(url.suffix(64))
    var others = 0
    for key in try await submitted.keys() {
      let bytes = try await submitted.store.get(
        ObjectLocation(bucket: submitted.bucket, key: key))
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(!text.contains(signature) && !text.contains(SubmittedPipeline.secret), "\(key)")
      if key.hasSuffix("/.lyre/access.json") {
        others += 1
        #expect(text.contains("x-amz-signature"))
      } else {
        #expect(!text.contains("X-Amz-Signature") && !text.contains("x-amz-signature"), "\(key)")
      }
    }
    #expect(others == 1)
    #expect(!"\(outcome)".contains("X-Amz"))
    let found = try await submitted.lyre.shell("grep -rl X-Amz .local e.ndjson; true")
    #expect(found.output == "")
  }

  @Test("what a node of Kubeflow's retries leaves is beside its first start, also with --presigned")
  func retried() async throws {
    try await SubmittedPipeline.with(hasCredentials: false) { submitted in
      let lyre = submitted.lyre
      let once = lyre.directory.path("once")
      try lyre.script("a.sh", "echo a; test -e '\(once)' || { touch '\(once)'; exit 3; }")
      try lyre.pipeline([.init(file: "a.sh", properties: ["retries": 1, "retry_delay": 0])])
      let outcome = try await submitted.submit(["--presigned", "--follow", "--json", "-q"])
      #expect(outcome.code == 0, "\(outcome)")
      let json = try JSONValue(parsing: Array(outcome.output.utf8))
      #expect(json["presigned_until"]?.string?.hasPrefix("20") == true)
      let keys = try await submitted.keys("p/")
      #expect(keys.contains { $0.hasSuffix("/.lyre/a.sh/ending.json") })
      #expect(keys.contains { $0.hasSuffix("/.lyre/a.sh/attempt-2/ending.json") })
    }
  }

  @Test("after their end: the node, follow and retry say until when the URLs held")
  func expiry() async throws {
    try await SubmittedPipeline.with(hasCredentials: false) { submitted in
      let lyre = submitted.lyre
      let go = lyre.directory.path("go")
      try lyre.script("a.sh", "until test -e '\(go)'; do sleep 0.02; done; exit 1")
      try lyre.pipeline([.init(file: "a.sh")])
      let command = try submitted.start([
        "submit", "p.pipeline", "--runtime-config", "team", "--presigned-for", "6", "--follow",
      ])
      #expect(await command.hasWritten("  presigned URLs: until "))
      let text = command.errorsSoFar
      let start = try #require(text.firstRange(of: "presigned URLs: until ")).upperBound
      let until = String(text[start...].prefix(23))
      let end = try #require(JSONDate.nanoseconds(until.replacing(" UTC", with: "Z")))
      #expect(await eventually { wallNanoseconds() > end + 1_000_000_000 })
      try lyre.directory.write("", to: "go")
      let outcome = Lyre.Outcome(await command.result())
      #expect(outcome.code == 1, "\(outcome)")
      let said =
        "the presigned URLs of the run held until \(until), and its nodes can neither read nor write files "
        + "since then. Submit the pipeline again, with a longer --presigned-for, or with --secret instead "
        + "of --presigned."
      #expect(outcome.errors.contains("warning: \(said)\n"), "\(outcome)")
      let retried = try await submitted.run(["retry", "last"])
      #expect(retried == .init(2, errors: "error: \(said)\n"))
    }
  }

  /// The time of the day, in nanoseconds since 1970-01-01 00:00 UTC.
  private func wallNanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  @Test("a storage without forms is found out before anything runs, with what to do")
  func withoutForms() async throws {
    let port = UInt16(Services.variable("LYRE_S3_SEAWEEDFS").split(separator: ":").last ?? "") ?? 0
    try await TestServer.with { request, _ in
      guard request.method == "POST" else { return .pass(port: port) }
      return .reply(
        .init(
          501, "<Error><Code>NotImplemented</Code><Message>No forms here.</Message></Error>",
          [("content-type", "application/xml")]))
    } run: { storage in
      try await SubmittedPipeline.with(storage: storage.url) { submitted in
        try submitted.lyre.script("a.sh", "true")
        try submitted.lyre.pipeline([.init(file: "a.sh")])
        let outcome = try await submitted.submit(["--presigned"])
        #expect(outcome.code == 2, "\(outcome)")
        #expect(
          outcome.errors.contains(
            "the storage takes no object by a signed form (POST), as --presigned needs: could not be "
              + "written: No forms here"), "\(outcome)")
        #expect(outcome.errors.contains("Name a secret of the cluster with --secret"))
        #expect(submitted.stub.versions.isEmpty && submitted.stub.runs.isEmpty)
      }
    }
  }

  @Test("lyre in the storage comes to the image with a URL of its own")
  func program() async throws {
    try await SubmittedPipeline.with(hasCredentials: false) { submitted in
      let lyre = submitted.lyre
      // What the nodes call lyre is another program, and is found only there.
      try lyre.directory.write(
        "#!/bin/sh\n[ \"$1\" = --version ] && exit\necho \"$1 $LYRE_ACCESS\" > '\(lyre.directory.path("ran"))'\n",
        to: "program")
      let sum = try await lyre.shell("sha256sum program; rm bin/lyre")
      _ = try await submitted.store.put(
        file: lyre.directory.path("program"),
        to: ObjectLocation(bucket: submitted.bucket, key: "tools/lyre"))
      try lyre.script("a.sh", "true")
      try lyre.pipeline([.init(file: "a.sh")])
      let options = [
        "--presigned", "--lyre-sha256", String(sum.output.prefix(64)), "--lyre-url",
      ]
      let missing = try await submitted.submit(options + ["s3://\(submitted.bucket)/tools/none"])
      #expect(missing.code == 2 && missing.errors.contains("correct --lyre-url"), "\(missing)")
      let outcome = try await submitted.submit(options + ["s3://\(submitted.bucket)/tools/lyre"])
      #expect(outcome.code == 0, "\(outcome)")
      #expect(await eventually { (try? lyre.text(of: "ran").hasSuffix("\n")) == true })
      let run = try #require(submitted.stub.runs.first)
      #expect(run.parameters["lyre_program"]?.string?.contains("/tools/lyre?X-Amz-") == true)
      let access = try #require(run.parameters["lyre_access"]?.string)
      #expect(try lyre.text(of: "ran") == "node \(access)\n")
      #expect(!"\(run.spec)".contains("X-Amz"))
    }
  }
}
