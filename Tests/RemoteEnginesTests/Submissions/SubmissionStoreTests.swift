import Glibc
import JSONCore
import KernelTesting
import RemoteEngines
import Testing

@Suite("Submissions as they are remembered")
struct SubmissionStoreTests {
  private func submission(_ run: String) -> Submission {
    var submission = Submission(
      engine: "kfp", runtime: "team", api: "http://kfp/pipeline", run: run, name: "weather-1",
      page: "http://kfp/#/runs/details/\(run)", pipeline: "/x/weather.pipeline", digest: "ab",
      submitted: 1_796_025_600_000_000_000,
      nodes: [
        SubmittedNode(
          id: "a", label: "Load", task: "load", file: "load.ipynb", digest: "cd",
          results: "weather/\(run)/.lyre/a"),
        SubmittedNode(id: "b", label: "Fit", task: "fit", parents: [0]),
      ])
    submission.endpoint = "http://minio:9000"
    submission.bucket = "pipelines"
    submission.prefix = "weather/\(run)"
    return submission
  }

  @Test(
    "are found by number, by the engine's id and as the last one; only their owner can read them")
  func find() throws {
    try TemporaryDirectory.with { directory in
      let store = SubmissionStore(directory: directory.path("state"))
      #expect(store.all() == [] && store.find("last") == nil)
      let first = try store.add(submission("r1"))
      let second = try store.add(submission("r2"))
      #expect([first.number, second.number] == [1, 2])
      #expect(store.find("1") == first && store.find("r1") == first)
      #expect(store.find("last") == second && store.all() == [second, first])
      #expect(store.find("3") == nil && store.find("../1") == nil)
      var status = stat()
      #expect(stat(directory.path("state/submissions/1.json"), &status) == 0)
      #expect(status.st_mode & 0o777 == 0o600)
    }
  }

  @Test("a run is remembered before it is submitted, and forgotten if it was not")
  func ahead() throws {
    try TemporaryDirectory.with { directory in
      let store = SubmissionStore(directory: directory.path)
      var run = submission("p-1")
      (run.engine, run.runtime, run.folder) = ("slurm", nil, "/x/.lyre/p-1")
      run.storage = ["endpoint": "http://minio:9000", "profile": "team"]
      let first = try store.addAhead(run)
      #expect(store.find("1") == first && first.folder == "/x/.lyre/p-1")
      store.forget(first)
      #expect(store.all() == [])
      try directory.write("", to: "file")
      #expect {
        try SubmissionStore(directory: directory.path("file")).addAhead(run)
      } throws: {
        ($0 as? EngineError)?.message.contains("and was not submitted") == true
      }
    }
  }

  @Test("damaged files and those of a newer version are left out, and are not overwritten")
  func damaged() throws {
    try TemporaryDirectory.with { directory in
      let store = SubmissionStore(directory: directory.path)
      try directory.write("{", to: "submissions/1.json")
      var newer = try #require(submission("r").json.object)
      newer["version"] = 2
      try directory.write(JSONValue.object(newer).serialized(), to: "submissions/2.json")
      #expect(store.all() == [])
      #expect(try store.add(submission("r")).number == 3)
      #expect(try directory.read("submissions/1.json") == Array("{".utf8))
    }
  }

  @Test("a folder that cannot be written is an error that says how to go on")
  func unwritable() throws {
    try TemporaryDirectory.with { directory in
      try directory.write("", to: "submissions")
      let store = SubmissionStore(directory: directory.path)
      let error = #expect(throws: EngineError.self) { try store.add(submission("r")) }
      #expect(error?.kind == .file)
      #expect(error?.message.contains("The run goes on") == true)
    }
  }
}
