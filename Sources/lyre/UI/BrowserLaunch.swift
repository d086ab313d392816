import Glibc
import JupyterProtocol
import Processes
import SystemSupport

/// Opens the page in the user's browser.
enum BrowserLaunch {
  /// Opens an address with a secret.
  ///
  /// The browser gets a file of this user that leads to the address, because other users can see the
  /// arguments of processes.
  ///
  /// - Returns: why it could not be opened; nil if the browser was started.
  static func open(_ address: String) -> String? {
    guard let folder = StateDirectory.make("ui") else {
      return "there is no folder for the file that leads to the page"
    }
    for name in FilePath.names(in: folder) where name.hasSuffix(".html") {
      unlink("\(folder)/\(name)")
    }
    let path = "\(folder)/\(hexadecimal(randomBytes(count: 8))).html"
    let page =
      "<!DOCTYPE html><meta charset=\"utf-8\"><title>Lyre</title>"
      + "<meta http-equiv=\"refresh\" content=\"0;url=\(address)\">\n"
    do throws(SystemError) {
      try createPrivateFile(path, [Array(page.utf8)[...]])
    } catch {
      return error.description
    }
    return start("file://\(path)")
  }

  /// The shell ends at once, so that the browser does not belong to this program.
  private static let script = """
    for browser in $(printf %s "$BROWSER" | tr : ' ') xdg-open; do
      if command -v "$browser" >/dev/null; then "$browser" "$1" >/dev/null 2>&1 & exit 0; fi
    done
    exit 1
    """

  private static func start(_ address: String) -> String? {
    let command = ProcessCommand(
      executable: "/bin/sh", arguments: ["sh", "-c", script, "sh", address],
      environment: EnvironmentBlock.inherited.texts)
    let result = LauncherThread.shared.performAndWait {
      ChildProcess.start(command, nil, sparesDescendants: true)
    }
    do throws(ProcessError) {
      let process = try result.get()
      let ended = Semaphore()
      process.whenEnded { _ in ended.signal() }
      guard ended.wait(milliseconds: 5000), process.exitStatus == .exited(0) else {
        return "neither $BROWSER nor xdg-open can be run; open the address by hand"
      }
      return nil
    } catch {
      return "\(error)"
    }
  }
}
