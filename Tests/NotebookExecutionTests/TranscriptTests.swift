import JSONCore
import JupyterProtocol
import NotebookDocument
import Testing

@testable import NotebookExecution

@Suite("Messages of 46 real kernels", .enabled(if: Transcript.isThere, "needs ../shared/corpus"))
struct TranscriptTests {
  /// The number of requests, and of those with a reply and an idle.
  static let kernels: [(name: String, requests: Int, replies: Int, idles: Int)] = [
    ("akernel", 16, 16, 16), ("async-kernel", 17, 17, 17), ("bash", 16, 16, 16),
    ("basilisp", 14, 14, 14), ("beakerx-clojure", 13, 13, 12), ("beakerx-groovy", 11, 11, 10),
    ("c-jupyter", 12, 11, 12), ("calysto_scheme", 13, 13, 13), ("ckernel", 9, 9, 9),
    ("clang-repl", 10, 9, 10), ("deno", 14, 13, 13), ("dot", 8, 7, 8), ("duckdb", 9, 8, 8),
    ("fish", 16, 16, 16), ("ggsql", 10, 9, 9), ("gnuplot", 13, 13, 13), ("iclingo", 8, 8, 8),
    ("ipykernel-apt", 17, 17, 17), ("ipykernel5-broken", 8, 0, 8), ("ipykernel5", 17, 17, 17),
    ("ipykernel6", 17, 17, 17), ("ipykernel7", 17, 17, 17), ("ipymini", 17, 17, 17),
    ("ir", 17, 17, 15), ("jjava", 15, 15, 15), ("jlang", 13, 13, 13), ("kotlin", 17, 17, 17),
    ("lua", 14, 13, 10), ("macaulay2", 9, 8, 9), ("mit-scheme", 9, 9, 9), ("noteredis", 9, 8, 9),
    ("octave", 16, 16, 16), ("pari", 12, 5, 5), ("prolog", 12, 12, 12), ("scilab", 9, 8, 8),
    ("sos", 14, 14, 14), ("spyder", 17, 17, 17), ("sqlite-jans", 9, 7, 9), ("swi-prolog", 9, 9, 9),
    ("sysml", 8, 8, 8), ("tcl", 9, 8, 8), ("xeus-python-raw", 13, 12, 10),
    ("xeus-python", 14, 13, 12), ("xonsh", 15, 15, 15), ("xpython-apt", 14, 13, 11),
    ("zsh", 16, 16, 16),
  ]

  @Test("make the kernels ready", arguments: kernels)
  func readiness(_ kernel: (name: String, requests: Int, replies: Int, idles: Int)) throws {
    let transcript = try Transcript(kernel.name)
    var machine = ReadinessMachine(limit: .seconds(60))
    var isReady = false
    for entry in transcript.entries where !isReady {
      if entry.isSent {
        if entry.message.header.messageType == .kernelInfoRequest {
          machine.asked(entry.message.header.messageID)
        }
        continue
      }
      let event: ReadinessMachine.Event
      switch entry.channel {
      case .iopub: event = .iopub(entry.message)
      case .shell: event = .reply(entry.message)
      case .control, .stdin, .heartbeat: continue
      }
      if case .ready(let info) = machine.receive(event, at: entry.time) {
        isReady = true
        #expect(info.languageInfo != nil)
      }
    }
    #expect(isReady)
  }

  @Test("end every answered cell, for any order of the answers", arguments: kernels)
  func completion(_ kernel: (name: String, requests: Int, replies: Int, idles: Int)) throws {
    let transcript = try Transcript(kernel.name)
    #expect(transcript.requests.count == kernel.requests)
    var replies = 0
    var idles = 0
    var both = 0
    var withBoth = 0
    for request in transcript.requests {
      var machine = ExecutionMachine(messageID: request)
      var isDone = false
      for entry in transcript.received {
        let action: ExecutionMachine.Action
        switch entry.channel {
        case .iopub: action = machine.receive(iopub: entry.message, at: .zero)
        case .shell: action = machine.receive(reply: entry.message, at: .zero)
        case .control, .stdin, .heartbeat: continue
        }
        if case .done = action { isDone = true }
      }
      if machine.reply != nil { replies += 1 }
      if machine.times.idle != nil || isIdle(transcript, request) { idles += 1 }
      if machine.reply != nil && isIdle(transcript, request) { withBoth += 1 }
      if isDone { both += 1 }
      // The wait for missing messages is limited.
      guard machine.reply != nil || isIdle(transcript, request) else { continue }
      // A minute, in steps of a quarter of a second.
      for look in 1...240 { machine.nothingCame(.none, at: .milliseconds(250 * look)) }
      guard case .done = machine.next(at: .seconds(60)) else {
        Issue.record("a cell of \(kernel.name) waits forever")
        continue
      }
    }
    #expect(replies == kernel.replies)
    #expect(idles == kernel.idles)
    #expect(both == withBoth)
  }

  private func isIdle(_ transcript: Transcript, _ request: String) -> Bool {
    transcript.received.contains {
      $0.message.parentHeader?.messageID == request && $0.message.header.messageType == .status
        && $0.message.content["execution_state"] == "idle"
    }
  }

  @Test("become outputs without losing anything", arguments: kernels)
  func outputs(_ kernel: (name: String, requests: Int, replies: Int, idles: Int)) throws {
    let transcript = try Transcript(kernel.name)
    var collector = OutputCollector()
    for (place, request) in transcript.requests.enumerated() {
      collector.begin(place: place, messageID: request)
    }
    // Without messages that belong to no cell: here all cells run at once.
    for entry in transcript.received
    where entry.channel == .iopub && entry.message.parentHeader != nil {
      _ = collector.receive(entry.message)
    }
    for (place, request) in transcript.requests.enumerated() {
      let own = transcript.received.filter {
        $0.channel == .iopub && $0.message.parentHeader?.messageID == request
      }.map { IOPubContent($0.message) }
      var texts: [String: String] = [:]
      var others = 0
      for content in own {
        switch content {
        case .stream(let stream): texts[stream.name, default: ""] += stream.text
        case .displayData, .executeResult, .error: others += 1
        default: break
        }
      }
      let outputs = collector.outputs(at: place).values
      #expect(outputs.count { $0["output_type"] != "stream" } == others)
      for (name, text) in texts
      where !text.unicodeScalars.contains(where: { $0 == "\r" || $0 == "\u{8}" }) {
        let collected = outputs.filter { $0["name"]?.string == name }.compactMap {
          $0["text"]?.string
        }
        #expect(collected.joined() == text)
      }
      // Neighbouring pieces of one stream are one output.
      for (left, right) in zip(outputs, outputs.dropFirst()) where left["output_type"] == "stream" {
        #expect(left["name"] != right["name"] || right["output_type"] != "stream")
      }
    }
  }
}
