import JupyterProtocol
import Synchronization
import Testing

@testable import KernelClient

@Suite("The shortcut past the mailbox", .timeLimit(.minutes(1)))
struct ShortcutTests {
  @Test("is closed until it is opened, and while messages wait or are being delivered")
  func order() async {
    let inbox = Mailbox<Incoming>()
    let shortcut = Shortcut()
    let taken = Atomic<Int>(0)
    #expect(!shortcut.take(.messages([], .iopub), past: inbox))
    shortcut.open { _ in taken.add(1, ordering: .relaxed) }
    // No consumer is suspended at the mailbox, so one may be processing earlier messages.
    #expect(!shortcut.take(.messages([], .iopub), past: inbox))
    inbox.put(.disconnected)
    #expect(!shortcut.take(.messages([], .iopub), past: inbox))
    #expect(await inbox.next()?.count == 1)
    #expect(!shortcut.take(.messages([], .iopub), past: inbox))
    async let next = inbox.next()
    while !inbox.isDrained { await Task.yield() }
    #expect(shortcut.take(.messages([], .iopub), past: inbox))
    #expect(taken.load(ordering: .relaxed) == 1)
    // The end of a connection follows all its messages, so it does not take the shortcut.
    #expect(!shortcut.take(.disconnected, past: inbox))
    inbox.finish()
    #expect(await next == nil)
  }
}
