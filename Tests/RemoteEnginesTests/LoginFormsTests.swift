import Testing

@testable import RemoteEngines

@Suite("Forms of login pages")
struct LoginFormsTests {
  @Test("tags are read as browsers read them")
  func tags() {
    let page = """
      <!DOCTYPE html><!-- <form> --><script>if (a<b) { "<form action='no'>" }</script>
      < form><Form  METHOD = post ACTION='/a?x=1&amp;y=&#34;2&#x22;' novalidate/>
      <input NAME=q VALUE=1/><input name="r" name='s' type = HIDDEN value="a &gt; b &nope; &#xD800; &"/>
      <textarea name=t><input name=u></textarea></form ><input name=outside>
      <a href=/b>b<a>c</a><a href='/d'
      """
    let read = LoginForms(page)
    #expect(read.forms.count == 1)
    #expect(read.forms.first?.action == "/a?x=1&y=\"2\"")
    let inputs = read.forms.first?.inputs.map { "\($0.name) \($0.type) \($0.value)" }
    #expect(inputs == ["q text 1/", "r hidden a > b &nope; &#xD800; &"])
    #expect(read.forms.first?.hidden.map(\.name) == ["r"])
    #expect(read.links == ["/b", "/d"])
  }

  @Test(
    "a page that never ends a thing is read to its end, and no more of it is kept than is needed",
    arguments: [
      "<", "<a ", "<!--", "</", "<form>", "<form><input name=x", "<a href=", "<a href='",
      "<script><",
      "<a x=y ", "&#", "<input name=\"&", "\u{FFFD}<é=",
    ])
  func hostile(piece: String) {
    let read = LoginForms(String(repeating: piece, count: 100_000))
    #expect(read.forms.count <= 200 && read.links.count <= 200)
    #expect(read.forms.allSatisfy { $0.inputs.count <= 200 })
  }
}
