import Glibc
import Synchronization

/// A step of writing a file durably: the program may be ended between any two steps, and the system
/// may reject each of them.
///
/// In debug builds tests cause both: `LYRE_TEST_STEPS="kill=7"` ends the program at the seventh
/// step, `"rename=1,reserve=28"` makes steps fail with error numbers. In release builds a step does
/// nothing.
package enum SystemStep: String, Sendable, CaseIterable {
  // A new file under the old name.
  case create, write, attributes, sync, rename, syncDirectory
  // The same file, with a copy.
  case openCopy, writeCopy, syncCopy, openTicket, placeTicket, open, reserve, mark, overwrite
  case truncate, syncContent, unmark, syncFile, removeCopy, removeTicket
  // A journal.
  case openJournal, writeJournal, removeJournal

  #if DEBUG
    /// Steps that fail in a task, with their error numbers.
    @TaskLocal package static var refused: [SystemStep: Int32] = [:]

    private static let count = Atomic<Int>(0)
    private static let environment: (kill: Int?, refused: [SystemStep: Int32]) = {
      guard let text = getenv("LYRE_TEST_STEPS").map({ String(cString: $0) }) else {
        return (nil, [:])
      }
      var refused: [SystemStep: Int32] = [:]
      var kill: Int?
      for part in text.split(separator: ",") {
        let pair = part.split(separator: "=")
        guard pair.count == 2, let number = Int32(pair[1]) else { continue }
        if pair[0] == "kill" { kill = Int(number) }
        if let step = SystemStep(rawValue: String(pair[0])) { refused[step] = number }
      }
      return (kill, refused)
    }()

    /// Marks that the step is next.
    ///
    /// - Throws: ``SystemError`` if a test makes the step fail.
    package func reach() throws(SystemError) {
      if let kill = SystemStep.environment.kill,
        SystemStep.count.add(1, ordering: .relaxed).newValue == kill
      {
        Glibc.kill(getpid(), SIGKILL)
      }
      if let number = SystemStep.refused[self] ?? SystemStep.environment.refused[self] {
        throw SystemError(number)
      }
    }
  #else
    @inline(__always) package func reach() throws(SystemError) {}
  #endif
}
