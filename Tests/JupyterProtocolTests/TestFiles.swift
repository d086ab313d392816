import Glibc
import JSONCore
import JupyterProtocol
import Testing

/// The files of the tests: vectors beside the tests, and the corpus beside the repository.
enum TestFiles {
  /// This folder.
  static let folder = String(#filePath.prefix(upTo: #filePath.lastIndex(of: "/") ?? "".endIndex))

  /// The folder of the transcripts of real kernels.
  static let transcripts = folder + "/../../../shared/corpus/transcripts"

  /// A file's bytes; nil if it cannot be read.
  static func bytes(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
      bytes += chunk[..<count]
    }
    return ferror(file) == 0 ? bytes : nil
  }

  /// The names of the files in a folder, in order; none if the folder does not exist.
  static func names(in path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  /// The vectors with this name; see `Vectors/make_vectors.py`.
  static func vectors(_ name: String) throws -> [JSONValue] {
    let bytes = try #require(TestFiles.bytes("\(folder)/Vectors/\(name).json"))
    return try #require(try JSONValue(parsing: bytes).array)
  }
}

/// The bytes of hexadecimal digits.
func bytes(hexadecimal text: String?) throws -> [UInt8] {
  let digits = try #require(text).utf8.map { UInt8($0 & 0xF) + ($0 >> 6) * 9 }
  return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

extension Message {
  /// A kernel's message for tests: its content, and its parent's id.
  init(
    _ type: MessageType, _ content: JSONValue = [:], parent: String? = nil, id: String = "k",
    metadata: JSONObject = [:], date: String? = nil
  ) {
    func header(_ type: MessageType, _ id: String, _ date: String?) -> MessageHeader {
      MessageHeader(
        messageID: id, session: "s", username: "u", date: date, messageType: type, version: "5.3")
    }
    self.init(
      header: header(type, id, date), parentHeader: parent.map { header("", $0, nil) },
      metadata: metadata, content: content)
  }
}
