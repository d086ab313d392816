import Glibc
import Pipelines
import Processes
import RunRecord
import RunViews
import Synchronization
import SystemSupport
import WebInterface

/// The server of `lyre ui`, from its options to its end.
struct UIService {
  private let place: WebServer.Place
  private let token: AccessToken?
  private let opens: Bool
  private let settings: WebSettings

  init(_ options: UIOptions) throws(UsageError) {
    guard options.port == nil || options.socket == nil else {
      throw UsageError(message: "use only one of --port and --socket")
    }
    guard !options.noToken || options.socket != nil else {
      throw UsageError(message: "--no-token requires --socket: any user can connect to a port")
    }
    guard !options.noToken || options.token == nil else {
      throw UsageError(message: "use only one of --token and --no-token")
    }
    guard options.socket == nil || options.token == nil else {
      throw UsageError(message: "--socket needs no token: access to the socket is the proof")
    }
    if let port = options.port, !(0...65_535).contains(port) {
      throw UsageError(message: "--port must be from 0 to 65535")
    }
    guard !options.open || options.socket == nil else {
      throw UsageError(message: "--open requires a port: browsers cannot open a socket")
    }
    if let assets = options.assets, !FilePath.isFile("\(assets)/index.html") {
      throw UsageError(message: "--assets: '\(assets)' has no index.html")
    }
    place = options.socket.map { .socket(FilePath.absolute($0)) } ?? .port(options.port ?? 0)
    if options.socket != nil {
      token = nil
    } else if let text = options.token ?? EnvironmentBlock.inherited.texts["LYRE_UI_TOKEN"] {
      guard let chosen = AccessToken(text) else {
        let name = options.token == nil ? "LYRE_UI_TOKEN" : "--token"
        throw UsageError(
          message: "\(name): expected at least 16 letters, digits, '-', '.', '_' or '~'")
      }
      token = chosen
    } else {
      token = AccessToken()
    }
    opens = options.open
    settings = try UIService.settings(options)
  }

  /// What is served, for the folder, pipeline or run that is named.
  private static func settings(_ options: UIOptions) throws(UsageError) -> WebSettings {
    let here = FilePath.currentDirectory
    let subject = options.subject ?? here
    var (folder, pipeline, run): (String, String?, String?) = (here, nil, nil)
    if FilePath.isDirectory(subject) {
      folder = subject
    } else if subject.hasSuffix(".pipeline") {
      guard FilePath.isFile(subject) else {
        throw UsageError(message: "there is no file '\(subject)'")
      }
      pipeline = FilePath.real(subject)
    } else if FilePath.exists(subject) {
      throw UsageError(
        message: "'\(subject)' is neither a folder, a pipeline nor a run; lyre report writes a "
          + "notebook as a page")
    } else {
      run = subject
    }
    guard var served = ServedFolder(folder) else {
      throw UsageError(message: "there is no folder '\(folder)'")
    }
    if let file = pipeline, served.relative(file) == nil,
      let other = ServedFolder(PipelinePath.folder(file))
    {
      served = other
    }
    var settings = WebSettings(
      folder: served, stateDirectory: options.record.stateDirectory, version: LyreVersion.text)
    settings.pipeline = pipeline.flatMap(served.relative)
    settings.run = run
    settings.assets = options.assets
    return settings
  }

  /// Serves until a signal, and returns the exit code.
  func run() async -> ExitCode {
    var settings = settings
    if let name = settings.run {
      guard let found = found(name) else { return .unusableInput }
      settings.run = found
    }
    let runs = StartedRuns()
    let server = WebServer(at: place)
    let (signals, continuation) = AsyncStream.makeStream(of: Int32.self)
    Signals.handle { continuation.yield($0) }
    let (token, opens, ready) = (token, opens, settings)
    return await withTaskGroup(of: ExitCode?.self) { group in
      group.addTask {
        do {
          try await server.run { port in
            WebSite(AccessRules(token.map { .token($0, port: port) } ?? .socket), ready, runs)
          } started: { port in
            await started(port, opens: opens)
          }
        } catch {
          Printer.shared.log("\("error:", .red) \("\(error)")")
          return .unusableInput
        }
        return nil
      }
      group.addTask {
        var isFirst = true
        return await withTaskGroup(of: Void.self) { stops in
          for await _ in signals {
            runs.interruptAll()
            guard isFirst else { continue }
            isFirst = false
            stops.addTask {
              await runs.waitForAll()
              continuation.finish()
            }
          }
          return .success
        }
      }
      var code: ExitCode?
      while code == nil, let next = await group.next() { code = next }
      group.cancelAll()
      return code ?? .success
    }
  }

  /// The name of a run, if there is one; reports the error if not.
  private func found(_ name: String) -> String? {
    do throws(HistoryError) {
      let history = try PipelineHistory.reading(settings.stateDirectory)
      return try RecordedRuns(settings.stateDirectory, pipelines: history).find(name).name
    } catch {
      Printer.shared.log("\("error:", .red) \(error)")
      return nil
    }
  }

  private func started(_ port: Int, opens: Bool) async {
    if case .socket(let path) = place {
      return Printer.shared.log("Serving '\(settings.folder.root)' on the socket '\(path)'.")
    }
    let address = "http://127.0.0.1:\(port)/?token=\(token?.text ?? "")"
    Printer.shared.log("Serving '\(settings.folder.root)'. Ctrl-C ends the server. Open this page:")
    Printer.shared.print("\(address)")
    if opens, let problem = await onOwnThread({ BrowserLaunch.open(address) }) {
      Printer.shared.log("\("warning:", .yellow) the browser was not opened: \(problem)")
    }
  }
}
