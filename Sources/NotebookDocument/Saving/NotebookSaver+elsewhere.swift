import Glibc
import SystemSupport

/// Keeps results that their destination does not take.
extension NotebookSaver {
  /// Writes a notebook under a new name beside a file, or to the directory for temporary files.
  ///
  /// It is as private as the file.
  ///
  /// - Returns: its path; nil if it could not be written anywhere.
  static func writeBeside(_ path: String, _ pieces: [ArraySlice<UInt8>]) -> String? {
    let name = path.split(separator: "/").last.map(String.init) ?? "notebook.ipynb"
    let stem = name.hasSuffix(".ipynb") ? String(name.dropLast(6)) : name
    let directory = FilePath.parts(path).directory
    return write(stem, in: [directory.isEmpty ? "/" : directory] + temporary, pieces, like: path)
  }

  /// Writes a result that a pipe or a device did not take to the directory for temporary files.
  ///
  /// - Parameters:
  ///   - document: the notebook with its outputs.
  ///   - name: the file name of the notebook.
  ///   - model: the notebook whose permissions the file gets; without one, only its owner
  ///     can read it.
  /// - Returns: its path; nil if it could not be written anywhere.
  public static func keep(_ document: NotebookDocument, named name: String, like model: String?)
    -> String?
  {
    let stem = name.hasSuffix(".ipynb") ? String(name.dropLast(6)) : name
    return write(stem, in: temporary, document.pieces(), like: model ?? "", mode: 0o600)
  }

  /// The directories for temporary files.
  private static var temporary: [String] {
    [getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp", "/tmp"]
  }

  private static func write(
    _ stem: String, in directories: [String], _ pieces: [ArraySlice<UInt8>], like model: String,
    mode: UInt32 = 0o666
  ) -> String? {
    for place in directories {
      for number in 0..<100 {
        let candidate = "\(place)/\(stem).lyre\(number == 0 ? "" : "-\(number)").ipynb"
        do throws(WriteFailure) {
          if try DurableFile(candidate).create(pieces, like: model, mode: mode) { return candidate }
        } catch {
          break
        }
      }
    }
    return nil
  }
}
