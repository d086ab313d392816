import Glibc
import JSONCore
import SystemSupport

/// The runs that were submitted from this machine: a small file for each, beside the record of runs.
package struct SubmissionStore: Sendable {
  private let folder: String

  /// - Parameter directory: the folder of the record of runs.
  package init(directory: String) { folder = "\(directory)/submissions" }

  /// Stores a submission under the next number.
  ///
  /// - Returns: the submission with its number.
  /// - Throws: ``EngineError`` if it cannot be written.
  package func add(_ submission: Submission) throws(EngineError) -> Submission {
    do throws(SystemError) {
      return try store(submission)
    } catch {
      throw EngineError(
        .file,
        "the submission cannot be remembered: \(error). The run goes on: `lyre pipeline follow "
          + "\(submission.run) --runtime-config \(submission.runtime ?? "NAME")`",
        place: folder)
    }
  }

  /// Stores a run that is going to be submitted under the next number.
  ///
  /// - Returns: the submission with its number.
  /// - Throws: ``EngineError`` if it cannot be written; then it must not be submitted.
  package func addAhead(_ submission: Submission) throws(EngineError) -> Submission {
    do throws(SystemError) {
      return try store(submission)
    } catch {
      throw EngineError(
        .file, "the run cannot be remembered, and was not submitted: \(error)", place: folder)
    }
  }

  /// Forgets a run that was not submitted after all.
  package func forget(_ submission: Submission) { unlink(path(submission.number)) }

  private func path(_ number: Int) -> String { "\(folder)/\(number).json" }

  private func store(_ submission: Submission) throws(SystemError) -> Submission {
    var result = submission
    let text = submission.json.serialized(.pretty) + [0x0A]
    try FilePath.makeDirectories(folder, mode: 0o700)
    result.number = (numbers.max() ?? 0) + 1
    while true {
      do throws(SystemError) {
        try createPrivateFile(path(result.number), [text[...]], isDurable: true)
        return result
      } catch {
        // Another program was faster.
        guard error.number == EEXIST else { throw error }
        result.number += 1
      }
    }
  }

  /// All submissions, newest first; files that are damaged or of a newer version are left out.
  package func all() -> [Submission] { numbers.sorted(by: >).compactMap(submission) }

  /// The submission with a number, or with the engine's id of its run, or the newest one for `last`.
  ///
  /// - Returns: nil if there is none.
  package func find(_ text: String) -> Submission? {
    if text == "last" { return numbers.sorted(by: >).lazy.compactMap(submission).first }
    if let number = Int(text), let found = submission(number) { return found }
    return all().first { $0.run == text }
  }

  private var numbers: [Int] {
    FilePath.names(in: folder).compactMap { name in
      name.hasSuffix(".json") ? Int(name.dropLast(5)) : nil
    }
  }

  private func submission(_ number: Int) -> Submission? {
    guard number > 0,
      let bytes = try? fileContent(path(number), maximum: 16 << 20),
      let json = try? JSONValue(parsing: bytes)
    else { return nil }
    return Submission(json: json, number: number)
  }
}
