import JSONCore
import JupyterProtocol
import KernelLauncher
import Testing

@testable import KernelClient

@Suite("The router of messages")
struct RouterTests {
  private func event(_ text: String, of parent: String?) -> KernelEvent {
    func header(_ id: String) -> MessageHeader {
      MessageHeader(
        messageID: id, session: "", username: "", date: nil, messageType: .stream, version: nil)
    }
    return .iopub(
      Message(header: header(text), parentHeader: parent.map(header), content: [:]))
  }

  private func names(_ events: [KernelEvent]) -> [String] {
    events.map { event in
      switch event {
      case .iopub(let message): message.header.messageID
      case .exited(let status): "\(status)"
      default: "other"
      }
    }
  }

  @Test("delivers to each request its own messages, and to subscribers all, in order")
  func routes() {
    let router = MessageRouter()
    let (all, a, b) = (router.subscribe(), router.expect("a"), router.expect("b"))
    router.expect("c", in: b)
    router.deliver([
      event("1", of: "a"), event("2", of: "b"), event("3", of: nil), event("4", of: "c"),
      event("5", of: "a"), event("6", of: "nobody"),
    ])
    #expect(names(all.takeAll()) == ["1", "2", "3", "4", "5", "6"])
    #expect(names(a.takeAll()) == ["1", "5"])
    #expect(names(b.takeAll()) == ["2", "4"])
  }

  @Test("delivers nothing after an unsubscription, and keeps nothing for it")
  func letGo() {
    let router = MessageRouter()
    let (all, a) = (router.subscribe(), router.expect("a"))
    router.expect("b", in: a)
    #expect(router.waiting == (1, 2))
    router.unsubscribe(all)
    router.forget(a)
    router.deliver([event("1", of: "a")])
    #expect(router.waiting == (0, 0))
    #expect(all.takeAll().isEmpty && a.takeAll().isEmpty)
  }

  @Test("reports the end once after all messages, and to later subscribers at once")
  func end() async {
    let router = MessageRouter()
    let (all, a) = (router.subscribe(), router.expect("a"))
    router.expect("b", in: a)
    router.deliver([event("1", of: "a")])
    router.finish(.exited(.exited(3)))
    router.finish(.closed)
    let exit = "\(KernelExit.exited(3))"
    for box in [all, a] {
      #expect(await box.next().map(names) == ["1", exit])
      #expect(await box.next() == nil)
    }
    let late = router.subscribe()
    #expect(await late.next().map(names) == [exit])
    #expect(await late.next() == nil)
    #expect(router.waiting == (0, 0))
  }

  @Test("unsubscribes when the last reference is released, and at the end of a scope")
  func lifetime() async throws {
    try await withScriptedKernel { kernel in
      #expect(kernel.router.waiting == (0, 0))
      do {
        let iterator = kernel.events().makeAsyncIterator()
        withExtendedLifetime(iterator) { #expect(kernel.router.waiting.subscribers == 1) }
      }
      #expect(kernel.router.waiting.subscribers == 0)
      await kernel.withEvents { _ in #expect(kernel.router.waiting.subscribers == 1) }
      #expect(kernel.router.waiting.subscribers == 0)
      // Code whose outputs nobody reads.
      _ = kernel.execute("print x")
      #expect(kernel.router.waiting.requests == 0)
      _ = try await kernel.run("print y")
      #expect(kernel.router.waiting.requests == 0)
      // Also after an error, and even if a reference from the scope still exists.
      struct Failure: Error {}
      var kept: [KernelEvents] = []
      await #expect(throws: Failure.self) {
        try await kernel.withEvents { (events) throws(Failure) -> Void in
          kept.append(events)
          throw Failure()
        }
      }
      #expect(kernel.router.waiting.subscribers == 0)
      var left: [Execution] = []
      try await kernel.withExecution(of: "print z\nsleep 500") { execution in
        left.append(execution)
        for try await content in execution where content.line != nil { break }
        #expect(kernel.router.waiting.requests == 1)
      }
      await #expect(throws: Failure.self) {
        try await kernel.withExecution(of: "print z") { (execution) throws(Failure) -> Void in
          left.append(execution)
          throw Failure()
        }
      }
      #expect(kernel.router.waiting.requests == 0)
      #expect(kept.count + left.count == 3)
    }
  }
}
