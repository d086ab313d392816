import KernelTesting
import SystemSupport
import Testing

@testable import RemoteEngines

@Suite("Delivery of DAGs to a folder")
struct DAGFolderTests {
  private func file(_ text: String) -> DAGFile {
    DAGFile(
      name: "weather.py", Array("# weather: made by Lyre from x\n\(text)".utf8),
      mark: ": made by Lyre from ")
  }

  private func failure(_ body: () throws -> DeliveredDAG) -> EngineError? {
    do {
      _ = try body()
      return nil
    } catch {
      return error as? EngineError
    }
  }

  @Test("a file is created, replaced, or left alone")
  func changes() throws {
    try TemporaryDirectory.with { directory in
      let folder = directory.path
      let place = "\(folder)/weather.py"
      let first = try DAGFolder(folder).deliver(file("1"))
      #expect(first == DeliveredDAG(change: .created, place: place))
      #expect(try DAGFolder(folder).deliver(file("2")).change == .updated)
      #expect(try DAGFolder(folder).deliver(file("2")).change == .unchanged)
      #expect(try fileContent(place) == file("2").content)
      // Airflow would read what is left behind.
      #expect(FilePath.names(in: folder) == ["weather.py"])
    }
  }

  @Test("a file of somebody else is replaced only on demand")
  func others() throws {
    try TemporaryDirectory.with { directory in
      let folder = directory.path
      let place = "\(folder)/weather.py"
      // Only the first line tells who wrote a file.
      for text in ["print(1)\n", "x = 1\n# weather: made by Lyre from x\n", ""] {
        try directory.write(text, to: "weather.py")
        let error = failure { try DAGFolder(folder).deliver(file("1")) }
        #expect(error?.kind == .conflict && error?.place == place)
        #expect(try String(decoding: fileContent(place), as: UTF8.self) == text)
        #expect(try DAGFolder(folder).deliver(file("1"), overwrites: true).change == .updated)
      }
    }
  }

  @Test("a folder that does not exist is not created, and a folder in the file's place is an error")
  func missing() throws {
    try TemporaryDirectory.with { directory in
      let folder = directory.path
      #expect(failure { try DAGFolder("\(folder)/none").deliver(file("1")) }?.kind == .missing)
      try directory.makeDirectory("weather.py")
      #expect(failure { try DAGFolder(folder).deliver(file("1")) }?.kind == .file)
    }
  }
}
