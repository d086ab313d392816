import ObjectStorage
import RemoteEngines
import SystemSupport

extension RunBucket: RunFiles {
  func list() async throws(ExitRequest) -> [RunFile] {
    try await EngineFailure.reportedStorage { () throws(ObjectStorageError) in try await files() }
  }

  func fetch(_ file: RunFile, to path: String) async throws(ExitRequest) {
    try await EngineFailure.reportedStorage { () throws(ObjectStorageError) in
      try await fetch(file, toFile: path)
    }
  }

  func isSame(_ file: RunFile, as path: String) async throws(ExitRequest) -> Bool {
    let content = try? fileContent(path, maximum: file.size)
    guard let content, content.count == file.size else { return false }
    return try await EngineFailure.reportedStorage { () throws(ObjectStorageError) in
      try await self.content(of: file.name, maximum: max(file.size, 1)) == content
    }
  }
}
