/// The forms and links of a page that a login leads to.
struct LoginForms {
  /// A form.
  struct Form {
    /// Where it is sent, as the page says; empty for the page's own URL.
    var action = ""
    /// Its inputs by their names, with their types and values.
    var inputs: [(name: String, type: String, value: String)] = []

    /// Whether it has an input.
    func has(_ name: String, _ value: String? = nil) -> Bool {
      inputs.contains { $0.name == name && (value ?? $0.value) == $0.value }
    }

    /// What it sends without being filled in.
    var hidden: [(name: String, value: String)] {
      inputs.filter { $0.type == "hidden" }.map { ($0.name, $0.value) }
    }
  }

  /// How many forms, inputs of a form and links are read.
  private static let most = 200

  /// Its forms.
  private(set) var forms: [Form] = []
  /// Where its links lead, as the page says.
  private(set) var links: [String] = []

  /// Reads a page.
  init(_ page: String) {
    var isInForm = false
    for tag in HTMLTags(page) {
      switch tag.name {
      case "form" where tag.isEnd: isInForm = false
      case "form":
        guard forms.count < LoginForms.most else { return }
        forms.append(Form(action: tag.attributes["action"] ?? ""))
        isInForm = true
      case "input":
        guard isInForm, let name = tag.attributes["name"],
          forms[forms.count - 1].inputs.count < LoginForms.most
        else { continue }
        let type = tag.attributes["type"]?.lowercased() ?? "text"
        forms[forms.count - 1].inputs.append((name, type, tag.attributes["value"] ?? ""))
      case "a":
        guard links.count < LoginForms.most, let link = tag.attributes["href"] else { continue }
        links.append(link)
      default: break
      }
    }
  }
}
