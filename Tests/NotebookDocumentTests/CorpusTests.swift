import Glibc
import JSONCore
import NotebookDocument
import RealKernels
import Testing

/// Real notebooks, which are not part of the repository.
enum Corpus {
  static let folder = RealKernels.repositoryRoot + "/../shared/corpus/notebooks"
  static let isThere = access(folder, R_OK) == 0

  /// The paths of all notebooks below a folder of the corpus.
  static func notebooks(in part: String) -> [String] {
    var found: [String] = []
    var folders = ["\(folder)/\(part)"]
    while let folder = folders.popLast() {
      guard let stream = opendir(folder) else { continue }
      defer { closedir(stream) }
      while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name.hasPrefix(".") { continue }
        if entry.pointee.d_type == DT_DIR { folders.append("\(folder)/\(name)") }
        if name.hasSuffix(".ipynb") { found.append("\(folder)/\(name)") }
      }
    }
    return found.sorted()
  }
}

@Suite("Real notebooks", .enabled(if: Corpus.isThere, "needs ../shared/corpus"))
struct CorpusTests {
  @Test("are written back byte for byte, or rejected with a reason")
  func roundTrip() throws {
    var read = 0
    for path in Corpus.notebooks(in: "") {
      let bytes = try NotebookFile(path).read()
      do {
        let document = try NotebookDocument(bytes)
        #expect(document.serialized() == bytes, "\(path)")
        read += 1
      } catch {
        #expect(!error.description.isEmpty)
      }
    }
    #expect(read > 250)
  }

  @Test(
    "have the same bytes as nbformat's when their outputs are set again",
    arguments: Corpus.notebooks(in: "runnable").filter { $0.hasSuffix(".expected.ipynb") })
  func outputs(_ path: String) throws {
    let bytes = try NotebookFile(path).read()
    let original = try NotebookDocument(bytes)
    var cleared = original
    for cell in original.cells where cell.kind == .code {
      cleared.setOutputs([], at: cell.index)
      cleared.setExecutionCount(nil, at: cell.index)
    }
    var again = try NotebookDocument(cleared.serialized())
    for cell in original.cells where cell.kind == .code {
      again.setOutputs(original.outputs(at: cell.index), at: cell.index)
      again.setExecutionCount(cell.executionCount, at: cell.index)
    }
    let written = again.serialized()
    // A file that was never run is not in nbformat's form; all others are.
    let value = try JSONValue(parsing: bytes)
    let isCanonical = value.serialized(.jupyter) + [0x0A] == bytes
    if isCanonical { #expect(written == bytes) }
    #expect(try JSONValue(parsing: written) == value || isCanonical)
  }
}
