import JSONCore
import NotebookDocument
import NotebookParameters
import Pipelines
import SystemSupport

/// What a notebook or script says of itself: the variables of the environment that it reads, its
/// parameters, its kernel.
struct FileFacts {
  /// The largest file that is read for this, in bytes.
  private static let mostBytes = 64 << 20

  private(set) var environment: [String] = []
  private(set) var parameters: [DeclaredParameter] = []
  private(set) var kernel: String?

  /// Reads a file; a file that cannot be read says nothing.
  init(_ path: String) {
    guard let bytes = try? fileContent(path, maximum: FileFacts.mostBytes) else { return }
    guard PipelinePath.suffix(path) == "ipynb" else {
      environment = EnvironmentNames.names(in: String(decoding: bytes, as: UTF8.self))
      return
    }
    guard let notebook = try? NotebookDocument(bytes) else { return }
    let code = notebook.cells.filter { $0.kind == .code }
    environment = EnvironmentNames.names(in: code.map(\.source).joined(separator: "\n"))
    kernel = notebook.metadata("kernelspec", "name")?.string
    if let cell = notebook.parametersCell, let translator = try? Translator(for: notebook) {
      parameters = translator.declarations(in: cell.source) ?? []
    }
  }
}

/// Finds the variables of the environment that code reads.
enum EnvironmentNames {
  /// What stands before a quoted name, in Python, R, JavaScript, Ruby, Java and others.
  private static let beginnings = [
    "environ[", "environ.get(", "environ.setdefault(", "environ.pop(", "getenv(", "Sys.getenv(",
    "Sys.setenv(", "process.env[", "Deno.env.get(", "ENV[", "ENV.fetch(",
  ].map { Array($0.utf8) }

  /// The names, in the order in which they appear.
  static func names(in code: String) -> [String] {
    let bytes = Array(code.utf8)
    var found: [(place: Int, name: String)] = []
    for beginning in beginnings {
      var start = 0
      while let place = next(beginning, in: bytes, from: start) {
        start = place + beginning.count
        if let name = quoted(bytes, from: start) { found.append((place, name)) }
      }
    }
    var seen: Set<String> = []
    return found.sorted { $0.place < $1.place }.map(\.name).filter { seen.insert($0).inserted }
  }

  private static func next(_ text: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    var place = start
    while place + text.count <= bytes.count {
      guard let first = bytes[place...].firstIndex(of: text[0]), first + text.count <= bytes.count
      else { return nil }
      if bytes[first..<first + text.count].elementsEqual(text) { return first }
      place = first + 1
    }
    return nil
  }

  /// The name between quotes at a place.
  private static func quoted(_ bytes: [UInt8], from start: Int) -> String? {
    let rest = bytes[start...].drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
    guard let quote = rest.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else {
      return nil
    }
    let name = rest.dropFirst().prefix { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    guard let first = name.first, !(0x30...0x39).contains(first), name.count <= 256,
      name.endIndex < bytes.endIndex, bytes[name.endIndex] == quote
    else { return nil }
    return String(decoding: name, as: UTF8.self)
  }
}
