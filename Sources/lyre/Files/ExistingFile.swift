import Glibc
import JSONCore
import NotebookDocument
import SystemSupport

/// The kind of an existing file, determined from its content, so that no report replaces it by
/// mistake.
enum ExistingFile: Sendable, Hashable {
  /// There is no file, or it is empty.
  case nothing
  case notebook
  case pipeline
  case eventLog
  /// Another kind of file, or one that cannot be read.
  case other

  /// The maximum number of bytes to read for this.
  private static let limit = 64 << 20

  init(_ path: String) {
    do throws(SystemError) {
      self.init(content: try fileContent(path, maximum: ExistingFile.limit))
    } catch {
      guard error.number == EFBIG else {
        self = .other
        return
      }
      // Too large to read for this: the first line identifies an event log, the name a notebook.
      self.init(content: ExistingFile.beginning(of: path))
      if self == .other, path.hasSuffix(".ipynb") { self = .notebook }
    }
  }

  private static func beginning(of path: String) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    return [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in
      count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
    }
  }

  init(content: [UInt8]) {
    let blank: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]
    guard let start = content.firstIndex(where: { !blank.contains($0) }) else {
      self = .nothing
      return
    }
    self = .other
    guard content[start] == UInt8(ascii: "{") else { return }
    let line = content[start...].prefix { $0 != 0x0A }
    if let event = try? JSONValue(parsing: Array(line)), event["event"]?.string != nil,
      event["seq"]?.int != nil, event["time"]?.string != nil
    {
      self = .eventLog
    } else if let value = try? JSONValue(parsing: content) {
      if value["nbformat"]?.int != nil || value["cells"]?.array != nil {
        self = .notebook
      } else if value["pipelines"]?.array != nil || value["doc_type"]?.string == "pipeline" {
        self = .pipeline
      }
    }
  }

  /// The kind in messages, such as `a notebook`; nil for kinds without a name.
  var name: String? {
    switch self {
    case .notebook: "a notebook"
    case .pipeline: "a pipeline"
    case .eventLog: "an event log"
    case .nothing, .other: nil
    }
  }
}
