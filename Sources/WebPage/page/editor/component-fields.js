// The fields of a component's node: those of its catalog, or what the file has if no catalog knows it; and what its
// inputs can come from.

/** @typedef {import("./editor.js").Editor} Editor */
/** @typedef {import("../types.js").Field} Field */
/** @typedef {import("../types.js").PipelineNode} PipelineNode */

/** The kinds of fields for the kinds of values; any other is a text. */
/** @type {Record<string, Field["type"]>} */
const types = { number: "number", boolean: "boolean", file: "file" };

/**
 * @param {Editor} editor
 * @param {PipelineNode} node
 * @returns {import("../types.js").Section[]}
 */
export function componentSections(editor, node) {
  const component = editor.components.find(({ id }) => id === node.operation);
  const fields = component ? component.properties ?? [] : fieldsOf(node);
  const label = component?.name ?? "Inputs";
  return fields.length > 0 ? [{ id: "component_inputs", label, fields }] : [];
}

/**
 * Fields for the inputs that a node has in its file.
 * @param {PipelineNode} node
 * @returns {Field[]}
 */
export function fieldsOf({ properties }) {
  return Object.entries(properties ?? {}).flatMap(([name, value]) => {
    if (value === null || typeof value !== "object" || typeof value.widget !== "string") return [];
    const { widget } = value;
    return [{ name, label: name.replaceAll("_", " "), type: types[widget] ?? "text", widgets: [widget] }];
  });
}

/**
 * The outputs of the nodes before a node, as values of inputs.
 * @param {Editor} editor
 * @param {PipelineNode[]} nodes what is selected: several nodes have no common nodes before them
 */
export function outputs(editor, nodes) {
  if (nodes.length !== 1) return [];
  return nodes[0].parents.flatMap((id) => {
    const parent = editor.node(id);
    if (!parent) return [];
    // Operators of Airflow pass one value on, which has no name.
    if (editor.view?.runtime_type === "APACHE_AIRFLOW") {
      return [{ value: { value: id, option: "" }, label: parent.label }];
    }
    const component = editor.components.find((one) => one.id === parent.operation);
    const known = component?.outputs ??
      Object.keys(parent.properties ?? {}).filter((name) =>
        name.startsWith("output_") && typeof parent.properties[name] !== "object"
      ).map((name) => ({ name, label: name.slice("output_".length).replaceAll("_", " ") }));
    return known.map(({ name, label }) => ({ value: { value: id, option: name }, label: `${parent.label}: ${label}` }));
  });
}

/** @param {Editor} editor */
export function parameters(editor) {
  return (editor.view?.parameters ?? []).map(({ name }) => ({ value: name, label: name }));
}
