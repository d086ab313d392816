import JSONCore

/// The form in which nbformat and Jupyter Server write a notebook of nbformat 4.
///
/// One space per level, names sorted by code point, texts as lists of lines, numbers as Python
/// writes them, no transient metadata, a final newline. `nbformat/v4/rwbase.py` and
/// `nbformat/v4/nbjson.py` are the reference.
enum CanonicalForm {
  /// The file content of a notebook.
  ///
  /// - Parameters:
  ///   - notebook: the notebook, of nbformat 4.
  ///   - rejoins: whether lists of strings are joined before they are split again, as when a file
  ///     is read; false for a notebook upgraded from an older format.
  static func bytes(_ notebook: JSONObject, rejoins: Bool = true) -> [UInt8] {
    var result: [UInt8] = []
    value(notebook, rejoins: rejoins).append(to: &result, style: .jupyter)
    result.append(UInt8(ascii: "\n"))
    return result
  }

  /// A notebook in its canonical form, except for the layout.
  static func value(_ notebook: JSONObject, rejoins: Bool) -> JSONValue {
    var notebook = notebook
    if var metadata = notebook["metadata"]?.object {
      for name in ["orig_nbformat", "orig_nbformat_minor", "signature"] { metadata[name] = nil }
      notebook["metadata"] = .object(metadata)
    }
    if let cells = notebook["cells"]?.array {
      notebook["cells"] = .array(
        cells.map { cell in cell.object.map { .object(self.cell($0, rejoins)) } ?? cell })
    }
    return NotebookOutput.pythonNumbers(.object(notebook))
  }

  private static func cell(_ cell: JSONObject, _ rejoins: Bool) -> JSONObject {
    var cell = cell
    if var metadata = cell["metadata"]?.object, metadata["trusted"] != nil {
      metadata["trusted"] = nil
      cell["metadata"] = .object(metadata)
    }
    if let source = cell["source"] {
      cell["source"] = MultilineText.split(rejoins ? MultilineText.joined(source) : source)
    }
    if let attachments = cell["attachments"]?.object {
      cell["attachments"] = .object(
        JSONObject(
          attachments.map { attachment in
            guard let data = attachment.value.object else { return attachment }
            let whole = rejoins ? NotebookOutput.rejoined(bundle: data) : data
            return .init(key: attachment.key, value: .object(NotebookOutput.split(bundle: whole)))
          }))
    }
    if cell["cell_type"]?.string == "code", let outputs = cell["outputs"]?.array {
      cell["outputs"] = .array(
        outputs.map { NotebookOutput.split(rejoins ? NotebookOutput.rejoined($0) : $0) })
    }
    return cell
  }
}
