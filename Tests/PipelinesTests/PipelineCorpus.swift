import Glibc
import JSONCore
import RealKernels
import Testing

@testable import Pipelines

/// Real pipelines, which are not part of the repository.
enum PipelineCorpus {
  static let folder = RealKernels.repositoryRoot + "/../shared/corpus/pipelines"
  static let isThere = access(folder, R_OK) == 0

  /// The paths, relative to the corpus, of all pipelines below a folder.
  static func pipelines(in part: String = "") -> [String] {
    var found: [String] = []
    var folders = [part]
    while let below = folders.popLast() {
      guard let stream = opendir("\(folder)/\(below)") else { continue }
      defer { closedir(stream) }
      while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name.hasPrefix(".") { continue }
        let path = below.isEmpty ? name : "\(below)/\(name)"
        if entry.pointee.d_type == DT_DIR { folders.append(path) }
        if name.hasSuffix(".pipeline") || path.contains("sample_pipelines/") { found.append(path) }
      }
    }
    return found.sorted()
  }

  /// The real pipelines, without those created for this project or from other pipelines.
  static var realOnes: [String] {
    pipelines().filter {
      !$0.hasPrefix("migrated-by-elyra/") && !$0.hasPrefix("synthetic/")
    }
  }

  static func bytes(_ path: String) throws -> [UInt8] { try readFile("\(folder)/\(path)") }

  /// The same, without a test failure if it does not exist.
  static func quietBytes(_ path: String) throws -> [UInt8]? {
    access("\(folder)/\(path)", R_OK) == 0 ? try bytes(path) : nil
  }

  static func readFile(_ path: String) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY)
    try #require(descriptor >= 0, "\(path)")
    defer { close(descriptor) }
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      try #require(count >= 0)
      if count == 0 { return content }
      content += buffer[..<count]
    }
  }
}
