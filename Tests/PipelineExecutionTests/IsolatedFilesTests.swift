import Glibc
import JSONCore
import KernelTesting
import Pipelines
import Synchronization
import Testing

@testable import PipelineExecution

@Suite("A node with only the files that it declares")
struct IsolatedFilesTests {
  @Test("gets its dependencies and what earlier nodes produce, and returns what it declares")
  func files() throws {
    try TemporaryDirectory.with { directory in
      for name in [
        "p/n/a.ipynb", "p/n/lib/x.py", "p/n/lib/y.txt", "p/n/hidden.csv", "p/early/made.csv",
        "p/early/other.csv", "p/n/data/1.csv", "p/n/data/deep/2.csv",
      ] { try directory.write(name, to: name) }
      var document = PipelineDocument(name: "p")
      try document.addNode(file: "early/e.py", properties: ["outputs": ["made.csv"]])
      try document.addNode(
        file: "n/a.ipynb",
        properties: ["dependencies": ["lib/*.py", "data"], "outputs": ["out/*.csv", "res"]])
      let nodes = document.pipeline.executableNodes
      let pipeline = "\(directory.path)/p"
      let isolated = IsolatedFiles(
        DeclaredFiles(nodes[1], before: [nodes[0]], pipeline: pipeline), folders: [pipeline],
        copy: "\(directory.path)/copy")
      try isolated.fill()
      let copy = "\(directory.path)/copy/1"
      #expect(
        NodeFiles.files(below: copy).map { String($0.dropFirst(copy.count + 1)) } == [
          "early/made.csv", "n/a.ipynb", "n/data/1.csv", "n/data/deep/2.csv", "n/lib/x.py",
        ])
      for name in ["n/a.ipynb", "n/out/1.csv", "n/res/r/x", "n/secret.txt", "n/__pycache__/c"] {
        try directory.write("new \(name)", to: "copy/1/\(name)")
      }
      let reports = Mutex<[String]>([])
      try isolated.bringBack { report in reports.withLock { $0.append(report) } }
      #expect(try directory.read("p/n/a.ipynb") == Array("new n/a.ipynb".utf8))
      #expect(try directory.read("p/n/out/1.csv") == Array("new n/out/1.csv".utf8))
      #expect(try directory.read("p/n/res/r/x") == Array("new n/res/r/x".utf8))
      #expect(access("\(pipeline)/n/secret.txt", F_OK) != 0)
      #expect(reports.withLock { $0.count } == 1)
      #expect(reports.withLock { $0[0].hasSuffix("no other node gets them: secret.txt") })
    }
  }

  @Test("refuses a dependency outside of what a container sees")
  func outside() throws {
    try TemporaryDirectory.with { directory in
      try directory.write("x", to: "p/a.py")
      try directory.write("x", to: "elsewhere/x.csv")
      var document = PipelineDocument(name: "p")
      try document.addNode(file: "a.py", properties: ["dependencies": ["../elsewhere/x.csv"]])
      let isolated = IsolatedFiles(
        DeclaredFiles(
          document.pipeline.executableNodes[0], before: [], pipeline: "\(directory.path)/p"),
        folders: ["\(directory.path)/p"], copy: "\(directory.path)/copy")
      #expect(throws: TreeCopy.Failure.self) { try isolated.fill() }
    }
  }

  @Test("copies keep links in folders, modes and times, and replace what is there")
  func copies() throws {
    try TemporaryDirectory.with { directory in
      let path = directory.path
      try directory.write("one", to: "a/x.sh")
      chmod("\(path)/a/x.sh", 0o750)
      symlink("x.sh", "\(path)/a/link")
      try directory.write("old", to: "b/x.sh")
      try TreeCopy.copy("\(path)/a", to: "\(path)/b")
      var (before, after) = (stat(), stat())
      stat("\(path)/a/x.sh", &before)
      stat("\(path)/b/x.sh", &after)
      #expect(try directory.read("b/x.sh") == Array("one".utf8))
      #expect(after.st_mode == before.st_mode && after.st_mtim.tv_nsec == before.st_mtim.tv_nsec)
      lstat("\(path)/b/link", &after)
      #expect(after.st_mode & S_IFMT == S_IFLNK)
      #expect(throws: TreeCopy.Failure.self) { try TreeCopy.copy("\(path)/none", to: "\(path)/c") }
    }
  }
}
