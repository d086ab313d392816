import Glibc
import KernelTesting
import RealKernels

/// A window of tmux for a test: a real terminal, which wraps, scrolls and can be resized.
final class Tmux {
  static let isInstalled = access("/usr/bin/tmux", X_OK) == 0
  static let missing = "needs tmux"

  private let socket: String

  /// Starts a shell in a window.
  ///
  /// - Parameter prompt: what the shell prints when it waits for a command.
  init(_ lyre: Lyre, columns: Int, rows: Int, environment: [String: String] = [:]) throws {
    socket = lyre.directory.path("tmux")
    var all = [
      "PATH": "/usr/bin:/bin", "HOME": lyre.directory.path, "JUPYTER_PATH": lyre.kernel.jupyterPath,
      "TMPDIR": lyre.directory.path, "LANG": "C.UTF-8", "LYRE": try BuiltProduct.path("lyre"),
      "PS1": "ready> ", "SHELL": "/bin/sh",
    ]
    all.merge(environment) { $1 }
    let variables = all.sorted { $0.key < $1.key }.map { "\($0)='\($1)'" }.joined(separator: " ")
    try lyre.directory.write("set -g status off\nset -s escape-time 0\n", to: "tmux.conf")
    let failure = output(
      "cd '\(lyre.directory.path)' && env -i \(variables) tmux -S '\(socket)' -f tmux.conf"
        + " new-session -d -x \(columns) -y \(rows) 'bash --norc --noprofile'")
    guard failure.isEmpty else { throw RunningCommand.StartError(description: failure) }
  }

  deinit { tell("kill-server") }

  /// Types a line, or keys by their names in tmux.
  func type(_ line: String) {
    tell("send-keys -l '\(line.replacing("'", with: "'\\''"))'")
    tell("send-keys Enter")
  }

  func press(_ key: String) { tell("send-keys \(key)") }

  func resize(columns: Int, rows: Int) { tell("resize-window -x \(columns) -y \(rows)") }

  /// The lines of the window, without empty ones at its end.
  var screen: [String] { lines("capture-pane -p") }

  /// The same with the lines that have been scrolled out of it.
  var all: [String] { lines("capture-pane -p -S -") }

  /// Whether the cursor is visible.
  var showsCursor: Bool { tell("display-message -p '#{cursor_flag}'") == "1\n" }

  /// Whether long lines are wrapped.
  var wraps: Bool { tell("display-message -p '#{wrap_flag}'") == "1\n" }

  private func lines(_ command: String) -> [String] {
    var lines = tell(command).split(separator: "\n", omittingEmptySubsequences: false)
    while lines.last?.isEmpty ?? false { lines.removeLast() }
    return lines.map(String.init)
  }

  @discardableResult
  private func tell(_ command: String) -> String { output("tmux -S '\(socket)' \(command)") }

  private func output(_ command: String) -> String {
    guard let stream = popen("LANG=C.UTF-8 \(command) 2>&1", "r") else { return "no process" }
    defer { pclose(stream) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 {
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
