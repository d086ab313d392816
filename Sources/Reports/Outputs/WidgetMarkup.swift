import JSONCore

/// Writes widgets in their last state as HTML: what ipywidgets has in its core, with tqdm's bars.
struct WidgetMarkup {
  private let states: [JSONString: JSONValue]

  private static let depthLimit = 20
  private static let partLimit = 5000
  /// The maximum size of a widget, in bytes of HTML.
  private static let sizeLimit = 64 << 20

  /// Creates a value from the `metadata.widgets` of a notebook.
  init(_ metadata: JSONValue?) {
    let state = metadata?["application/vnd.jupyter.widget-state+json"]?["state"]
    states = state?.object?.dictionary ?? [:]
  }

  /// A widget as HTML; nil if its state is not stored, or is not one that a page can show.
  func html(_ id: String, _ outputs: inout OutputMarkup) -> Markup? {
    if outputs.widgetDepth == 0 { outputs.widgetParts = 0 }
    var result = Markup("<div class=\"widget\">")
    guard put(id, outputs.widgetDepth, &outputs, into: &result) else { return nil }
    result.put("</div>")
    return result
  }

  private static func hasRoom(_ outputs: OutputMarkup, _ result: Markup) -> Bool {
    outputs.widgetParts < partLimit && result.count < sizeLimit
  }

  private func put(
    _ id: String, _ depth: Int, _ outputs: inout OutputMarkup, into result: inout Markup
  ) -> Bool {
    outputs.widgetParts += 1
    guard depth < WidgetMarkup.depthLimit, WidgetMarkup.hasRoom(outputs, result),
      let model = states[JSONString(id)], let state = model["state"]
    else { return false }
    let name = model["model_name"]?.string ?? state["_model_name"]?.string ?? ""
    switch name {
    case "HBoxModel", "VBoxModel", "BoxModel", "GridBoxModel", "TabModel", "AccordionModel",
      "StackModel":
      let children = (state["children"]?.array ?? []).prefix(WidgetMarkup.partLimit)
        .compactMap(\.string)
      let titles = (state["titles"]?.array ?? []).prefix(WidgetMarkup.partLimit)
        .map { $0.string ?? "" }
      var isShown = children.isEmpty
      result.put("<div class=\"\(name == "HBoxModel" ? "row" : "column")\">")
      for (place, child) in children.enumerated() where child.hasPrefix("IPY_MODEL_") {
        guard WidgetMarkup.hasRoom(outputs, result) else { break }
        let title = place < titles.count ? titles[place] : ""
        if !title.isEmpty {
          result.put("<details open><summary>\(title.asHTML)</summary>")
        }
        if put(String(child.dropFirst(10)), depth + 1, &outputs, into: &result) {
          isShown = true
        }
        if !title.isEmpty { result.put("</details>") }
      }
      result.put("</div>")
      return isShown
    case "OutputModel":
      let before = outputs.widgetDepth
      outputs.widgetDepth = depth + 1
      for output in state["outputs"]?.array ?? [] {
        guard WidgetMarkup.hasRoom(outputs, result) else { break }
        outputs.put(output, into: &result)
      }
      outputs.widgetDepth = before
      return true
    case "ImageModel": return put(image: model, state, outputs, into: &result)
    default: return put(value: name, state, into: &result)
    }
  }

  private func put(value name: String, _ state: JSONValue, into result: inout Markup) -> Bool {
    let description = state["description"]?.string ?? ""
    func label() {
      if !description.isEmpty { result.put("<label>\(description.asHTML)</label>") }
    }
    switch name {
    case "HTMLModel", "HTMLMathModel":
      result.put("<span>")
      label()
      var sanitizer = HTMLSanitizer()
      result.put(sanitizer.sanitized(Array((state["value"]?.string ?? "").utf8)))
      result.put("</span>")
    case "FloatProgressModel", "IntProgressModel":
      let low = state["min"]?.double ?? 0
      let high = max((state["max"]?.double ?? 100) - low, 0)
      let value = min(max((state["value"]?.double ?? 0) - low, 0), high)
      let style = state["bar_style"]?.string ?? ""
      result.put("<span>")
      label()
      result.put(
        "<progress class=\"\(style.asHTML)\" max=\"\(high)\" value=\"\(value)\"></progress></span>")
    case "CheckboxModel", "ToggleButtonModel", "ValidModel":
      let isOn = state["value"]?.bool ?? false
      result.put("<span><input type=\"checkbox\" disabled\(isOn ? " checked" : "")>")
      label()
      result.put("</span>")
    case "ButtonModel": result.put("<span class=\"button\">\(description.asHTML)</span>")
    case "LayoutModel", "LinkModel", "DirectionalLinkModel": return false
    default:
      guard let value = WidgetMarkup.value(state) else { return false }
      result.put("<span>")
      label()
      result.put("<output>\(value.asHTML)</output></span>")
    }
    return true
  }

  /// The value of a control as text; nil if it has none.
  private static func value(_ state: JSONValue) -> String? {
    if let labels = state["_options_labels"]?.array {
      let chosen =
        state["index"]?.array?.compactMap(\.int) ?? [state["index"]?.int].compactMap(\.self)
      return chosen.compactMap { labels.indices.contains($0) ? labels[$0].string : nil }
        .joined(separator: ", ")
    }
    switch state["value"] {
    case .string(let text): return text.string
    case .number, .bool: return state["value"]?.description
    case .array(let values):
      return values.map { $0.string ?? $0.description }.joined(separator: " – ")
    default: return nil
    }
  }

  private func put(
    image model: JSONValue, _ state: JSONValue, _ outputs: OutputMarkup, into result: inout Markup
  ) -> Bool {
    let buffer = model["buffers"]?.array?.first { $0["path"]?[0]?.string == "value" }
    let format = state["format"]?.string ?? "png"
    guard let data = buffer?["data"]?.string,
      ["png", "jpeg", "jpg", "gif", "webp"].contains(format)
    else { return false }
    return outputs.put(image: data, "image/\(format)", state, nil, into: &result)
  }
}
