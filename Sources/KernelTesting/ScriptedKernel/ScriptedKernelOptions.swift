import Glibc
import JSONCore

/// The behaviour of a scripted kernel from its start to its end, apart from its cells.
///
/// Each member is one command line option; ``ScriptedKernel`` lists them.
struct ScriptedKernelOptions: Sendable {
  /// The topic frames of iopub.
  enum Topics: String, Sendable {
    /// As ipykernel's: `kernel.<id>.status`, `stream.stdout`.
    case kernel
    /// The type of the message.
    case type
    /// No topic frame at all.
    case none
  }

  /// The effect of an interrupt.
  enum Interrupt: Sendable, Equatable {
    /// The cell ends with KeyboardInterrupt.
    case error
    /// The cell gets the reply `abort`, and nothing is sent on iopub.
    case abort
    /// The cell ends as if it had finished.
    case ok
    /// No effect.
    case ignore
    /// The process ends with this code, even if no cell is running.
    case exit(Int32)
    /// The process ends by this signal, even if no cell is running.
    case die(Int32)
  }

  /// An error: an unknown option or an invalid value.
  struct Invalid: Error, CustomStringConvertible {
    var description: String
  }

  var connectionFile = ""
  var transcript: String?
  var noteOfStart: String?

  var standardError: String?
  var standardOutput: String?
  var startDelay = 0
  var startEnd: Ending?
  var portTakenUnless: String?
  var iopubIsDeaf = false
  var startChild: Bool?

  var welcomes = true
  var welcomeFaults: [Fault] = []
  var hasStarting = true
  var parentlessStart: String?
  var lostStatuses = 0
  var unansweredInfos = 0
  var infoDelay = 0
  var infoFaults: [Fault] = []
  var infoContent: JSONObject = [:]
  var answersControlInfo = true
  var hasHeartbeat = true

  var topics = Topics.kernel
  var date: String?
  var echoesSession = false

  var prelude = ""
  var interrupt = Interrupt.error
  var interruptReply: JSONValue? = ["status": "ok"]
  var ignoredSignals: Set<Int32> = []
  var abortsQueue = true

  var shutdownReply: JSONValue? = ["status": "ok", "restart": false]
  var exitsOnShutdown = true
  var exitDelay = 0
  var exit = Ending.exit(0)

  /// How a process ends.
  enum Ending: Sendable, Equatable {
    case exit(Int32)
    case signal(Int32)

    init?(_ words: Substring) {
      let number = words.split(separator: " ").last.map(String.init) ?? ""
      if words.hasPrefix("exit") {
        self = .exit(Int32(number) ?? 0)
      } else if let signal = signalNumber(number) {
        self = .signal(signal)
      } else {
        return nil
      }
    }
  }

  init(_ arguments: [String]) throws(Invalid) {
    var rest = arguments[...]
    while let name = rest.popFirst() {
      func value() throws(Invalid) -> String {
        guard let value = rest.popFirst() else {
          throw Invalid(description: "\(name) needs a value")
        }
        return value
      }
      func number() throws(Invalid) -> Int {
        let text = try value()
        guard let number = Int(text) else {
          throw Invalid(description: "\(name): '\(text)' is not a number")
        }
        return number
      }
      func ending() throws(Invalid) -> Ending {
        let text = try value()
        guard let ending = Ending(Substring(text)) else {
          throw Invalid(description: "\(name): '\(text)' is neither 'exit CODE' nor a signal")
        }
        return ending
      }
      func json() throws(Invalid) -> JSONValue {
        let text = try value()
        do {
          return try JSONValue(parsing: Array(text.utf8))
        } catch {
          throw Invalid(description: "\(name): \(error)")
        }
      }
      func faults() throws(Invalid) -> [Fault] {
        let text = try value()
        guard let faults = Fault.list(text[...]) else {
          throw Invalid(description: "\(name): '\(text)' is not a list of faults")
        }
        return faults
      }
      switch name {
      case "-f": connectionFile = try value()
      case "--note-start": noteOfStart = try value()
      case "--replay": transcript = try value()
      case "--stderr": standardError = try value()
      case "--stdout": standardOutput = try value()
      case "--slow-start": startDelay = try number()
      case "--end-at-start": startEnd = try ending()
      case "--port-taken-unless": portTakenUnless = try value()
      case "--no-iopub": iopubIsDeaf = true
      case "--child": startChild = false
      case "--stubborn-child": startChild = true
      case "--no-welcome": welcomes = false
      case "--welcome-with": welcomeFaults = try faults()
      case "--no-starting": hasStarting = false
      case "--parentless-start": parentlessStart = try value()
      case "--lost-statuses": lostStatuses = try number()
      case "--unanswered-infos": unansweredInfos = try number()
      case "--no-info": unansweredInfos = .max
      case "--slow-info": infoDelay = try number()
      case "--info-with": infoFaults = try faults()
      case "--info": infoContent = try json().object ?? [:]
      case "--no-control-info": answersControlInfo = false
      case "--no-heartbeat": hasHeartbeat = false
      case "--topics":
        let text = try value()
        guard let topics = Topics(rawValue: text) else {
          throw Invalid(description: "--topics: '\(text)' is not kernel, type or none")
        }
        self.topics = topics
      case "--date": date = try value()
      case "--echo-session": echoesSession = true
      case "--prelude": prelude += try value() + "\n"
      case "--interrupt":
        let text = try value()
        switch text {
        case "error": interrupt = .error
        case "abort": interrupt = .abort
        case "ok": interrupt = .ok
        case "ignore": interrupt = .ignore
        default:
          switch Ending(Substring(text)) {
          case .exit(let code): interrupt = .exit(code)
          case .signal(let signal): interrupt = .die(signal)
          case nil: throw Invalid(description: "--interrupt: '\(text)' is not an effect")
          }
        }
      case "--interrupt-reply": interruptReply = try json()
      case "--no-interrupt-reply": interruptReply = nil
      case "--ignore":
        let text = try value()
        guard let signal = signalNumber(text) else {
          throw Invalid(description: "--ignore: '\(text)' is not a signal")
        }
        ignoredSignals.insert(signal)
      case "--runs-queue": abortsQueue = false
      case "--shutdown-reply": shutdownReply = try json()
      case "--no-shutdown-reply": shutdownReply = nil
      case "--no-exit": exitsOnShutdown = false
      case "--slow-exit": exitDelay = try number()
      case "--exit": exit = try ending()
      default: throw Invalid(description: "there is no option \(name)")
      }
    }
    if connectionFile.isEmpty { throw Invalid(description: "-f CONNECTION_FILE is missing") }
  }
}

/// The number of a signal by its name, with or without SIG, or by its number.
func signalNumber(_ name: String) -> Int32? {
  let names: [String: Int32] = [
    "HUP": SIGHUP, "INT": SIGINT, "QUIT": SIGQUIT, "ABRT": SIGABRT, "KILL": SIGKILL,
    "SEGV": SIGSEGV, "TERM": SIGTERM,
  ]
  let short = name.hasPrefix("SIG") ? String(name.dropFirst(3)) : name
  return names[short] ?? Int32(name).flatMap { (1...64).contains($0) ? $0 : nil }
}
